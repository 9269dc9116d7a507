import type { PlannedCall } from "../domain/call.ts";
import type { JobWork } from "./job.ts";

export interface JobIdentity {
  readonly jobId: string;
  readonly bodyHash: string;
  /** Where this Worker is reached from outside; null: where it was called. */
  readonly publicUrl: string | null;
}

/** Of a call what its job keeps: these and no more, for the call also holds the caller's signal. */
export function jobWorkOf(call: PlannedCall, { jobId, bodyHash, publicUrl }: JobIdentity): JobWork {
  const { requestId, dialect, request, native, kind, from } = call;
  const caller = from.kind === "caller" ? from : null;
  return {
    jobId,
    requestId,
    tenant: from.tenant,
    user: from.user,
    token: from.token,
    kind: kind.name,
    dialect,
    request,
    native,
    bodyHash,
    ...(caller?.wishes.isPrivate === true && { isPrivate: true }),
    callbackUrl: caller?.wishes.callbackUrl ?? null,
    onCold: caller?.wishes.onCold ?? kind.onCold,
    end: kind.end,
    deadlineMs: kind.deadlineMs,
    origin: publicUrl ?? (caller ? new URL(caller.calledUrl).origin : ""),
  };
}
