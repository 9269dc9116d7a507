import type { CallUsage } from "../domain/call-usage.ts";
import type { Failure } from "../domain/failure.ts";

/** How a committed stream ended, for the breaker, the log and the ledger. */
export interface StreamEnd {
  /** Null: the provider's terminal event was seen and the caller has the whole answer. */
  readonly failure: Failure | null;
  readonly usage: CallUsage;
}
