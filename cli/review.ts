/** `lisbon review --month 2026-11`: asks for the month's figures and says what they say. */
import * as z from "zod";
import { fail, ok, type Result } from "../src/lib/result.ts";
import type { AdminOptions } from "./admin-address.ts";
import { type AdminFailure, askAdmin } from "./ask-admin.ts";
import { IncidentsReply } from "./external-incidents.ts";
import { type MonthFigures, type Review, reviewMonth } from "./month-review.ts";
import type { CommandOptions, Ending } from "./run-command.ts";

export interface ReviewOptions extends CommandOptions {
  /** `2026-11`; without it the present one. */
  readonly month?: string;
}

const Counts = z.record(z.string(), z.number());
const Days = z.object({
  calls: z.array(z.object({ at: z.string(), saved: z.number(), parked: z.number(), missed_deadline: z.number() })),
  routes: z.array(
    z.object({
      id: z.string(),
      points: z.array(z.object({ at: z.string(), answered: z.number(), failed: Counts, opened: z.number() })),
    }),
  ),
});
const Spend = z.object({ spend: z.array(z.object({ day: z.string(), usd: z.number() })) });
const Limits = z.object({
  budgets: z.array(z.object({ scope: z.string(), period: z.string(), limit_usd: z.number() })),
});
const Audit = z.object({
  changes: z.array(z.object({ at: z.string(), what: z.string(), status: z.number() })),
});

export async function review(options: ReviewOptions): Promise<Ending> {
  const month = options.month ?? new Date().toISOString().slice(0, 7);
  if (!/^\d{4}-(?:0[1-9]|1[0-2])$/.test(month)) {
    const next = "npx lisbon review --month 2026-11";
    return fail({ kind: "usage", code: "usage", message: `${month} is no month`, next });
  }
  const figures = await figuresOf(month, options);
  if (!figures.ok) return figures;
  const reviewed = reviewMonth(figures.value);
  return ok({ json: reviewed, lines: () => describe(reviewed) });
}

async function figuresOf(month: string, options: AdminOptions): Promise<Result<MonthFigures, AdminFailure>> {
  const paths = [
    `/admin/incidents?since=${month}-01`,
    `/admin/spend?by=day&from=${month}-01&to=${month}-31`,
    "/admin/limits",
    "/admin/audit?limit=1000",
    "/admin/aggregates?span=days",
  ];
  const asked = await Promise.all(paths.map((path) => askAdmin(options, path)));
  const bodies: unknown[] = [];
  for (const one of asked) {
    if (!one.ok) return fail(one.failure);
    bodies.push(one.value);
  }
  const [ofIncidents, ofSpend, ofLimits, ofAudit, ofDays] = bodies;
  const { incidents, pauses } = IncidentsReply.parse(ofIncidents);
  const days = Days.parse(ofDays);
  const isOfMonth = ({ at }: { readonly at: string }): boolean => at.startsWith(month);
  const began = ({ started_at: at }: { readonly started_at: string }): boolean => at.startsWith(month);
  const calls = days.calls.filter(isOfMonth);
  const all = Limits.parse(ofLimits).budgets.find(({ scope, period }) => scope === "all" && period === month);
  return ok({
    month,
    spend: Spend.parse(ofSpend).spend,
    limitUsd: all?.limit_usd ?? null,
    incidents: incidents.filter(began),
    pauses: pauses.filter(began),
    resumedAt: Audit.parse(ofAudit)
      .changes.filter(({ what, status }) => what === "POST /budget/resume" && status < 300)
      .map(({ at }) => at),
    calls: {
      saved: sum(calls.map(({ saved }) => saved)),
      parked: sum(calls.map(({ parked }) => parked)),
      missed: sum(calls.map(({ missed_deadline: missed }) => missed)),
    },
    routes: days.routes.map(({ id, points }) => {
      const ofMonth = points.filter(isOfMonth);
      const failed: Record<string, number> = {};
      for (const point of ofMonth) {
        for (const [kind, count] of Object.entries(point.failed)) failed[kind] = (failed[kind] ?? 0) + count;
      }
      const answered = sum(ofMonth.map((point) => point.answered));
      return { id, answered, failed, opened: sum(ofMonth.map(({ opened }) => opened)) };
    }),
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

const VERDICTS = {
  too_early: "too early: less was spent than the alert said",
  resumed_soon: "resumed by hand soon after",
  in_order: "in order",
  unknown: "nothing to compare it with",
};

function describe(reviewed: Review): readonly string[] {
  const { month, calls, incidents, incident_minutes: minutes, spent_usd: spent, limit_usd: limit } = reviewed;
  const saved =
    calls.missed === 0 ? "every deadline that it could" : `${calls.saved} calls; ${calls.missed} deadlines were missed`;
  return [
    month,
    `Saved: ${calls.saved} calls answered although a route failed; ${calls.parked} parked. It saved ${saved}.`,
    `Incidents: ${incidents}, ${minutes} minutes in all.`,
    `Spent: $${spent.toFixed(2)}${limit === null ? "" : ` of $${limit.toFixed(2)}`}.`,
    `Pauses: ${reviewed.pauses.length}.`,
    ...reviewed.pauses.map(
      ({ started_at: at, scope, by, verdict }) =>
        `  ${at.slice(0, 16).replace("T", " ")}  ${scope} (${by}): ${VERDICTS[verdict]}`,
    ),
    reviewed.suggestions.length === 0 ? "Nothing to change." : "To look at:",
    ...reviewed.suggestions.map(({ setting, why }) => `  ${setting}: ${why}`),
  ];
}
