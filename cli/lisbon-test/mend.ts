import { ok } from "../../src/lib/result.ts";
import type { Checks } from "./checks.ts";
import type { Stage } from "./stage.ts";
import { until } from "./until.ts";

/** Most of it for a deployment's isolates, each of which must hear of it. */
const MENDED_MS = 15_000;
/** What is asked too early is parked, and told. */
const ASK_AGAIN_MS = 250;

/** The providers are well again and the operator says so: every circuit is closed for what comes next. */
export async function everyCircuitClosed(checks: Checks, { lisbon, faults }: Stage): Promise<boolean> {
  const closed = await checks.check({
    what: "the providers are back, the operator closes every circuit: Hot answers again",
    limitMs: MENDED_MS,
    run: async (signal) => {
      await faults.mend(signal);
      await until(async () => {
        const open = (await lisbon.breakers(signal)).filter(({ status }) => status !== "closed");
        const resets = open.map(({ id }) => lisbon.admin("/admin/breakers/reset", signal, { route: id }));
        const refused = (await Promise.all(resets)).find(({ status }) => status >= 300);
        if (refused) throw new Error(`POST /admin/breakers/reset answered ${refused.status}`);
        return open.length === 0 ? true : null;
      }, signal);
      // An isolate's copy of the breakers may be some seconds old.
      await until(
        async () => {
          const { tier } = await lisbon.ask({ text: `say: ${crypto.randomUUID()}` }, signal);
          return tier === "hot" ? true : null;
        },
        signal,
        ASK_AGAIN_MS,
      );
      return ok({ found: true });
    },
  });
  return closed ?? false;
}
