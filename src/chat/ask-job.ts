import type { Deps } from "../deps.ts";
import type { PlannedCall } from "../domain/call.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Result } from "../lib/result.ts";
import type { Reply } from "./reply.ts";
import { replyFromJob, runByJob } from "./reply-from-job.ts";

/**
 * A call with an `Idempotency-Key` is run by its job, and the repeat of one
 * that was parked finds its job. Null, at once and without a question to
 * anybody: it has none, like nearly every call. A promise of null: it looked
 * like a repeat and is none.
 */
export function askJob(call: PlannedCall, deps: Deps): Promise<Result<Reply, Refusal> | null> | null {
  if (call.from.kind === "job") return null;
  const { key, resumeAfter } = call.from.wishes;
  if (key !== null) {
    const { enable_cold_queue: mayBeKept } = deps.breakers.flags();
    const asked = mayBeKept ? call : neverParked(call);
    return deps.coldQueue.keyed(asked, key).then((work) => runByJob(work, resumeAfter, asked, deps));
  }
  return deps.coldQueue.mayBeRepeat(call) ? findJob(call, deps) : null;
}

function neverParked(call: PlannedCall): PlannedCall {
  return { ...call, kind: { ...call.kind, end: { step: "error" } } };
}

async function findJob(call: PlannedCall, deps: Deps): Promise<Result<Reply, Refusal> | null> {
  try {
    const inJob = await deps.coldQueue.findEarlier(call);
    return inJob && (await replyFromJob(inJob, call, deps));
  } catch (cause) {
    // Nobody knows whether there is one: the call goes its own way rather than nowhere.
    deps.logError(call.requestId, cause);
    return null;
  }
}
