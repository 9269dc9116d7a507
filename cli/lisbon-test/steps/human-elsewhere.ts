/** (4) as far as it goes at a deployment: its clock cannot be moved, and nobody sees from here whom it tells. */
import { fail, ok } from "../../../src/lib/result.ts";
import { afflict } from "../afflict.ts";
import type { Checks } from "../checks.ts";
import { follow } from "../follower.ts";
import { ANSWER_MS, HANDED_OVER_MS } from "../limits.ts";
import { textOf } from "../lisbon-client.ts";
import { everyCircuitClosed } from "../mend.ts";
import type { Stage } from "../stage.ts";

export async function humanElsewhere(checks: Checks, stage: Stage): Promise<void> {
  const { lisbon } = stage;
  const clock = "the clock of a deployment cannot be moved";
  checks.notRun("parked at 01:00, answered nine hours later", clock);
  checks.notRun(
    "the notices that name who is on call",
    "the deployment's Slack, e-mail and webhooks cannot be seen from here",
  );
  checks.notRun("the callback", "the deployment cannot reach this machine");

  const what = "no provider answers: the call is parked (202)";
  if (!(await afflict(checks, stage, what, "failing", "all"))) return;
  const jobId = await checks.check({
    what,
    limitMs: ANSWER_MS,
    run: async (signal) => {
      const asked = await lisbon.ask({ text: `say: ${crypto.randomUUID()}` }, signal);
      return asked.status === 202 && asked.jobId !== null ? ok({ found: asked.jobId }) : fail(`status ${asked.status}`);
    },
  });
  if (jobId !== null) await answeredByHuman(checks, stage, jobId);
  await everyCircuitClosed(checks, stage);
}

async function answeredByHuman(checks: Checks, { lisbon }: Stage, jobId: string): Promise<void> {
  const follower = follow(lisbon, jobId, null);
  const text = `Yes, send it. ${crypto.randomUUID()}`;
  await checks.check({
    what: "a human answers (POST /admin/jobs/:id/answer), its follower has the answer",
    limitMs: HANDED_OVER_MS,
    run: async (signal) => {
      const { status } = await lisbon.admin(`/admin/jobs/${jobId}/answer`, signal, { text });
      if (status >= 300) return fail(`status ${status}`);
      const answer = await follower.answer;
      return textOf(answer?.body) === text ? ok({ found: null }) : fail("its stream brought another answer, or none");
    },
  });
  await checks.check({
    what: "GET /v1/jobs/:id says who answered",
    limitMs: HANDED_OVER_MS,
    run: async (signal) => {
      const job = await lisbon.job(jobId, signal);
      const said = `${job.status}, answered_by ${job.answered_by}`;
      return job.answered_by === "human" ? ok({ found: null, saw: said }) : fail(said);
    },
  });
  follower.leave();
}
