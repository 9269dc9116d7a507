import type { Failure, FailureKind } from "../domain/failure.ts";
import { scrub } from "./scrub.ts";

export interface FailureFacts {
  /** The provider's own words, or ours where it gave none. */
  readonly message: string;
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly oneModelOnly?: boolean | undefined;
  readonly param?: string | undefined;
}

/** The contract of `Failure.detail`. */
const MAX_DETAIL_LENGTH = 300;
/** Schema errors need room to name the place. */
const MAX_REASON_LENGTH = 1000;

/** Builds a failure with the fields that its kind has, its text bounded and without keys. */
export function failureOf(kind: FailureKind, facts: FailureFacts): Failure {
  const { message, status, param } = facts;
  const waits = !FOR_THE_CALLER.has(kind) && facts.retryAfterMs !== undefined;
  return {
    kind,
    detail: scrub(message, MAX_DETAIL_LENGTH),
    ...(status !== undefined && { status }),
    ...(waits && { retryAfterMs: facts.retryAfterMs }),
    ...(kind === "quota_exhausted" && facts.oneModelOnly === true && { oneModelOnly: true }),
    ...(FOR_THE_CALLER.has(kind) && { reason: scrub(message, MAX_REASON_LENGTH) }),
    ...(kind === "request_rejected" && param !== undefined && { param: scrub(param, MAX_DETAIL_LENGTH) }),
  };
}

/** The caller can mend these, waiting does not. */
const FOR_THE_CALLER: ReadonlySet<FailureKind> = new Set(["request_rejected", "content_filtered", "context_overflow"]);
