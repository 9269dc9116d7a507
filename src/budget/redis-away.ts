/** Redis does not answer: since when, and how often it is asked all the same. Plain data; the keeper stores it. */
export interface RedisAway {
  readonly sinceMs: number;
  /** Readings and writes that failed since. */
  readonly tries: number;
  /** The alarm's own looks since: each doubles the time to the next. */
  readonly looks: number;
  readonly reads: boolean;
  /** It may answer readings and refuse writes: a token that only reads, or a full disk. */
  readonly writes: boolean;
}

/** The alarm looks this often where Redis answers. */
const LOOK_EVERY_MS = 2_000;
/** Where it does not, at most so much later: nobody sleeps while something is paused. */
const LONGEST_WHILE_PAUSED_MS = 10_000;
const LONGEST_MS = 60_000;

export function afterFailure(away: RedisAway | null, part: "reads" | "writes", now: number): RedisAway {
  const before = away ?? { sinceMs: now, tries: 0, looks: 0, reads: false, writes: false };
  return { ...before, tries: before.tries + 1, [part]: true };
}

/** A reading says nothing of the writes that still fail. */
export function afterReading(away: RedisAway | null, allWritten: boolean): RedisAway | null {
  if (away === null || allWritten || !away.writes) return null;
  return away.reads ? { ...away, reads: false } : away;
}

/** 2 s, doubling to a minute while Redis does not answer; to 10 s while something is paused. */
export function lookEveryMs(away: RedisAway | null, paused: boolean): number {
  if (away === null || (paused && !away.reads)) return LOOK_EVERY_MS;
  return Math.min(LOOK_EVERY_MS * 2 ** away.looks, paused ? LONGEST_WHILE_PAUSED_MS : LONGEST_MS);
}
