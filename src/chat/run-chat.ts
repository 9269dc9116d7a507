/**
 * The life of one call. Start reading here: each step is the file of the same
 * name in this folder, and they run in this order.
 */
import type { Deps } from "../deps.ts";
import type { Call, PlannedCall } from "../domain/call.ts";
import type { Refusal } from "../domain/refusal.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { Reply } from "./reply.ts";
import { askJob } from "./ask-job.ts";
import { alwaysCached } from "./cached-answer.ts";
import { degrade } from "./degrade.ts";
import { guard } from "./guard.ts";
import { keepAnswer } from "./keep-answer.ts";
import { noteExhausted } from "./note-exhausted.ts";
import { planCandidates } from "./plan-candidates.ts";
import { queueCall } from "./queue-call.ts";
import { noteLoop, refuseLoop } from "./request-loop.ts";
import type { Trail } from "./trail.ts";
import { tryCandidates } from "./try-candidates.ts";
import { newProgress } from "./try-in-turn.ts";

export async function runChat(call: Call, trail: Trail, deps: Deps): Promise<Result<Reply, Refusal>> {
  const guarded = guard(call, trail, deps);
  if (!guarded.ok) return guarded;
  const planned = guarded.value;

  const limited = deps.ledger.admit(planned);
  if (limited !== null) return fail(limited);

  const byJob = askJob(planned, deps);
  const fromJob = byJob && (await byJob);
  if (fromJob) return fromJob;

  const looping = refuseLoop(planned, deps);
  const loop = looping && (await looping);
  if (loop) return fail(loop);

  const always = alwaysCached(planned, deps);
  const cached = always && (await always);
  if (cached !== null) return ok(cached);

  const plan = planCandidates(planned, deps);
  const progress = newProgress(plan, withinReserve(planned), trail, deps);
  const answer = plan.ok ? await tryCandidates(plan.value, progress, deps) : plan;
  if (answer.ok) {
    keepAnswer(answer.value, planned, deps);
    return answer;
  }
  if (plan.ok) noteExhausted(planned, answer.failure, trail, deps);

  const { failure } = answer;
  const instead = (await degrade(planned, failure, progress, deps)) ?? (await queueCall(planned, failure, deps));
  if (instead !== null) return instead;

  // A call that was answered or parked in another way has not failed.
  if (plan.ok) noteLoop(planned, failure, deps);
  return fail(failure);
}

/** Hot and Warm leave some of the deadline to the kind's ladder, where that has a step that takes time. */
function withinReserve(call: PlannedCall): PlannedCall {
  const { reserveMs } = call.kind;
  return reserveMs === 0 ? call : { ...call, deadlineAtMs: call.deadlineAtMs - reserveMs };
}
