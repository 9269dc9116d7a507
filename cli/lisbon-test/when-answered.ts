import { fail, ok } from "../../src/lib/result.ts";
import type { Checks } from "./checks.ts";
import { type PublicJob, textOf } from "./lisbon-client.ts";
import type { Stage } from "./stage.ts";
import { until } from "./until.ts";

/** `say: …`: a simulated model repeats the rest. */
const SAY = "say: ";

/** Until every job has its answer; where the models are simulated, the right one. */
export async function whenAnswered(
  checks: Checks,
  { lisbon, bills }: Stage,
  jobIds: readonly string[],
  what: string,
  limitMs: number,
  asked: readonly string[],
): Promise<void> {
  await checks.check({
    what,
    limitMs,
    run: async (signal) => {
      let last: readonly PublicJob[] = [];
      try {
        await until(
          async () => {
            last = await Promise.all(jobIds.map((jobId) => lisbon.job(jobId, signal)));
            return last.every(({ status }) => status === "answered") ? true : null;
          },
          signal,
          EVERY_MS,
        );
      } catch {
        return fail(last.map(({ id, status }) => `${id} is ${status}`).join(", "));
      }
      const expected = asked.map((text) => text.slice(SAY.length));
      const wrong = last.filter(({ answer }, at) => bills !== null && textOf(answer) !== expected[at]);
      if (wrong.length > 0) return fail(`another answer than expected: ${wrong.map(({ id }) => id).join(", ")}`);
      return ok({ found: null, saw: last.length === 1 ? "1 job" : `${last.length} jobs, nothing lost` });
    },
  });
}

const EVERY_MS = 200;
