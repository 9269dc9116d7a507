/**
 * What a running Lisbon has measured takes the place of what was assumed: the
 * last month's spend by kind, and the latest outcomes of each route. What it
 * has not measured stays as it was, and says so.
 */
import * as z from "zod/mini";
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import type { Input, KindInputs, PlanInputs, RouteInputs } from "./inputs.ts";

/** Of `GET /admin/breakers`. */
const Breakers = z.object({
  routes: z.array(
    z.object({
      id: z.string(),
      last: z.array(z.number()),
      errorRate: z.nullable(z.number()),
      p50Ms: z.nullable(z.number()),
      p95Ms: z.nullable(z.number()),
    }),
  ),
});
type RouteMeasured = z.infer<typeof Breakers>["routes"][number];

/** Of `GET /admin/spend?by=day,kind`. */
const Spend = z.object({
  spend: z.array(
    z.object({
      day: z.string(),
      kind: z.string(),
      requests: z.number(),
      prompt_tokens: z.number(),
      completion_tokens: z.number(),
    }),
  ),
});
type Spent = z.infer<typeof Spend>["spend"][number];

/** Replies as they came. */
export interface Measurements {
  readonly breakers: unknown;
  readonly spend: unknown;
  /** The last day of the spend, such as `2026-11-21`. */
  readonly today: string;
}

const DAYS_PER_MONTH = 30.4;
const DAY_MS = 86_400_000;
/** Of fewer outcomes a share in percent would be a guess. */
const LEAST_OUTCOMES = 10;

export function withMeasurements(
  inputs: PlanInputs,
  { breakers, spend, today }: Measurements,
): Result<PlanInputs, string> {
  const routes = Breakers.safeParse(breakers);
  if (!routes.success) return fail("/admin/breakers answered with something else than route states");
  const kinds = Spend.safeParse(spend);
  if (!kinds.success) return fail("/admin/spend answered with something else than spend by kind");

  const spent = kinds.data.spend.filter(({ requests }) => requests > 0);
  const total = spent.reduce((all, { requests }) => all + requests, 0);
  const days = daysOf(spent, today);
  const perMonth = measured((total / days) * DAYS_PER_MONTH, `measured (${days === 1 ? "1 day" : `${days} days`})`);
  const asked = spent.length === 0 ? {} : { monthlyRequests: perMonth };
  return ok({
    general: { ...inputs.general, ...asked },
    kinds: inputs.kinds.map((each) => withSpend(each, spent, total)),
    routes: inputs.routes.map((each) =>
      withStatistics(
        each,
        routes.data.routes.find(({ id }) => id === each.id),
      ),
    ),
  });
}

/** From the first day with a call to today, both included. */
function daysOf(spent: readonly Spent[], today: string): number {
  const first = spent.map(({ day }) => day).toSorted()[0] ?? today;
  return Math.max(0, Math.round((Date.parse(today) - Date.parse(first)) / DAY_MS)) + 1;
}

function withSpend(kind: KindInputs, spent: readonly Spent[], total: number): KindInputs {
  if (total === 0) return kind;
  const rows = spent.filter((each) => each.kind === kind.kind);
  const all = (count: "requests" | "prompt_tokens" | "completion_tokens"): number =>
    rows.reduce((sum, row) => sum + row[count], 0);
  const requests = all("requests");
  const share = { sharePercent: measured((requests / total) * 100) };
  if (requests === 0) return { ...kind, fields: { ...kind.fields, ...share } };
  const tokens = {
    inputTokens: measured(all("prompt_tokens") / requests),
    outputTokens: measured(all("completion_tokens") / requests),
  };
  return { ...kind, fields: { ...kind.fields, ...share, ...tokens } };
}

function withStatistics(route: RouteInputs, row: RouteMeasured | undefined): RouteInputs {
  const fields: Partial<Record<keyof RouteInputs["fields"], Input>> = {};
  if (row && row.errorRate !== null && row.last.length >= LEAST_OUTCOMES) {
    fields.failurePercent = measured(row.errorRate * 100, `measured (last ${row.last.length})`);
  }
  if (row && row.p50Ms !== null && row.p95Ms !== null) {
    fields.p50Ms = measured(Math.max(1, row.p50Ms));
    fields.p95Ms = measured(Math.max(1, row.p95Ms));
  }
  return { ...route, fields: { ...route.fields, ...fields } };
}

function measured(value: number, source = "measured"): Input {
  // Enough digits for a plan, and few enough for a table.
  return { value: Number(value.toPrecision(6)), source };
}
