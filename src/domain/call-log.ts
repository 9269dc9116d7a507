import type { Attempt } from "./attempt.ts";

/** The one JSON line per call. Holds no prompt, no answer and no key. */
export interface CallLog {
  readonly event: "call";
  readonly request_id: string;
  /** What the caller wrote as `model`, at most 100 characters. */
  readonly model: string;
  readonly stream: boolean;
  /** The HTTP status that the caller saw. */
  readonly status: number;
  /** How the call ended: `answered`, a refusal's kind, or why a committed stream broke. */
  readonly outcome: string;
  readonly route: string | null;
  readonly tier: string | null;
  /** The step of the kind's ladder that answered; null: none did. */
  readonly degraded: string | null;
  readonly attempts: readonly Attempt[];
  /** From the request's arrival to the end of the answer, in milliseconds. */
  readonly ms: number;
  /** From the request's arrival to the first words; null where there were none. */
  readonly first_words_ms: number | null;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  /** `estimated` where the provider reported none. */
  readonly usage: "reported" | "estimated" | null;
  /** The job that had the call; null: none. */
  readonly job: string | null;
}
