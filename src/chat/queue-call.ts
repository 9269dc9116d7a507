import type { Deps } from "../deps.ts";
import type { PlannedCall } from "../domain/call.ts";
import { isOperators } from "../domain/limits.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Result } from "../lib/result.ts";
import type { Reply } from "./reply.ts";
import { replyFromJob } from "./reply-from-job.ts";

/** Parks a call that no provider could answer; null: it was not parked, and the caller is told why nobody answered. */
export async function queueCall(
  call: PlannedCall,
  refusal: Refusal,
  deps: Deps,
): Promise<Result<Reply, Refusal> | null> {
  const { from, kind } = call;
  if (from.kind === "job" || kind.end.step === "error" || !deps.breakers.flags().enable_cold_queue) return null;
  if (!isParkable(refusal)) return null;
  const { kind: reason, retryAfterMs } = refusal;
  const inJob = await deps.coldQueue.park(call, { reason, retryAfterMs });
  return inJob && (await replyFromJob(inJob, call, deps));
}

/** What another time may mend; what the request itself is to blame for is not kept. */
type Parkable = Extract<
  Refusal,
  { readonly kind: "providers_failed" | "deadline_exceeded" | "paused" | "budget_exhausted" }
>;

function isParkable(refusal: Refusal): refusal is Parkable {
  switch (refusal.kind) {
    case "providers_failed":
    case "deadline_exceeded":
    case "paused":
      return true;
    case "budget_exhausted":
      // The operator's own money is as good as a pause. A caller whose own is spent is told so.
      return isOperators(refusal.scope);
    default:
      return false;
  }
}
