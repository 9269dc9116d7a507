/** What a human is told about pauses and budgets, in words. */
import { type Notice, QUIET_NOTICE } from "../domain/notice.ts";
import { ALL, type PauseView } from "./pause.ts";
import type { BudgetAlert } from "./pause-port.ts";

export function pausedNotice(scope: string, by: PauseView["by"], reason: string, now: number): Notice {
  return {
    ...QUIET_NOTICE,
    kind: "paused",
    key: keyOf(scope),
    title: `Paused: ${nameOf(scope)}`,
    why: reason,
    nextAction: `New calls wait, running ones finish. Look at the spend; to go on, ${howToResume(scope)}.`,
    retryWindow: by === "alert" ? "when the next budget period begins, or when somebody resumes" : null,
    atMs: now,
  };
}

export function resumedNotice(scope: string, why: string, now: number): Notice {
  return {
    ...QUIET_NOTICE,
    kind: "resumed",
    key: keyOf(scope),
    closes: true,
    title: `Resumed: ${nameOf(scope)}`,
    why,
    nextAction: "Nothing: calls that waited go on by themselves.",
    atMs: now,
  };
}

/** Below the threshold: remembered, and nothing else. */
export function notedNotice(alert: BudgetAlert, pauseAtPercent: number, now: number): Notice {
  const { provider, percentUsed } = alert;
  const fraction = percentUsed > 0 && percentUsed <= 1;
  return {
    ...QUIET_NOTICE,
    kind: "alert_noted",
    key: `budget:${alert.source}`,
    title: `Budget alert: ${provider} at ${percentOf(percentUsed)}`,
    why: fraction
      ? `The alert says ${percentUsed}, and that is taken as ${percentOf(percentUsed)}, not as ${percentOf(percentUsed * 100)}.`
      : `The alert is below the threshold of ${percentOf(pauseAtPercent)}: nothing is paused.`,
    nextAction: fraction
      ? "If the sender means a share of 1, let it send per cent: nothing is paused by this."
      : "Nothing for now.",
    atMs: now,
  };
}

export function forecastNotice({ provider, percentUsed, source }: BudgetAlert, now: number): Notice {
  return {
    ...QUIET_NOTICE,
    kind: "alert_noted",
    key: `forecast:${source}`,
    title: `Forecast: ${provider} is on its way to ${percentOf(percentUsed)} of its budget`,
    why: "This is what the provider expects for the whole period. It is not spent yet, so nothing is paused.",
    nextAction: "Look at the spend, or raise the budget.",
    atMs: now,
  };
}

/** Why an alert pauses this scope. */
export function alertReason(alert: BudgetAlert, known: boolean, pauseAtPercent: number): string {
  const { provider, percentUsed } = alert;
  const used = `${provider} has used ${percentOf(percentUsed)} of its budget; the threshold is ${percentOf(pauseAtPercent)}.`;
  return known ? used : `${used} ${unknownProvider(provider)}`;
}

export function unknownProvider(provider: string): string {
  return `No route has a provider "${provider}", so everything is paused rather than nothing.`;
}

/** At most two decimals: 83.33333 is not read by anybody. */
export function percentOf(percent: number): string {
  return `${Number(percent.toFixed(2))} percent`;
}

function keyOf(scope: string): string {
  return `pause:${scope}`;
}

function nameOf(scope: string): string {
  return scope === ALL ? "everything" : `the routes of ${scope}`;
}

function howToResume(scope: string): string {
  const body = scope === ALL ? "" : ` { "provider": "${scope}" }`;
  return `POST /budget/resume${body} with the admin key, or delete ${scope === ALL ? "pause_ai_tasks" : `pause_ai_tasks:${scope}`} in Redis`;
}
