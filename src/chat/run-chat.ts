/**
 * The life of one call. Start reading here: each step is the file of the same
 * name in this folder, and they run in this order.
 */
import type { Deps } from "../deps.ts";
import type { Call } from "../domain/call.ts";
import type { Refusal } from "../domain/refusal.ts";
import { fail, type Result } from "../lib/result.ts";
import type { Reply } from "./reply.ts";
import { askJob } from "./ask-job.ts";
import { guard } from "./guard.ts";
import { planCandidates } from "./plan-candidates.ts";
import { queueCall } from "./queue-call.ts";
import type { Trail } from "./trail.ts";
import { tryCandidates } from "./try-candidates.ts";

export async function runChat(call: Call, trail: Trail, deps: Deps): Promise<Result<Reply, Refusal>> {
  const planned = guard(call, trail, deps);
  if (!planned.ok) return planned;

  const limited = deps.ledger.admit(planned.value);
  if (limited !== null) return fail(limited);

  const byJob = askJob(planned.value, deps);
  const fromJob = byJob && (await byJob);
  if (fromJob) return fromJob;

  const plan = planCandidates(planned.value, deps);
  if (!plan.ok) return plan;

  const answer = await tryCandidates(plan.value, planned.value, trail, deps);
  if (answer.ok) return answer;

  return (await queueCall(planned.value, answer.failure, deps)) ?? fail(answer.failure);
}
