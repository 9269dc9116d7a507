import type { Failure } from "../../src/domain/failure.ts";
import { assertNever } from "../../src/lib/assert-never.ts";
import type { Random } from "./random.ts";

/** What happens to the fleet in a run. */
export type Trouble = "hard" | "two-percent" | "slow" | "rate-limit" | "pause" | "money";

export const TROUBLES: readonly Trouble[] = ["hard", "two-percent", "slow", "rate-limit", "pause", "money"];

export interface TryAt {
  readonly afterMs: number;
  /** Null: it answers. */
  readonly failure: Failure | null;
}

/** An ordinary answer: 0.8 to 3 s until its end. */
export function answered(random: Random): TryAt {
  return { afterMs: 800 + 2_200 * random(), failure: null };
}

/** What the ill provider makes of an attempt; every sort of illness is of one route. */
export function illAnswer(trouble: Trouble, random: Random): TryAt {
  switch (trouble) {
    case "hard":
      return { afterMs: 30 + 40 * random(), failure: { kind: "server_error", status: 500, detail: "dead" } };
    case "rate-limit":
      return { afterMs: 30, failure: { kind: "rate_limited", status: 429, detail: "slow down", retryAfterMs: 20_000 } };
    case "slow":
      // Silence until the attempt's own clock runs out: `firstTokenMs`.
      return { afterMs: 10_000, failure: { kind: "timed_out", detail: "nothing came" } };
    case "two-percent":
      return random() < 0.02
        ? { afterMs: 50, failure: { kind: "overloaded", status: 529, detail: "overloaded" } }
        : answered(random);
    case "pause":
    case "money":
      return answered(random);
    default:
      return assertNever(trouble);
  }
}

export interface Timeline {
  /** Nothing is measured before: everybody is new. */
  readonly warmMs: number;
  readonly beginsMs: number;
  /** Null: it lasts until the end. */
  readonly endsMs: number | null;
  readonly overMs: number;
}

/** In milliseconds of virtual time: as short as what is to be seen allows (a probe goes 30 s after an opening). */
export function timelineOf(trouble: Trouble): Timeline {
  const from = { warmMs: 5_000, beginsMs: 15_000 };
  switch (trouble) {
    case "hard":
      return { ...from, endsMs: 35_000, overMs: 52_000 };
    case "rate-limit":
    case "slow":
      return { ...from, endsMs: 35_000, overMs: 62_000 };
    case "two-percent":
      return { ...from, endsMs: null, overMs: 35_000 };
    case "pause":
      return { ...from, endsMs: null, overMs: 25_000 };
    case "money":
      return { ...from, endsMs: null, overMs: 40_000 };
    default:
      return assertNever(trouble);
  }
}
