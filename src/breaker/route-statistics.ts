import type { FailureKind } from "../domain/failure.ts";
import { noPace, paced, type Pace, type Sample } from "./pace.ts";

/** A route's passive score: what people look at, and the place in the plan. The breaker's rules do not read it. */
export interface RouteStatistics {
  /** Oldest first: 1 answered, 0 failed. */
  readonly last: readonly (0 | 1)[];
  readonly latenciesMs: readonly number[];
  readonly lastError: { readonly kind: FailureKind; readonly detail: string; readonly atMs: number } | null;
  /** When the latest outcome that is known of ended; null: never tried. */
  readonly checkedAtMs: number | null;
  /** When it was last known to have answered, callers and probes alike. Absent in rows of an earlier version. */
  readonly answeredAtMs?: number;
  /** The latest check, which no caller asked for: it is in none of the numbers above. Absent: never checked. */
  readonly check?: RouteCheck;
  /** Is it slower than it used to be? Absent: nobody has told, or as above. */
  readonly pace?: Pace;
}

export interface RouteCheck {
  readonly atMs: number;
  readonly ms: number;
  /** Null: it answered. */
  readonly failure: FailureKind | null;
}

export const noStatistics: RouteStatistics = { last: [], latenciesMs: [], lastError: null, checkedAtMs: null };

const OUTCOMES_KEPT = 20;
/** Enough for a p95 that is not the maximum, and a small row. */
const LATENCIES_KEPT = 60;

export function countSuccesses(
  statistics: RouteStatistics,
  successes: {
    readonly count: number;
    readonly latenciesMs: readonly number[];
    /** Which of these are of streams: to their first words. Empty where nobody has said. */
    readonly streamed?: readonly boolean[];
  },
  atMs: number,
  slowFactor: number,
): RouteStatistics {
  const samples = (successes.streamed ?? []).flatMap((streamed, place): Sample[] => {
    const ms = successes.latenciesMs[place];
    return ms === undefined ? [] : [{ ms, streamed }];
  });
  const ones = Array.from({ length: Math.min(successes.count, OUTCOMES_KEPT) }, () => 1 as const);
  return {
    ...statistics,
    last: [...statistics.last, ...ones].slice(-OUTCOMES_KEPT),
    latenciesMs: [...statistics.latenciesMs, ...successes.latenciesMs].slice(-LATENCIES_KEPT),
    checkedAtMs: Math.max(statistics.checkedAtMs ?? 0, atMs),
    answeredAtMs: Math.max(statistics.answeredAtMs ?? 0, atMs),
    ...(samples.length > 0 && { pace: paced(statistics.pace ?? noPace, samples, atMs, slowFactor) }),
  };
}

export function countFailure(
  statistics: RouteStatistics,
  failure: { readonly kind: FailureKind; readonly detail: string },
  atMs: number,
): RouteStatistics {
  return {
    ...statistics,
    last: [...statistics.last, 0 as const].slice(-OUTCOMES_KEPT),
    lastError: { kind: failure.kind, detail: failure.detail, atMs },
    checkedAtMs: Math.max(statistics.checkedAtMs ?? 0, atMs),
  };
}

/** Null where nothing was measured yet. */
export function percentile(latenciesMs: readonly number[], share: number): number | null {
  const sorted = latenciesMs.toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

/** Null where nothing was tried yet. */
export function errorRate(last: readonly (0 | 1)[]): number | null {
  return last.length === 0 ? null : last.filter((outcome) => outcome === 0).length / last.length;
}
