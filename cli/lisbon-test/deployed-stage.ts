/**
 * A deployment that is reached over the network: its providers are told to
 * misbehave through `POST /admin/chaos`, where it allows that; what only its
 * owner could see is not looked at.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { fail, ok, type Result } from "../../src/lib/result.ts";
import type { Cleanup } from "./cleanup.ts";
import { type LisbonAddress, type LisbonClient, lisbonClient } from "./lisbon-client.ts";
import type { Faults, Stage } from "./stage.ts";
import { startGate } from "./tcp-gate.ts";

const FAR_AWAY_MS = 200;

export async function deployedStage(address: LisbonAddress, cleanup: Cleanup): Promise<Stage> {
  const { hostname, port, protocol } = new URL(address.url);
  const usual = protocol === "https:" ? 443 : 80;
  const farAway = await startGate({
    to: { host: hostname, port: port === "" ? usual : Number(port) },
    delayMs: FAR_AWAY_MS,
  });
  cleanup.add(() => farAway.close());
  const lisbon = resumingClient(lisbonClient(address), cleanup);
  const faults = deployedFaults(lisbon);
  // A staging is not left broken, however the test ends.
  cleanup.add(() => faults.mend(AbortSignal.timeout(10_000)));
  return { lisbon, faults, farAway, inbox: null, bills: null, behind: null };
}

/** What was paused here is resumed, however the test ends. */
function resumingClient(lisbon: LisbonClient, cleanup: Cleanup): LisbonClient {
  let paused = false;
  cleanup.add(async () => {
    if (paused) await lisbon.admin("/budget/resume", AbortSignal.timeout(10_000), {});
  });
  return {
    ...lisbon,
    budgetAlert: (alert, signal) => {
      paused = true;
      return lisbon.budgetAlert(alert, signal);
    },
    async admin(path, signal, body) {
      const reply = await lisbon.admin(path, signal, body);
      if (path === "/budget/resume" && reply.status < 300) paused = false;
      return reply;
    },
  };
}

const CHAOS = { refused: "unreachable", silent: "silent", failing: "server_error" } as const;

/** Every isolate heeds the switchboard within this; how many there are cannot be seen from here. */
const HEEDED_MS = 5_000;

function deployedFaults(lisbon: LisbonClient): Faults {
  let afflicted: readonly string[] = [];
  const tell = (routes: Readonly<Record<string, string | null>>, signal: AbortSignal) =>
    lisbon.admin("/admin/chaos", signal, { routes });
  return {
    async inflict(fault, on, signal) {
      const routeIds = (await lisbon.breakers(signal)).map(({ id }) => id);
      const chosen = on === "all" ? routeIds : routeIds.filter((id) => id.startsWith("hot/"));
      if (chosen.length === 0) return fail("no route's id begins with hot/");
      afflicted = [...new Set([...afflicted, ...chosen])];
      const { status } = await tell(Object.fromEntries(chosen.map((id) => [id, CHAOS[fault]])), signal);
      const told = whetherTold(status);
      if (told.ok) await sleep(HEEDED_MS, undefined, { signal });
      return told;
    },
    async mend(signal) {
      if (afflicted.length === 0) return;
      await tell(Object.fromEntries(afflicted.map((id) => [id, null])), signal);
      afflicted = [];
      await sleep(HEEDED_MS, undefined, { signal });
    },
  };
}

function whetherTold(status: number): Result<null, string> {
  if (status === 404) return fail("the deployment allows no faults: set CHAOS=on there");
  return status < 300 ? ok(null) : fail(`POST /admin/chaos answered ${status}`);
}
