/** Where a drill is played: the whole stack on this machine, or a staging that allows faults. */
import { fail, ok, type Result } from "../../src/lib/result.ts";
import { faultIsFor } from "../../src/domain/injected-fault.ts";
import type { Cleanup } from "../lisbon-test/cleanup.ts";
import type { Inbox } from "../lisbon-test/inbox.ts";
import { type LisbonAddress, type LisbonClient, lisbonClient } from "../lisbon-test/lisbon-client.ts";
import { startLocalStack } from "../lisbon-test/local-stack.ts";
import type { DrillFault } from "./scenario.ts";

export interface DrillStage {
  readonly where: string;
  readonly lisbon: LisbonClient;
  /** Null: who was told cannot be seen from here; the deployment's own list says what it sent. */
  readonly inbox: Inbox | null;
  /** The models say what they are told to, so that an answer can be compared. */
  readonly obedient: boolean;
  /** These faults and no others are on. */
  play(faults: readonly DrillFault[], signal: AbortSignal): Promise<Result<null, string>>;
}

/** Long enough for a deployment far away. */
const LAST_WORD_MS = 10_000;

export async function localDrillStage(cleanup: Cleanup, showLine: (line: string) => void): Promise<DrillStage> {
  const stack = await startLocalStack(cleanup, showLine);
  const started = await stack.startWorker("drill", 0);
  if (!started.ok) throw new Error(started.failure);
  const chaos = chaosOf(stack.lisbon);
  return {
    where: "the local stack",
    lisbon: stack.lisbon,
    inbox: stack.inbox,
    obedient: true,
    async play(faults, signal) {
      const away = new Set(faults.flatMap((fault) => ("away" in fault ? [fault.away] : [])));
      await stack.setAway("redis", away.has("redis"));
      await stack.setAway("qstash", away.has("qstash"));
      return await chaos.play(faults, signal);
    },
  };
}

/** Refused where the deployment allows no faults, as production never does. */
export async function deployedDrillStage(
  address: LisbonAddress,
  cleanup: Cleanup,
): Promise<Result<DrillStage, string>> {
  const lisbon = lisbonClient(address);
  // Nothing is changed by it: it tells whether faults may be.
  const { status } = await lisbon.admin("/admin/chaos", AbortSignal.timeout(LAST_WORD_MS), { routes: {} });
  if (status === 401) return fail("the admin key is not the deployment's");
  if (status === 404) return fail("it allows no faults: CHAOS is not on there, or it is production, where it never is");
  if (status >= 300) return fail(`POST /admin/chaos answered ${status}`);
  const chaos = chaosOf(lisbon);
  const well = await closedIn(lisbon);
  // A staging is not left broken, however the drill ends: neither by its faults nor by the circuits that they opened.
  cleanup.add(async () => {
    const signal = AbortSignal.timeout(LAST_WORD_MS);
    await chaos.play([], signal);
    const still = await closedIn(lisbon);
    const opened = well.filter((id) => !still.includes(id));
    await Promise.all(opened.map((route) => lisbon.admin("/admin/breakers/reset", signal, { route })));
  });
  return ok({
    where: address.url,
    lisbon,
    inbox: null,
    obedient: false,
    play: (faults, signal) => chaos.play(faults, signal),
  });
}

async function closedIn(lisbon: LisbonClient): Promise<readonly string[]> {
  const routes = await lisbon.breakers(AbortSignal.timeout(LAST_WORD_MS));
  return routes.filter(({ status }) => status === "closed").map(({ id }) => id);
}

function chaosOf(lisbon: LisbonClient) {
  let on: Readonly<Record<string, string>> = {};
  return {
    async play(faults: readonly DrillFault[], signal: AbortSignal): Promise<Result<null, string>> {
      const wanted: Record<string, string> = {};
      const ids = faults.length === 0 ? [] : (await lisbon.breakers(signal)).map(({ id }) => id);
      for (const fault of faults) {
        if ("away" in fault) continue;
        const meant = ids.filter((id) => faultIsFor(patternOf(fault.on), id));
        if (meant.length === 0) return fail(`no route is meant by ${fault.on}`);
        for (const id of meant) wanted[id] = fault.fault;
      }
      const ended = Object.keys(on).filter((id) => wanted[id] === undefined);
      const routes = { ...wanted, ...Object.fromEntries(ended.map((id) => [id, null])) };
      if (Object.keys(routes).length === 0) return ok(null);
      // Noted before it is told: what may have arrived is taken back.
      on = { ...on, ...wanted };
      const { status } = await lisbon.admin("/admin/chaos", signal, { routes });
      if (status >= 300) return fail(`POST /admin/chaos answered ${status}`);
      on = wanted;
      return ok(null);
    },
  };
}

function patternOf(on: string): string {
  if (on === "all") return "*";
  return on === "hot" || on === "warm" ? `${on}/*` : on;
}
