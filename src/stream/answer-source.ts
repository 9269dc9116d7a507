/** One route's part of a committed answer: what reads it, what bounds it, and who is told how it ended. */
import type { Failure } from "../domain/failure.ts";
import type { Watchdog } from "../lib/watchdog.ts";
import type { AnswerReader } from "./answer-reader.ts";
import type { StreamLimits } from "./what-broke.ts";

export interface AnswerSource {
  /** Read up to the first words. */
  readonly reader: AnswerReader;
  readonly watchdog: Watchdog;
  readonly limits: StreamLimits;
  /** Of what the provider was sent, for an estimate of its tokens where it reports none. */
  readonly promptBytes: number;
  /** Told once, as soon as this part is over: null: it was whole. The breaker hears of it here. */
  readonly settle: (failure: Failure | null) => void;
}

/** The part of a route that goes on where another broke off. */
export interface Leg extends AnswerSource {
  readonly routeId: string;
  /** The model was given the answer so far as its own beginning, and goes on with the very same message. */
  readonly prefilled: boolean;
  readonly goOn: GoOn;
}

/** Asks the next candidates to go on with what was said, within the call's budget; null: none of them did. */
export type GoOn = (said: string, after: Failure) => Promise<Leg | null>;
