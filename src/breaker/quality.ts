import type { BreakerLimits } from "../domain/routing.ts";

/**
 * How good a route's answers are, by the checks of the kinds that ask for them
 * and by what people say of them. State in, state out. Bad ones often enough
 * put the route behind the others for a while; nothing is opened, because an
 * answer that somebody's check dislikes is still better than none.
 */
export interface QualityRecord {
  /** Of the last 20 outcomes, oldest first: 1 a bad answer, 0 any other. Begins with a bad one. */
  readonly recent: readonly (0 | 1)[];
  /** What people said, oldest first, at most 20: of each person the latest. */
  readonly ratings: readonly Rating[];
  /** Behind the others until then. */
  readonly behindUntilMs: number;
}

export interface Rating {
  /** Who said so: a hash. */
  readonly by: string;
  readonly bad: boolean;
  readonly atMs: number;
}

export type QualityLimits = Pick<BreakerLimits, "lowQualityCount" | "sameErrorOpenMs">;

export const noQuality: QualityRecord = { recent: [], ratings: [], behindUntilMs: 0 };

const OUTCOMES_KEPT = 20;
const RATINGS_KEPT = 20;
const RATING_LIFE_MS = 3_600_000;

/** A person's word weighs half of what a check finds: it is an opinion. So one person alone sinks no route. */
const RATING_WEIGHT = 0.5;

export function sawBadAnswer(
  before: QualityRecord,
  seen: { readonly startedAtMs: number; readonly endedAtMs: number },
  now: number,
  limits: QualityLimits,
): QualityRecord {
  // What began before the last fall belongs to it, and what is told so late that its time would be over is old news.
  const isOld = seen.startedAtMs < before.behindUntilMs || seen.endedAtMs + limits.sameErrorOpenMs < now;
  return isOld ? before : weighed({ ...before, recent: withOutcomes(before.recent, [1]) }, now, limits);
}

/** `count` other outcomes. The usual case, a route without a bad answer, is returned as it is. */
export function sawAnswers(before: QualityRecord, count: number): QualityRecord {
  if (before.recent.length === 0) return before;
  const zeros = Array.from({ length: Math.min(count, OUTCOMES_KEPT) }, () => 0 as const);
  return { ...before, recent: withOutcomes(before.recent, zeros) };
}

/** Each person has one word on a route at a time: the latest. */
export function wasRated(before: QualityRecord, rating: Rating, now: number, limits: QualityLimits): QualityRecord {
  if (now < before.behindUntilMs) return before;
  const others = before.ratings.filter(({ by, atMs }) => by !== rating.by && now - atMs < RATING_LIFE_MS);
  return weighed({ ...before, ratings: [...others, rating].slice(-RATINGS_KEPT) }, now, limits);
}

export function isBehind(record: QualityRecord | undefined, now: number): boolean {
  return record !== undefined && now < record.behindUntilMs;
}

function weighed(record: QualityRecord, now: number, limits: QualityLimits): QualityRecord {
  const found = record.recent.filter((outcome) => outcome === 1).length;
  const said = record.ratings.filter(({ bad, atMs }) => bad && now - atMs < RATING_LIFE_MS).length;
  if (found + said * RATING_WEIGHT < limits.lowQualityCount) return record;
  return { ...noQuality, behindUntilMs: now + limits.sameErrorOpenMs };
}

function withOutcomes(before: readonly (0 | 1)[], more: readonly (0 | 1)[]): readonly (0 | 1)[] {
  const all = [...before, ...more].slice(-OUTCOMES_KEPT);
  const first = all.indexOf(1);
  return first < 0 ? [] : all.slice(first);
}
