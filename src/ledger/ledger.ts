import type { PlannedCall } from "../domain/call.ts";
import type { CallUsage } from "../domain/call-usage.ts";
import type { Failure } from "../domain/failure.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Route } from "../domain/route.ts";
import type { Result } from "../lib/result.ts";

/**
 * What one call sees of limits and money. Only an attempt whose budgets this
 * isolate has no supply of is waited for; nobody without a money budget ever is.
 */
export interface Ledger {
  /** Counts the call against the limits of requests; null: none of its limits is reached. */
  admit(call: PlannedCall): Refusal | null;
  /** Before an attempt goes out. A failure is `over_budget`: nobody is to be asked. */
  reserve(call: PlannedCall, route: Route): Result<Reservation, Failure> | Promise<Result<Reservation, Failure>>;
}

/** Of one attempt. Whichever of these is called first counts, and once. */
export interface Reservation {
  /** The attempt's request must not ask for more output than this; null: no budget is concerned. */
  readonly maxTokens: number | null;
  /** Somebody's limits depend on what the provider reports: a stream is to be asked for it. */
  readonly needsUsage: boolean;
  /** What was used, by the provider's report or by an estimate. */
  settle(usage: CallUsage): void;
  /** It failed, and nobody knows what of it will be billed. */
  settleFailed(failure: Failure): void;
}

/** Nobody is limited, and nothing is counted. */
export const noLedger: Ledger = {
  admit: () => null,
  reserve: () => UNLIMITED,
};

const UNLIMITED = {
  ok: true,
  value: { maxTokens: null, needsUsage: false, settle: () => undefined, settleFailed: () => undefined },
} as const;
