import type { Route } from "../domain/route.ts";
import { CONNECTIONS_WAITING_FOR_HEADERS } from "../lib/platform-limits.ts";
import type { Board } from "./board.ts";
import type { ProbeOutcome } from "./probe.ts";

/** One connection stays free for whoever asks the object meanwhile. */
const PROBES_AT_ONCE = CONNECTIONS_WAITING_FOR_HEADERS - 1;

/** Probes every route that is due, each until no further probe follows at once. */
export async function sendProbes(board: Board, probe: (route: Route) => Promise<ProbeOutcome>): Promise<void> {
  const waiting = [...board.probesDue()];
  const workers = Array.from({ length: Math.min(PROBES_AT_ONCE, waiting.length) }, async () => {
    for (let route = waiting.shift(); route !== undefined; route = waiting.shift()) {
      await probeUntilSettled(board, route, probe);
    }
  });
  await Promise.all(workers);
}

/** The second probe follows a successful first one at once; after a failed one no lease is to be had. */
async function probeUntilSettled(
  board: Board,
  route: Route,
  probe: (route: Route) => Promise<ProbeOutcome>,
): Promise<void> {
  for (let leaseId = board.leaseProbe(route); leaseId !== null; leaseId = board.leaseProbe(route)) {
    board.settleProbe(route, leaseId, await probe(route));
  }
}
