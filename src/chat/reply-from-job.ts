/**
 * What a caller gets of a call that a job has: its answer where there is one
 * or where it comes in time, else word that it is parked.
 */
import type { Deps } from "../deps.ts";
import type { PlannedCall } from "../domain/call.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { InJob } from "../jobs/cold-queue.ts";
import type { Begun } from "../jobs/job-port.ts";
import { SETTLED, type JobWork } from "../jobs/job.ts";
import { assertNever } from "../lib/assert-never.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { Reply } from "./reply.ts";

export async function replyFromJob(
  { parked, work }: InJob,
  call: PlannedCall,
  deps: Deps,
): Promise<Result<Reply, Refusal>> {
  if (!SETTLED.has(parked.state) && work.onCold === "wait") {
    const settled = await inTime(work.jobId, call, deps);
    if (!settled) return ok({ kind: "queued", parked, onCold: "accepted" });
  } else if (parked.isNew) {
    return ok({ kind: "queued", parked, onCold: work.onCold });
  }
  return await told(work, deps.jobs(work.jobId).follow(null), call, deps);
}

/** A call with a key: its job runs it, or has run it. */
export async function runByJob(
  work: JobWork,
  resumeAfter: string | null,
  call: PlannedCall,
  deps: Deps,
): Promise<Result<Reply, Refusal>> {
  const job = deps.jobs(work.jobId);
  const first = await told(work, job.begin(work, resumeAfter), call, deps);
  if (!first.ok || first.value.kind !== "queued" || first.value.onCold !== "wait") return first;
  const { parked } = first.value;
  // Followed, not begun: somebody may have cancelled it meanwhile, and that must not bring it back.
  if (await inTime(work.jobId, call, deps)) return await told(work, job.follow(resumeAfter), call, deps);
  return ok({ kind: "queued", parked, onCold: "accepted" });
}

/** What the job says, for its caller. `work`: of the present call, whose wishes count. */
async function told(
  work: JobWork,
  asked: Promise<Begun>,
  call: PlannedCall,
  deps: Deps,
): Promise<Result<Reply, Refusal>> {
  let begun: Begun;
  try {
    begun = await asked;
  } catch (cause) {
    // To answer without the job could bill a second time what its object may be running.
    deps.logError(call.requestId, cause);
    return fail({ kind: "jobs_unavailable", retryAfterMs: JOBS_BACK_MS });
  }
  switch (begun.kind) {
    case "completion":
    case "stream":
      return ok({ kind: "job_answer", jobId: work.jobId, body: begun.body, from: begun.from });
    case "parked":
      return ok({ kind: "queued", parked: begun.parked, onCold: work.onCold });
    case "refused":
      return fail(begun.refusal);
    case "dead":
      return fail({ kind: "job_dead", jobId: begun.jobId, reason: begun.reason });
    case "other_body":
      return fail({ kind: "idempotency_key_reused" });
    default:
      return assertNever(begun);
  }
}

/** The platform moves an object within seconds. */
const JOBS_BACK_MS = 5_000;

async function inTime(jobId: string, { deadlineAtMs }: PlannedCall, { jobs, clock }: Deps): Promise<boolean> {
  const leftMs = deadlineAtMs - clock.now();
  if (leftMs <= 0) return false;
  const view = await jobs(jobId).settled(leftMs);
  return view !== null && SETTLED.has(view.state);
}
