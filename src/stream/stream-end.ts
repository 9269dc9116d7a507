import type { CallUsage } from "../domain/call-usage.ts";
import type { Failure } from "../domain/failure.ts";

/** How a committed stream ended, for the log, the job and the ledger. */
export interface StreamEnd {
  /** What the caller met; null: it has the whole answer, though more than one route may have given it. */
  readonly failure: Failure | null;
  /** Of all routes together. */
  readonly usage: CallUsage;
}

export const CALLER_GONE: Failure = { kind: "caller_gone", detail: "the caller hung up" };
