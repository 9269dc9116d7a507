import type { Deps } from "../deps.ts";
import type { PlannedCall } from "../domain/call.ts";
import type { Refusal } from "../domain/refusal.ts";
import { ok, type Result } from "../lib/result.ts";
import type { Reply } from "./reply.ts";

/** Parks a call that no provider could answer; null: it was not parked, and the caller is told why nobody answered. */
export async function queueCall(
  call: PlannedCall,
  refusal: Refusal,
  deps: Deps,
): Promise<Result<Reply, Refusal> | null> {
  const unanswered = refusal.kind === "providers_failed" || refusal.kind === "deadline_exceeded";
  if (!unanswered || !deps.breakers.flags().enable_cold_queue) return null;
  // These and no more: the call also holds the caller's signal.
  const { requestId, kind, request } = call;
  const job = await deps.coldQueue.park({ requestId, kind: kind.name, request });
  return job && ok({ kind: "queued", jobId: job.jobId });
}
