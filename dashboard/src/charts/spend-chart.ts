/** What routes cost, from the ledger's own steps. */
import { dollars } from "../words.ts";
import type { ChartData, Series } from "./chart-data.ts";

/** Of `GET /admin/spend?by=minute,route` or `by=ten_minutes,route`: UTC, `2026-11-21T03:14`. */
export interface SpentStep {
  readonly minute?: string;
  readonly ten_minutes?: string;
  readonly route: string;
  readonly usd: number;
}

/** More than this nobody tells apart by colour. */
const MOST = 8;

/** `at`: the steps of all charts, seconds since 1970. What was spent outside of them is left out. The dearest first. */
export function spendChart(spent: readonly SpentStep[], at: readonly number[]): ChartData {
  const places = new Map(at.map((seconds, place) => [seconds, place]));
  const byRoute = new Map<string, number[]>();
  for (const { route, usd, minute, ten_minutes: ten } of spent) {
    const place = places.get(Date.parse(`${minute ?? ten}:00Z`) / 1000);
    if (place === undefined || usd === 0) continue;
    const values = byRoute.get(route) ?? at.map(() => 0);
    values[place] = (values[place] ?? 0) + usd * MICROS;
    byRoute.set(route, values);
  }
  const dearest = [...byRoute].toSorted(([, left], [, right]) => sum(right) - sum(left));
  const others = dearest.slice(MOST - 1);
  const shown = dearest.length <= MOST ? dearest : [...dearest.slice(0, MOST - 1), [OTHERS, together(others)] as const];
  const series = shown.map(([name, values], place): Series => ({ name, colour: `--line-${place + 1}`, values }));
  return { title: "Spend by route", unit: "US dollars", drawn: "stack", at, series, worded };
}

/** The same by tier. `tiers`: of each route that the map has. Null: it is all of one, which says nothing more. */
export function tierChart(
  spent: readonly SpentStep[],
  at: readonly number[],
  tiers: Readonly<Record<string, string>>,
): ChartData | null {
  const byTier = spendChart(
    spent.map((step) => ({ ...step, route: tiers[step.route] ?? GONE })),
    at,
  );
  if (byTier.series.length < 2) return null;
  const series = byTier.series.map((each) => ({ ...each, ...TIERS[each.name] }));
  return { ...byTier, title: "Spend by tier", series };
}

const GONE = "routes that the map no longer has";
const TIERS: Readonly<Record<string, Pick<Series, "name" | "colour">>> = {
  hot: { name: "Hot", colour: "--calls-hot" },
  warm: { name: "Warm", colour: "--calls-warm" },
  smaller: { name: "smaller", colour: "--calls-smaller" },
};

const MICROS = 1_000_000;
const OTHERS = "all others";

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function together(routes: readonly (readonly [string, readonly number[]])[]): readonly number[] {
  const [first] = routes;
  return (first?.[1] ?? []).map((_, place) => sum(routes.map(([, values]) => values[place] ?? 0)));
}

function worded(micros: number | null): string {
  return micros === null ? "–" : dollars(micros);
}
