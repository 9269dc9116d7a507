/**
 * What a month says about the map: did it save deadlines, did pauses come too
 * early, which thresholds to change. Pure: figures in, findings out. It only
 * proposes; a threshold is changed by a person, in the map.
 */
import type { Incident, Pause } from "./external-incidents.ts";

export interface MonthFigures {
  /** `2026-11` */
  readonly month: string;
  /** By day; `usd` of all that was spent on it. */
  readonly spend: readonly { readonly day: string; readonly usd: number }[];
  /** Of the whole month; null: there is none. */
  readonly limitUsd: number | null;
  readonly incidents: readonly Incident[];
  readonly pauses: readonly Pause[];
  /** When somebody with the admin key resumed. */
  readonly resumedAt: readonly string[];
  readonly calls: { readonly saved: number; readonly parked: number; readonly missed: number };
  readonly routes: readonly RouteMonth[];
}

export interface RouteMonth {
  readonly id: string;
  readonly answered: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly opened: number;
}

export interface Review {
  readonly month: string;
  readonly calls: MonthFigures["calls"];
  readonly incidents: number;
  readonly incident_minutes: number;
  readonly spent_usd: number;
  readonly limit_usd: number | null;
  readonly pauses: readonly PauseReview[];
  readonly suggestions: readonly Suggestion[];
}

export interface PauseReview extends Pause {
  readonly minutes: number | null;
  /** Of the month's limit, up to the end of the day on which it began; null: there is no limit. */
  readonly spent_percent: number | null;
  readonly verdict: "too_early" | "resumed_soon" | "in_order" | "unknown";
}

export interface Suggestion {
  /** What of the map, or which variable. */
  readonly setting: string;
  readonly why: string;
}

const MINUTE_MS = 60_000;
/** Somebody who resumes an alert's pause within this found it wrong. */
const SOON_MINUTES = 120;
/** An admin's resume ends a pause within this. */
const SAME_MOMENT_MS = 60_000;

export function reviewMonth(figures: MonthFigures): Review {
  const pauses = figures.pauses.map((pause) => reviewPause(pause, figures));
  const minutes = figures.incidents.reduce((sum, incident) => sum + (minutesOf(incident) ?? 0), 0);
  return {
    month: figures.month,
    calls: figures.calls,
    incidents: figures.incidents.length,
    incident_minutes: Math.round(minutes),
    spent_usd: figures.spend.reduce((sum, { usd }) => sum + usd, 0),
    limit_usd: figures.limitUsd,
    pauses,
    suggestions: [
      ...aboutPauses(pauses),
      ...aboutDeadlines(figures),
      ...aboutIncidents(figures),
      ...aboutRoutes(figures),
    ],
  };
}

function reviewPause(pause: Pause, { spend, limitUsd, resumedAt }: MonthFigures): PauseReview {
  const minutes = minutesOf(pause);
  const day = pause.started_at.slice(0, 10);
  const spent = spend.filter((one) => one.day <= day).reduce((sum, { usd }) => sum + usd, 0);
  const percent = limitUsd === null || limitUsd === 0 ? null : Math.round((1000 * spent) / limitUsd) / 10;
  return { ...pause, minutes, spent_percent: percent, verdict: verdictOf(pause, minutes, percent, resumedAt) };
}

function verdictOf(
  { by, percent: told, scope, ended_at: endedAt }: Pause,
  minutes: number | null,
  spentPercent: number | null,
  resumedAt: readonly string[],
): PauseReview["verdict"] {
  if (by !== "alert") return "in_order";
  // A provider's own budget is none of those that are counted here for everything.
  if (scope === "all" && told !== null && spentPercent !== null && spentPercent < told) return "too_early";
  const byHand =
    endedAt !== null && resumedAt.some((at) => Math.abs(Date.parse(at) - Date.parse(endedAt)) < SAME_MOMENT_MS);
  if (byHand && minutes !== null && minutes < SOON_MINUTES) return "resumed_soon";
  return spentPercent === null || scope !== "all" ? "unknown" : "in_order";
}

function minutesOf({ started_at: from, ended_at: to }: Pick<Pause, "started_at" | "ended_at">): number | null {
  return to === null ? null : (Date.parse(to) - Date.parse(from)) / MINUTE_MS;
}

function aboutPauses(pauses: readonly PauseReview[]): readonly Suggestion[] {
  const early = pauses.filter(({ verdict }) => verdict === "too_early");
  const soon = pauses.filter(({ verdict }) => verdict === "resumed_soon");
  const found: Suggestion[] = [];
  const [first] = early;
  if (first !== undefined) {
    const why = `${early.length} of ${pauses.length} pauses began while less was spent than the alert said (${first.percent} % told, ${first.spent_percent} % spent on ${first.started_at.slice(0, 10)}). Compare the alert's budget with budget.monthlyUsd, or raise the percentage.`;
    found.push({ setting: "budget.pauseAtPercent", why });
  }
  if (soon.length > 0) {
    const why = `${soon.length} of ${pauses.length} pauses were resumed by hand within two hours. If that was right each time, the percentage is too low, or budget.repauseStep too small.`;
    found.push({ setting: "budget.pauseAtPercent", why });
  }
  return found;
}

function aboutDeadlines({ calls: { saved, missed } }: MonthFigures): readonly Suggestion[] {
  if (missed === 0 || missed * 20 < saved) return [];
  const why = `${missed} calls got no answer in time, ${saved} were saved. Give their kinds more time, a route that answers faster, or a ladder (kinds.*.degrade).`;
  return [{ setting: "kinds.*.deadlineSeconds", why }];
}

function aboutIncidents({ incidents }: MonthFigures): readonly Suggestion[] {
  const lost = incidents.filter(({ calls_parked: parked, calls_saved: saved }) => parked > saved);
  if (lost.length === 0) return [];
  const providers = [...new Set(lost.map(({ provider, target }) => provider || target))].join(", ");
  const why = `While ${providers} was out, more calls were parked than saved (${lost.length} of ${incidents.length} incidents): another provider in warm would have answered them.`;
  return [{ setting: "warm", why }];
}

/** So often in a month is a route that flaps rather than one that fails. */
const FLAPS = 10;
/** Of a route's attempts: more than that many waited in vain. */
const SILENT_SHARE = 0.02;
const FEWEST_ATTEMPTS = 50;

function aboutRoutes({ routes }: MonthFigures): readonly Suggestion[] {
  return routes.flatMap(({ id, answered, failed, opened }) => {
    const found: Suggestion[] = [];
    const failures = Object.values(failed).reduce((sum, count) => sum + count, 0);
    const attempts = answered + failures;
    if (opened >= FLAPS) {
      const share = attempts === 0 ? 0 : Math.round((100 * failures) / attempts);
      const why = `${id} opened ${opened} times and failed ${share} % of ${attempts} attempts. If it mostly works, raise it; if not, move the route down.`;
      found.push({ setting: "breaker.failuresToOpen", why });
    }
    const silent = failed["timed_out"] ?? 0;
    if (attempts >= FEWEST_ATTEMPTS && silent > attempts * SILENT_SHARE) {
      const why = `${silent} of ${attempts} attempts at ${id} ended in silence, and each cost its caller the whole wait: shorten its time limits, so that the next route has more.`;
      found.push({ setting: `${id}: timeouts`, why });
    }
    return found;
  });
}
