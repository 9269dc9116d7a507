/** `lisbon review --month 2026-11`: asks for the month's figures and says what they say. */
import * as z from "zod";
import { fail, ok, type Result } from "../src/lib/result.ts";
import type { AdminOptions } from "./admin-address.ts";
import { type AdminFailure, askAdminFor } from "./ask-admin.ts";
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

/** Incidents are kept for so long, counts ten days longer: docs/metrics.md. */
const KEPT_DAYS = 90;
const DAY_MS = 86_400_000;

/** `now`: milliseconds since 1970. */
export async function review(options: ReviewOptions, now = Date.now()): Promise<Ending> {
  const present = new Date(now).toISOString().slice(0, 7);
  const month = options.month ?? present;
  if (!/^\d{4}-(?:0[1-9]|1[0-2])$/.test(month)) {
    const next = "npx lisbon review --month 2026-11";
    return fail({ kind: "usage", code: "usage", message: `${month} is no month`, next });
  }
  if (month > present) {
    const next = `npx lisbon review --month ${present}`;
    return fail({ kind: "usage", code: "usage", message: `${month} has not begun`, next });
  }
  const figures = await figuresOf(month, options);
  if (!figures.ok) return figures;
  const reviewed = reviewMonth(figures.value);
  const complete = Date.parse(`${month}-01`) >= now - KEPT_DAYS * DAY_MS;
  return ok({
    json: { ...reviewed, complete },
    lines: () => describe(reviewed),
    asides: complete ? [] : [`Incidents are kept for ${KEPT_DAYS} days: of ${month} not everything is known any more.`],
  });
}

async function figuresOf(month: string, options: AdminOptions): Promise<Result<MonthFigures, AdminFailure>> {
  const [ofIncidents, ofSpend, ofLimits, ofAudit, ofDays] = await Promise.all([
    askAdminFor(IncidentsReply, options, `/admin/incidents?since=${month}-01`),
    askAdminFor(Spend, options, `/admin/spend?by=day&from=${month}-01&to=${month}-31`),
    askAdminFor(Limits, options, "/admin/limits"),
    askAdminFor(Audit, options, "/admin/audit?limit=1000"),
    askAdminFor(Days, options, "/admin/aggregates?span=days"),
  ]);
  if (!ofIncidents.ok) return ofIncidents;
  if (!ofSpend.ok) return ofSpend;
  if (!ofLimits.ok) return ofLimits;
  if (!ofAudit.ok) return ofAudit;
  if (!ofDays.ok) return ofDays;
  const { incidents, pauses } = ofIncidents.value;
  const days = ofDays.value;
  const isOfMonth = ({ at }: { readonly at: string }): boolean => at.startsWith(month);
  const began = ({ started_at: at }: { readonly started_at: string }): boolean => at.startsWith(month);
  const calls = days.calls.filter(isOfMonth);
  const all = ofLimits.value.budgets.find(({ scope, period }) => scope === "all" && period === month);
  return ok({
    month,
    spend: ofSpend.value.spend,
    limitUsd: all?.limit_usd ?? null,
    incidents: incidents.filter(began),
    pauses: pauses.filter(began),
    resumedAt: ofAudit.value.changes
      .filter(({ what, status }) => what === "POST /budget/resume" && status < 300)
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
  const missed = calls.missed === 0 ? "No deadline was missed." : `${calls.missed} deadlines were missed.`;
  return [
    month,
    `Saved: ${calls.saved} calls answered although a route failed; ${calls.parked} parked. ${missed}`,
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
