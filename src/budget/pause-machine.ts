/**
 * The pause as plain rules: state and an event in, state, notices and an
 * answer out. No clock, no storage, no Redis; `pause-keeper.ts` supplies those
 * and carries out what `unwritten` asks for.
 */
import type { Notice } from "../domain/notice.ts";
import { assertNever } from "../lib/assert-never.ts";
import type { BudgetSettings } from "../domain/routing.ts";
import { addWrite, afterReading, lift, putPause } from "./pause-changes.ts";
import { alertReason, forecastNotice, notedNotice, pausedNotice, unknownProvider } from "./pause-notices.ts";
import type { FlagReading } from "./flag-store.ts";
import { ALL, type PauseView } from "./pause.ts";
import type { AlertOutcome, BudgetAlert } from "./pause-port.ts";
import type { Cause, PauseState, Period, Source } from "./pause-state.ts";

export interface PauseRules extends Pick<BudgetSettings, "pauseAtPercent" | "pauseScope" | "repauseStep"> {
  /** Canonical names of the providers that a route has. */
  readonly providers: ReadonlySet<string>;
  readonly canonical: (name: string) => string;
}

export type PauseEvent =
  | { readonly kind: "alert"; readonly alert: BudgetAlert }
  /** `by` absent: an operator. The watchdog tells of it by itself. */
  | { readonly kind: "pause"; readonly provider: string | null; readonly reason: string; readonly by?: PauseView["by"] }
  /** Null: every pause. */
  | { readonly kind: "resume"; readonly provider: string | null }
  /** What Redis says, where nothing has changed here since it was asked. */
  | { readonly kind: "read"; readonly reading: FlagReading }
  /** Only time has passed. */
  | { readonly kind: "time" };

export interface Step {
  /** The very same object where nothing has changed. */
  readonly state: PauseState;
  readonly notices: readonly Notice[];
  /** Of an alert; null: it was none. */
  readonly outcome: AlertOutcome | null;
}

export function step(before: PauseState, event: PauseEvent, now: number, rules: PauseRules): Step {
  const timed = withoutPastMonths(before, now);
  const { state, notices, outcome } = stepNow(timed.state, event, now, rules);
  return { state, notices: [...timed.notices, ...notices], outcome };
}

/** When a pause ends by itself; null: none does. */
export function nextMonthDueMs(state: PauseState, now: number): number | null {
  const waits = [...state.pauses.values()].some(({ causes }) => causes.some(({ period }) => period.calendar));
  return waits ? monthStartMs(now, 1) : null;
}

function stepNow(state: PauseState, event: PauseEvent, now: number, rules: PauseRules): Step {
  switch (event.kind) {
    case "alert":
      return onAlert(state, event.alert, now, rules);
    case "pause":
      return onPause(state, event, now, rules);
    case "resume":
      return onResume(state, event.provider, now, rules);
    case "read":
      return { ...afterReading(state, event.reading, now, rules), outcome: null };
    case "time":
      return { state, notices: [], outcome: null };
    default:
      return assertNever(event);
  }
}

/** Lifts what alerts without a period of their own have set in an earlier month. */
function withoutPastMonths(state: PauseState, now: number): Omit<Step, "outcome"> {
  const monthMs = monthStartMs(now, 0);
  const isPast = ({ period }: Cause): boolean => period.calendar && period.startMs < monthMs;
  return withoutCauses(state, isPast, now);
}

/** Ids that are remembered of each budget: a repeat comes within minutes. */
const IDS_KEPT = 20;
/** Budgets that are remembered. */
const SOURCES_KEPT = 100;

function onAlert(state: PauseState, alert: BudgetAlert, now: number, rules: PauseRules): Step {
  const key = sourceKey(alert);
  const before = state.sources.get(key);
  const period = periodOf(alert, now);
  if (before !== undefined && isOld(alert, period, before)) return { state, notices: [], outcome: "old" };

  const provider = rules.canonical(alert.provider);
  const known = rules.providers.has(provider);
  const scope = known && rules.pauseScope === "provider" ? provider : ALL;
  const same = before?.period.startMs === period.startMs ? before : undefined;
  const source: Source = {
    scope,
    percent: alert.percentUsed,
    period,
    messageAtMs: alert.message?.atMs ?? before?.messageAtMs ?? null,
    seenIds: [...(before?.seenIds ?? []), ...(alert.message ? [alert.message.id] : [])].slice(-IDS_KEPT),
    toldPercent: same?.toldPercent ?? null,
    resumedPercent: same?.resumedPercent ?? null,
  };
  const heard = { key, source };
  if (alert.kind === "forecast") return onForecast(state, alert, heard, now);
  if (alert.percentUsed < rules.pauseAtPercent) return onBelow(state, alert, heard, now, rules);
  return onOver(state, alert, heard, known, now, rules);
}

interface Heard {
  readonly key: string;
  readonly source: Source;
}

/** Google repeats a forecast with each message: told again only where it has grown. */
function onForecast(state: PauseState, alert: BudgetAlert, { key, source }: Heard, now: number): Step {
  const news = source.toldPercent === null || alert.percentUsed > source.toldPercent;
  const told = news ? { ...source, toldPercent: alert.percentUsed } : source;
  return { state: remember(state, key, told), notices: news ? [forecastNotice(alert, now)] : [], outcome: "noted" };
}

function onBelow(state: PauseState, alert: BudgetAlert, heard: Heard, now: number, rules: PauseRules): Step {
  const { key, source } = heard;
  // The pausing token may not fill the memory, nor people's screens, with names of its own making.
  if (alert.pauseOnly && !rules.providers.has(rules.canonical(alert.provider))) {
    return { state, notices: [], outcome: "noted" };
  }
  const isNews = source.toldPercent === null || alert.percentUsed >= source.toldPercent + rules.repauseStep;
  const news = alert.stated === true && isNews;
  const told = news ? { ...source, toldPercent: alert.percentUsed } : source;
  const noticed = news ? [notedNotice(alert, rules.pauseAtPercent, now)] : [];
  const kept = remember(state, key, told);
  // Whoever may only pause cannot declare a new period either.
  if (alert.pauseOnly) return { state: kept, notices: noticed, outcome: "noted" };

  const isPast = ({ source: of, period }: Cause): boolean => of === key && period.startMs < source.period.startMs;
  const lifted = withoutCauses(kept, isPast, now);
  const outcome = lifted.notices.length === 0 ? "noted" : "lifted";
  return { state: lifted.state, notices: [...lifted.notices, ...noticed], outcome };
}

function onOver(
  state: PauseState,
  alert: BudgetAlert,
  { key, source }: Heard,
  known: boolean,
  now: number,
  rules: PauseRules,
): Step {
  if (source.resumedPercent !== null && !pausesAgain(alert.percentUsed, source.resumedPercent, rules.repauseStep)) {
    return { state: remember(state, key, source), notices: [], outcome: "resumed_before" };
  }
  const kept = remember(state, key, { ...source, resumedPercent: null });
  const { scope, period } = source;
  const cause: Cause = { source: key, percent: alert.percentUsed, period };
  const pause = kept.pauses.get(scope);
  if (pause !== undefined) {
    const causes = [...pause.causes.filter(({ source: of }) => of !== key), cause];
    const held = pause.by === "alert" ? putPause(kept, scope, { ...pause, causes }) : kept;
    return { state: held, notices: [], outcome: "already_paused" };
  }
  const reason = alertReason(alert, known, rules.pauseAtPercent);
  const paused = putPause(kept, scope, { by: "alert", sinceMs: now, reason, causes: [cause] });
  return {
    state: addWrite(paused, { kind: "set", scope }),
    notices: [pausedNotice(scope, "alert", reason, now)],
    outcome: "paused",
  };
}

/** What somebody has resumed knowingly pauses again only when it has become worse by a step, or is all used up. */
function pausesAgain(percent: number, resumedPercent: number, points: number): boolean {
  return percent >= resumedPercent + points || (percent >= 100 && resumedPercent < 100);
}

function onPause(
  state: PauseState,
  { provider, reason, by = "operator" }: Extract<PauseEvent, { kind: "pause" }>,
  now: number,
  rules: PauseRules,
): Step {
  const named = provider === null ? null : rules.canonical(provider);
  const known = named !== null && rules.providers.has(named);
  const scope = known ? named : ALL;
  const said = provider === null || known ? reason : `${reason} ${unknownProvider(provider)}`;
  const paused = putPause(state, scope, { by, sinceMs: now, reason: said, causes: [] });
  return {
    state: addWrite(paused, { kind: "set", scope }),
    notices: by === "watchdog" ? [] : [pausedNotice(scope, by, said, now)],
    outcome: null,
  };
}

function onResume(state: PauseState, provider: string | null, now: number, rules: PauseRules): Step {
  const named = provider === null ? null : rules.canonical(provider);
  const scopes = named === null ? [...state.pauses.keys()] : [named];
  const lifted = lift(state, scopes, "Somebody resumed it.", now, rules);
  // With nothing lifted too: a budget that is over may not have paused yet, and a flag not have been read.
  const remembered = named === null ? rememberAllResumed(lifted.state, rules) : lifted.state;
  const write = named === null ? { kind: "clear_all" as const } : { kind: "clear" as const, scope: named };
  return { state: addWrite(remembered, write), notices: lifted.notices, outcome: null };
}

function rememberAllResumed(state: PauseState, rules: PauseRules): PauseState {
  const sources = [...state.sources].map(([key, source]): [string, Source] => [
    key,
    source.percent >= rules.pauseAtPercent ? { ...source, resumedPercent: source.percent } : source,
  ]);
  return { ...state, sources: new Map(sources) };
}

/** A pause that an alert has set is lifted when nothing holds it any more. One of somebody's own hand has no cause and stays. */
function withoutCauses(state: PauseState, isPast: (cause: Cause) => boolean, now: number): Omit<Step, "outcome"> {
  let next = state;
  const over: string[] = [];
  for (const [scope, pause] of state.pauses) {
    const causes = pause.causes.filter((cause) => !isPast(cause));
    if (causes.length === pause.causes.length) continue;
    next = putPause(next, scope, { ...pause, causes });
    if (causes.length === 0) over.push(scope);
  }
  const lifted = lift(next, over, "A new budget period has begun.", now, null);
  const cleared = over.reduce((all, scope) => addWrite(all, { kind: "clear", scope }), lifted.state);
  return { state: cleared, notices: lifted.notices };
}

function isOld({ message }: BudgetAlert, period: Period, before: Source): boolean {
  if (message === null) return period.startMs < before.period.startMs;
  if (before.seenIds.includes(message.id)) return true;
  // A budget whose month was made a year begins earlier than it did: only an older message is old news.
  if (period.startMs < before.period.startMs) return before.messageAtMs === null || message.atMs <= before.messageAtMs;
  const samePeriod = period.startMs === before.period.startMs;
  return samePeriod && before.messageAtMs !== null && message.atMs < before.messageAtMs;
}

function periodOf({ period }: BudgetAlert, now: number): Period {
  const startMs = period === null ? Number.NaN : Date.parse(period);
  if (Number.isNaN(startMs)) return { startMs: monthStartMs(now, 0), calendar: true };
  return { startMs, calendar: false };
}

function monthStartMs(now: number, monthsLater: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + monthsLater, 1);
}

/** A forecast is remembered apart from what was spent, though both may come in one message. */
function sourceKey({ kind, source }: BudgetAlert): string {
  return `${kind}:${source}`;
}

function remember(state: PauseState, key: string, source: Source): PauseState {
  const others = [...state.sources].filter(([other]) => other !== key);
  return { ...state, sources: new Map([...others, [key, source] as const].slice(-SOURCES_KEPT)) };
}
