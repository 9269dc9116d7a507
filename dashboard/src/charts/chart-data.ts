/** What the Worker counted, as charts: every step of the time shown has a value, or null where there is none. */
import type { CallsPoint, Charts, RoutePoint } from "../../../src/breaker/charts.ts";
import { milliseconds } from "../words.ts";
import { spendChart, tierChart, type SpentStep } from "./spend-chart.ts";

/** Of `GET /admin/aggregates`. */
export interface Counted extends Charts {
  readonly at: string;
  readonly from: string;
  readonly step_seconds: number;
}

export interface ChartData {
  readonly title: string;
  /** What the numbers are of, for who reads the table. */
  readonly unit: string;
  /** `stack`: parts of a whole, in bars. */
  readonly drawn: "stack" | "lines";
  /** What is counted has no halves. */
  readonly isWhole?: boolean;
  /** Seconds since 1970, a step apart; all charts of one answer have the same. */
  readonly at: readonly number[];
  readonly series: readonly Series[];
  readonly worded: (value: number | null) => string;
}

export interface Series {
  readonly name: string;
  /** A custom property of the page's style. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
}

const ROUTE_COLOURS = 8;

/** Empty: nothing was counted at all. `spent`: null where the ledger does not answer. `tiers`: by route id. */
export function chartsFrom(
  counted: Counted,
  spent: readonly SpentStep[] | null = null,
  tiers: Readonly<Record<string, string>> = {},
): readonly ChartData[] {
  const at = stepsOf(counted);
  const calls = byStep(counted.calls, at);
  const routes = counted.routes
    .filter(({ points }) => points.length > 0)
    .map(({ id, points }) => ({ id, points: byStep(points, at) }));
  const ofRoutes = (valueOf: (point: RoutePoint) => number | null): readonly Series[] =>
    busiest(routes).map(({ id, points }, place) => ({
      name: id,
      colour: `--line-${(place % ROUTE_COLOURS) + 1}`,
      values: points.map((point) => (point === null ? null : valueOf(point))),
    }));
  const total = (name: string, colour: string, valueOf: (point: RoutePoint) => number): Series => ({
    name,
    colour,
    values: at.map((_, step) =>
      routes.reduce((sum, { points }) => sum + (points[step] ? valueOf(points[step]) : 0), 0),
    ),
  });
  const charts: readonly ChartData[] = [
    { title: "Calls", unit: "calls", drawn: "stack", isWhole: true, at, series: outcomeSeries(calls), worded: whole },
    ...(spent === null ? [] : [spendChart(spent, at), tierChart(spent, at, tiers) ?? []].flat()),
    {
      title: "Errors by route",
      unit: "% of attempts",
      drawn: "lines",
      at,
      series: ofRoutes(errorShare),
      worded: share,
    },
    {
      title: "p95 by route",
      unit: "time of answers",
      drawn: "lines",
      at,
      series: ofRoutes((point) => point.p95_ms),
      worded: milliseconds,
    },
    {
      title: "Queue depth",
      unit: "jobs, the most at one time",
      drawn: "lines",
      isWhole: true,
      at,
      series: [{ name: "jobs", colour: "--line-4", values: calls.map((point) => point?.queue_depth ?? null) }],
      worded: whole,
    },
    {
      title: "Tokens",
      unit: "tokens",
      drawn: "stack",
      isWhole: true,
      at,
      series: [
        total("prompts", "--line-1", (point) => point.input_tokens),
        total("answers", "--line-2", (point) => point.output_tokens),
      ],
      worded: whole,
    },
  ];
  const isCounted = ({ drawn, series }: ChartData): boolean =>
    series.some(({ values }) => values.some((value) => value !== null && (drawn === "lines" || value > 0)));
  // The queue is looked at without calls too: an empty one alone is no chart.
  const isQuiet = routes.length === 0 && calls.every((point) => point === null || (point.queue_depth ?? 0) === 0);
  return isQuiet && !charts.slice(0, 1).some(isCounted) ? [] : charts.filter(isCounted);
}

/** More lines than colours tell nobody anything: those that were asked most, in the map's order. */
function busiest<Of extends { readonly points: readonly (RoutePoint | null)[] }>(routes: readonly Of[]): readonly Of[] {
  const askedOf = ({ points }: Of): number =>
    points.reduce((sum, point) => sum + (point === null ? 0 : point.answered + sumOf(point.failed)), 0);
  const least = routes.map(askedOf).toSorted((left, right) => right - left)[ROUTE_COLOURS - 1] ?? 0;
  return routes.filter((route) => askedOf(route) >= least).slice(0, ROUTE_COLOURS);
}

/** The beginnings of all steps that touch the time shown. */
function stepsOf({ from, at, step_seconds: step }: Counted): readonly number[] {
  const first = Math.floor(Date.parse(from) / 1000 / step) * step;
  const last = Math.floor(Date.parse(at) / 1000 / step) * step;
  return Array.from({ length: (last - first) / step + 1 }, (_, place) => first + place * step);
}

function byStep<Point extends { readonly at: string }>(
  points: readonly Point[],
  at: readonly number[],
): readonly (Point | null)[] {
  const known = new Map(points.map((point) => [Date.parse(point.at) / 1000, point]));
  return at.map((seconds) => known.get(seconds) ?? null);
}

const OUTCOMES: readonly (readonly [string, string, (point: CallsPoint) => number])[] = [
  ["answered by Hot", "--calls-hot", (point) => point.answered["hot"] ?? 0],
  ["answered by Warm", "--calls-warm", (point) => point.answered["warm"] ?? 0],
  ["answered smaller", "--calls-smaller", (point) => sumOf(point.answered, ["hot", "warm"])],
  ["from the cache", "--calls-cached", (point) => point.cached],
  ["answered by a job", "--calls-job", (point) => point.answered_by_job],
  ["queued", "--calls-queued", (point) => point.queued],
  ["refused", "--calls-refused", (point) => sumOf(point.refused, ["deadline_exceeded"])],
  ["missed the deadline", "--calls-missed", (point) => point.refused["deadline_exceeded"] ?? 0],
  ["broke half way", "--calls-broken", (point) => sumOf(point.broken)],
];

/** Those of which there was one. */
function outcomeSeries(points: readonly (CallsPoint | null)[]): readonly Series[] {
  return OUTCOMES.map(([name, colour, countOf]) => ({
    name,
    colour,
    values: points.map((point) => (point === null ? 0 : countOf(point))),
  })).filter(({ values }) => values.some((value) => value > 0));
}

function sumOf(counts: Readonly<Record<string, number>>, without: readonly string[] = []): number {
  return Object.entries(counts).reduce((sum, [name, count]) => (without.includes(name) ? sum : sum + count), 0);
}

function errorShare({ answered, failed }: RoutePoint): number | null {
  const failures = sumOf(failed);
  return answered + failures === 0 ? null : (100 * failures) / (answered + failures);
}

function whole(value: number | null): string {
  return value === null ? "–" : Math.round(value).toLocaleString("en-US");
}

function share(value: number | null): string {
  return value === null ? "–" : `${Math.round(value * 10) / 10} %`;
}
