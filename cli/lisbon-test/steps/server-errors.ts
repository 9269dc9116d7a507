/** (2) Every provider answers 500: the circuits open, Cold keeps the calls, humans are told, and when the providers are back the calls are answered. */
import { fail, ok } from "../../../src/lib/result.ts";
import type { Checks } from "../checks.ts";
import { ANSWER_MS, CAUGHT_UP_MS } from "../limits.ts";
import { afflict } from "../afflict.ts";
import type { Answered } from "../lisbon-client.ts";
import { everyCircuitClosed } from "../mend.ts";
import { noticeArrives } from "../notices.ts";
import type { Stage } from "../stage.ts";
import { until } from "../until.ts";
import { whenAnswered } from "../when-answered.ts";

/** Five failures in a row open a route, and a call brings each route at least one. */
const CALLS = 5;

export async function serverErrors(checks: Checks, stage: Stage): Promise<void> {
  const { lisbon } = stage;
  const texts = Array.from({ length: CALLS }, () => `say: ${crypto.randomUUID()}`);
  const since = performance.now();

  const what = "every provider answers 500: Cold takes the calls (202)";
  if (!(await afflict(checks, stage, what, "failing", "all"))) return;
  const parked = await checks.check({
    what,
    limitMs: ANSWER_MS,
    run: async (signal) => {
      const began = performance.now();
      const answers = await Promise.all(texts.map((text) => lisbon.ask({ text }, signal)));
      const ms = performance.now() - began;
      const jobIds = answers.flatMap(jobOf);
      if (jobIds.length < CALLS)
        return fail(
          `${jobIds.length} of ${CALLS} were parked; status ${answers.map(({ status }) => status).join(", ")}`,
        );
      return ok({ found: jobIds, ms, saw: `${jobIds.length} calls at once, each told its job` });
    },
  });
  if (parked === null) return void (await everyCircuitClosed(checks, stage));

  await checks.check({
    what: "the circuits open",
    limitMs: CIRCUITS_MS,
    run: async (signal) => {
      const routes = await until(async () => {
        const standings = await lisbon.breakers(signal);
        return standings.every(({ status }) => status !== "closed") ? standings : null;
      }, signal);
      return ok({ found: null, saw: routes.map(({ id, status }) => `${id} ${status}`).join(", ") });
    },
  });
  await queued(checks, stage, parked);
  if (!(await everyCircuitClosed(checks, stage))) return;
  await whenAnswered(checks, stage, parked, "the parked calls are answered", CAUGHT_UP_MS, texts);
  await noticeArrives(checks, stage, { what: "humans were told of Cold", kind: "cold", since });
}

const CIRCUITS_MS = 5_000;

async function queued(checks: Checks, { lisbon, behind }: Stage, jobIds: readonly string[]): Promise<void> {
  const what = "each call's job is queued, its delivery with QStash";
  if (behind === null)
    checks.notRun("QStash has a delivery for each job", "the deployment's QStash cannot be seen from here");
  await checks.check({
    what: behind === null ? "each call's job is queued" : what,
    limitMs: CIRCUITS_MS,
    run: async (signal) => {
      const states = await Promise.all(jobIds.map((jobId) => lisbon.job(jobId, signal)));
      const others = states.filter(({ status }) => status !== "queued");
      if (others.length > 0) return fail(others.map(({ id, status }) => `${id} is ${status}`).join(", "));
      if (behind !== null) {
        await until(async () => {
          const has = await Promise.all(jobIds.map((jobId) => behind.qstashHas(jobId, signal)));
          return has.every(Boolean) ? true : null;
        }, signal);
      }
      return ok({ found: null, saw: `${jobIds.length} jobs` });
    },
  });
}

function jobOf({ status, jobId }: Answered): readonly string[] {
  return status === 202 && jobId !== null ? [jobId] : [];
}
