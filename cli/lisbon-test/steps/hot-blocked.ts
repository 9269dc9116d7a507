/** (1) Hot cannot be reached: its port is closed, then its packets are swallowed. Warm answers, and the caller hardly notices. */
import { fail, ok } from "../../../src/lib/result.ts";
import type { Checks } from "../checks.ts";
import { ANSWER_MS, FAILED_BEFORE_WARM } from "../limits.ts";
import { afflict } from "../afflict.ts";
import type { Answered } from "../lisbon-client.ts";
import { everyCircuitClosed } from "../mend.ts";
import type { Stage } from "../stage.ts";
import { until } from "../until.ts";

export async function hotBlocked(checks: Checks, stage: Stage): Promise<void> {
  const closed = "Hot's port is closed: Warm answers";
  if (!(await afflict(checks, stage, closed, "refused", "hot"))) return;
  await warmAnswers(checks, stage, closed);
  await everyCircuitClosed(checks, stage);

  const swallowed = "Hot's packets are swallowed: Warm answers";
  if (!(await afflict(checks, stage, swallowed, "silent", "hot"))) return;
  if (await warmAnswers(checks, stage, swallowed)) await openCircuits(checks, stage);
  await everyCircuitClosed(checks, stage);
}

async function warmAnswers(checks: Checks, { lisbon }: Stage, what: string): Promise<boolean> {
  const done = await checks.check({
    what,
    limitMs: ANSWER_MS,
    run: async (signal) => {
      const answered = await lisbon.ask({ text: `say: ${crypto.randomUUID()}` }, signal);
      const failed = failedBeforeWarm(answered);
      if (failed === null) return fail(toldOf(answered));
      if (failed > FAILED_BEFORE_WARM) return fail(`only after ${failed} failed attempts`);
      return ok({ found: true, saw: attempts(failed) });
    },
  });
  return done ?? false;
}

/** As in an outage that lasts: callers keep coming, and soon nobody asks Hot any more. */
async function openCircuits(checks: Checks, { lisbon }: Stage): Promise<void> {
  await checks.check({
    what: "with open circuits Warm answers at once",
    limitMs: ANSWER_MS,
    withinMs: 2 * ANSWER_MS,
    run: async (signal) => {
      const calls = Array.from({ length: CALLS_THAT_OPEN }, () => `say: ${crypto.randomUUID()}`);
      await Promise.all(calls.map((text) => lisbon.ask({ text }, signal)));
      await until(
        async () => ((await hotStandings(signal)).every((status) => status !== "closed") ? true : null),
        signal,
      );
      // An isolate's copy of the breakers may be a second old.
      const [answered, ms] = await until(async () => {
        const began = performance.now();
        const next = await lisbon.ask({ text: `say: ${crypto.randomUUID()}` }, signal);
        return failedBeforeWarm(next) === 0 ? ([next, performance.now() - began] as const) : null;
      }, signal);
      return ok({ found: answered, ms, saw: attempts(0) });
    },
  });

  async function hotStandings(signal: AbortSignal): Promise<readonly string[]> {
    const routes = await lisbon.breakers(signal);
    return routes.filter(({ id }) => id.startsWith("hot/")).map(({ status }) => status);
  }
}

/** Five failures in a row open a route; one call brings each Hot route one. */
const CALLS_THAT_OPEN = 5;

/** Null: Warm has not answered. */
function failedBeforeWarm({ status, tier, route, trail }: Answered): number | null {
  if (status !== 200 || tier !== "warm") return null;
  const firstWarm = trail.findIndex(
    ({ routeId, result }) => routeId === route || (routeId.startsWith("warm/") && result !== "skipped"),
  );
  return trail.slice(0, firstWarm).filter(({ result }) => result !== "skipped").length;
}

function attempts(failed: number): string {
  return failed === 1 ? "after 1 failed attempt" : `after ${failed} failed attempts`;
}

function toldOf({ status, tier, trail }: Answered): string {
  return `status ${status}, answered by ${tier ?? "nobody"}; ${trail.map(({ routeId, result }) => `${routeId} ${result}`).join(", ")}`;
}
