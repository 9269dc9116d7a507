import { ok } from "../../src/lib/result.ts";
import type { Checks } from "./checks.ts";
import type { Stage } from "./stage.ts";
import { until } from "./until.ts";

const MENDED_MS = 10_000;

/** The providers are well again and the operator says so: every circuit is closed for what comes next. */
export async function everyCircuitClosed(checks: Checks, { lisbon, faults }: Stage): Promise<boolean> {
  const closed = await checks.check({
    what: "the providers are back, the operator closes every circuit",
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
      return ok({ found: true });
    },
  });
  return closed ?? false;
}
