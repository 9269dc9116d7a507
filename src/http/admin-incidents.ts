/** `/admin/incidents` and `/admin/aggregates`: what went wrong and when, and what was counted meanwhile. */
import * as z from "zod/mini";
import type { Incident } from "../breaker/board-state.ts";
import { SPANS, type Span } from "../breaker/aggregates.ts";
import { chartsOf } from "../breaker/charts.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { refusalResponse } from "./refusal-response.ts";
import { problemOf } from "./schema-problem.ts";

const NO_MOMENT = "expected a moment such as 2026-11-21 or 2026-11-21T10:00:00Z";
const since = z.optional(z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text)), NO_MOMENT)));
const IncidentsQuery = z.object({ since });

/** `GET ?since=2026-11-01`: those that are open or ended since then (without it all that are kept), and pauses, the latest first. */
export async function showIncidents(request: Request, deps: WorkerDeps): Promise<Response> {
  const query = IncidentsQuery.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!query.success) return refusalResponse({ kind: "invalid_request", ...problemOf(query.error) });
  const sinceMs = query.data.since === undefined ? 0 : Date.parse(query.data.since);
  const switchboard = deps.switchboard();
  const [incidents, spells] = await Promise.all([switchboard.incidents(sinceMs), switchboard.pauseSpells(sinceMs)]);
  return Response.json({
    incidents: incidents.map(incidentView),
    pauses: spells.map(({ sinceMs: startedAtMs, endedAtMs, ...spell }) => ({
      ...spell,
      started_at: isoOf(startedAtMs),
      ended_at: endedAtMs === null ? null : isoOf(endedAtMs),
    })),
  });
}

function incidentView(incident: Incident): Record<string, unknown> {
  const { id, rule, target, kind, detail, provider, routes, calls } = incident;
  return {
    // Unlike any other deployment's, and any that this one had before its storage was made anew.
    id: `inc_${incident.startedAtMs.toString(36)}_${id}`,
    provider,
    routes,
    rule,
    target,
    kind,
    detail,
    first_failure_at: isoOf(incident.firstFailureAtMs),
    started_at: isoOf(incident.startedAtMs),
    ended_at: incident.endedAtMs === null ? null : isoOf(incident.endedAtMs),
    calls_saved: calls.saved,
    calls_parked: calls.parked,
    deadlines_missed: calls.missed,
  };
}

const CHARTS: Readonly<Record<"hour" | "day" | "days", { readonly span: Span; readonly ms: number }>> = {
  hour: { span: "minute", ms: 3_600_000 },
  day: { span: "ten", ms: 86_400_000 },
  days: { span: "day", ms: SPANS.day.keptMs },
};
const ChartsQuery = z.object({
  span: z.prefault(z.enum(["hour", "day", "days"], { error: "expected hour, day or days" }), "hour"),
});

/** `GET ?span=hour` by minute, `day` by ten minutes, `days` by day (UTC) for 100 of them. */
export async function showAggregates(request: Request, deps: WorkerDeps): Promise<Response> {
  const query = ChartsQuery.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!query.success) return refusalResponse({ kind: "invalid_request", ...problemOf(query.error) });
  const { span, ms } = CHARTS[query.data.span];
  const now = deps.clock.now();
  const rows = await deps.switchboard().aggregates(span, now - ms);
  const ids = deps.routing.routes.map(({ id }) => id);
  return Response.json({
    at: isoOf(now),
    span: query.data.span,
    step_seconds: SPANS[span].ms / 1_000,
    from: isoOf(now - ms),
    ...chartsOf(rows, ids),
  });
}

function isoOf(atMs: number): string {
  return new Date(atMs).toISOString();
}
