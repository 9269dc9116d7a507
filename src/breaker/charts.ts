/** Aggregates as a chart draws them. A moment at which nothing was counted has no point. */
import type { AggregateRow } from "./aggregates.ts";
import { STREAMED, WHOLE } from "./call-tally.ts";
import { failuresIn, outcomesIn } from "./outcome-names.ts";
import { CALLS, type Counts, histogramOf, MS_BOUNDS, quantileOf, routeSubject, together } from "./series.ts";

export interface Charts {
  readonly calls: readonly CallsPoint[];
  readonly routes: readonly { readonly id: string; readonly points: readonly RoutePoint[] }[];
}

export interface CallsPoint {
  /** When the minute, ten minutes or day begins. */
  readonly at: string;
  /** By tier. */
  readonly answered: Readonly<Record<string, number>>;
  readonly cached: number;
  readonly queued: number;
  readonly answered_by_job: number;
  /** By the refusal's kind. */
  readonly refused: Readonly<Record<string, number>>;
  /** Half answers: streams that broke after their first words, by the failure's kind. */
  readonly broken: Readonly<Record<string, number>>;
  /** Answered although a route failed or was out; put into the queue; refused for want of time. */
  readonly saved: number;
  readonly parked: number;
  readonly missed_deadline: number;
  /** Until the answer, or a stream's first words. Null: nobody was answered. */
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  readonly longest_wait_ms: number | null;
  /** The most at one time; null: nobody looked. */
  readonly circuits_open: number | null;
  readonly queue_depth: number | null;
}

export interface RoutePoint {
  readonly at: string;
  readonly answered: number;
  /** Attempts, by the failure's kind. */
  readonly failed: Readonly<Record<string, number>>;
  /** Of attempts that answered: until a stream's first words, until the end otherwise. */
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** How often it opened. */
  readonly opened: number;
}

export function chartsOf(rows: readonly AggregateRow[], routeIds: readonly string[]): Charts {
  return {
    calls: rows.flatMap((row) => pointOf(row, CALLS, callsPoint)),
    routes: routeIds.map((id) => ({ id, points: rows.flatMap((row) => pointOf(row, routeSubject(id), routePoint)) })),
  };
}

function pointOf<Point>(
  { atMs, tally }: AggregateRow,
  subject: string,
  make: (at: string, counts: Counts) => Point,
): readonly Point[] {
  const counts = tally[subject];
  return counts === undefined ? [] : [make(new Date(atMs).toISOString(), counts)];
}

function callsPoint(at: string, counts: Counts): CallsPoint {
  const outcomes = outcomesIn(counts, "out");
  const of = (name: string): Record<string, number> =>
    Object.fromEntries(outcomes.filter(({ outcome }) => outcome === name).map(({ detail, count }) => [detail, count]));
  const wait = histogramOf(counts, "w", MS_BOUNDS);
  return {
    at,
    answered: of("answered"),
    cached: counts["out:cached"] ?? 0,
    queued: counts["out:queued"] ?? 0,
    answered_by_job: counts["out:job"] ?? 0,
    refused: of("refused"),
    broken: of("broken"),
    saved: counts["saved"] ?? 0,
    parked: counts["parked"] ?? 0,
    missed_deadline: counts["missed"] ?? 0,
    p50_ms: quantileOf(wait, 0.5, MS_BOUNDS),
    p95_ms: quantileOf(wait, 0.95, MS_BOUNDS),
    longest_wait_ms: counts["max:w"] ?? null,
    circuits_open: counts["max:open"] ?? null,
    queue_depth: counts["max:queue"] ?? null,
  };
}

function routePoint(at: string, counts: Counts): RoutePoint {
  const answered = together([histogramOf(counts, WHOLE, MS_BOUNDS), histogramOf(counts, STREAMED, MS_BOUNDS)]);
  return {
    at,
    answered: answered.count,
    failed: Object.fromEntries(
      failuresIn(counts).map((kind) => [kind, histogramOf(counts, `f:${kind}`, MS_BOUNDS).count]),
    ),
    p50_ms: quantileOf(answered, 0.5, MS_BOUNDS),
    p95_ms: quantileOf(answered, 0.95, MS_BOUNDS),
    input_tokens: counts["i"] ?? 0,
    output_tokens: counts["o"] ?? 0,
    opened: counts["opened"] ?? 0,
  };
}
