/** What is looked for in an answer, where its kind asks for it. docs/quality.md */
export const QUALITY_CHECKS = ["empty", "refusal", "repetition", "json", "length"] as const;
export type QualityCheck = (typeof QUALITY_CHECKS)[number];

export interface Quality {
  readonly checks: ReadonlySet<QualityCheck>;
  /** Is JSON that is none asked for again, once, at the same route? */
  readonly repair: boolean;
}

/** What is wrong with an answer. */
export interface Flaw {
  readonly check: QualityCheck;
  /** For the model that is asked to mend it: ours or the validator's words, at most 300 characters. */
  readonly why: string;
}
