import type { Caller } from "../domain/caller.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Result } from "../lib/result.ts";

/** Who it is, and until when that may be taken for granted without a look at the signature. */
export interface Verified {
  readonly caller: Caller;
  readonly untilMs: number;
}

export type Verdict = Result<Verified, Refusal>;

/** A phone's clock may be so far off. */
export const SKEW_SECONDS = 30;
