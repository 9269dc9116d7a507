import type { Attempt } from "../domain/attempt.ts";
import type { LisbonNote } from "../openai/chat-chunk.ts";

/** Lines of a trail that stand for no request to a provider. */
const NOBODY_ASKED: ReadonlySet<Attempt["result"]> = new Set(["skipped", "over_budget", "flawed"]);

/** What a call went through, in order. The one thing of a call that grows: the reply's headers and the log read it. */
export class Trail {
  readonly #attempts: Attempt[] = [];
  readonly #notes: string[] = [];
  /** How full the largest window may be; null: not so full that its caller should know. */
  contextPercent: number | null = null;

  /** What the answer itself says, where it is not the usual one. */
  told: LisbonNote | null = null;

  /** How many of the attempts were before the kind's ladder; null: it was not needed. */
  beforeLadder: number | null = null;

  add(attempt: Attempt): void {
    this.#attempts.push(attempt);
  }

  all(): readonly Attempt[] {
    return this.#attempts;
  }

  /** What the caller is to know beside its answer, in words that a header may hold. */
  note(text: string): void {
    this.#notes.push(text);
  }

  notes(): readonly string[] {
    return this.#notes;
  }

  /** What was lost to attempts that did not answer. */
  lostMs(): number {
    return this.#attempts.reduce((sum, attempt) => sum + (failedIn(attempt) ?? 0), 0);
  }

  /** How many times a provider was really asked. */
  asked(): number {
    return this.#attempts.filter(({ result }) => !NOBODY_ASKED.has(result)).length;
  }
}

function failedIn(attempt: Attempt): number | null {
  const { result } = attempt;
  return result === "skipped" || result === "answered" || result === "flawed" ? null : attempt.ms;
}
