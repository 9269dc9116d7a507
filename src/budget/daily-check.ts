/**
 * Once a day: what has each provider been paid this month? Posted as alerts,
 * as if a billing pipeline had sent them. For those who have none.
 */
import { type Notice, QUIET_NOTICE } from "../domain/notice.ts";
import type { BudgetSettings } from "../domain/routing.ts";
import type { Clock } from "../lib/clock.ts";
import type { Fetch } from "../lib/fetch.ts";
import { anthropicCosts, type CostQuestion, getJson, openaiCosts } from "./cost-reports.ts";
import type { BudgetAlert } from "./pause-port.ts";
import { percentFrom, percentOfBudget } from "./percent.ts";

export interface DailyCheckOptions {
  readonly budget: Pick<BudgetSettings, "monthlyUsd" | "spend">;
  readonly costKeys: { readonly openai: string | null; readonly anthropic: string | null };
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly alert: (alert: BudgetAlert) => Promise<unknown>;
  /** A source that cannot be read is told to a human. */
  readonly raise: (notice: Notice) => Promise<void>;
  readonly log: (line: DailyCheckLine) => void;
}

export interface DailyCheckLine {
  readonly event: "budget_check";
  readonly source: string;
  readonly percents: Readonly<Record<string, number>>;
  /** Null: it was read, and its alerts were taken. */
  readonly failed: string | null;
}

/** Never rejects: each source stands for itself. */
export async function dailyCheck(options: DailyCheckOptions): Promise<void> {
  for (const source of sourcesOf(options)) await checkOne(source, options);
}

interface Source {
  readonly name: string;
  readonly read: () => Promise<Read>;
}

/** What could be read, and what could not; one that is wrong does not silence the others. */
interface Read {
  readonly used: readonly Used[];
  readonly failed: string | null;
}

interface Used {
  readonly provider: string;
  readonly percentUsed: number;
}

const REPORTS = { openai: openaiCosts, anthropic: anthropicCosts } as const;

function sourcesOf({ budget, costKeys, fetch: send, clock }: DailyCheckOptions): readonly Source[] {
  const sources: Source[] = [];
  const { spend } = budget;
  if (spend !== null) sources.push({ name: "budget.spend", read: () => readSpend(spend, send) });
  const now = new Date(clock.now());
  const sinceMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  for (const provider of ["openai", "anthropic"] as const) {
    const key = costKeys[provider];
    const monthlyUsd = budget.monthlyUsd.get(provider);
    if (key === null || monthlyUsd === undefined) continue;
    const question = { key, sinceMs, fetch: send };
    sources.push({ name: provider, read: () => readCosts(provider, monthlyUsd, question) });
  }
  return sources;
}

async function checkOne({ name, read }: Source, options: DailyCheckOptions): Promise<void> {
  const { alert, raise, clock, log } = options;
  const percents: Record<string, number> = {};
  let failed: string | null = null;
  try {
    const found = await read();
    failed = found.failed;
    for (const { provider, percentUsed } of found.used) {
      await alert(alertOf(provider, percentUsed));
      percents[provider] = percentUsed;
    }
    if (failed !== null) await raise(failedNotice(name, failed, clock.now()));
  } catch (cause) {
    // The switchboard or the notifier is away. Tomorrow the whole month is read again.
    failed = String(cause);
  }
  log({ event: "budget_check", source: name, percents, failed });
}

async function readCosts(provider: keyof typeof REPORTS, monthlyUsd: number, question: CostQuestion): Promise<Read> {
  const spent = await REPORTS[provider](question);
  if (!spent.ok) return nothing(spent.failure);
  return { used: [{ provider, percentUsed: percentOfBudget(spent.value, monthlyUsd) }], failed: null };
}

function nothing(failed: string): Read {
  return { used: [], failed };
}

/** `[{ provider, percentUsed }]`. */
async function readSpend({ url, headers }: NonNullable<BudgetSettings["spend"]>, send: Fetch): Promise<Read> {
  const got = await getJson(url, headers, send);
  if (!got.ok) return nothing(got.failure);
  if (!Array.isArray(got.value)) return nothing("it did not answer [{ provider, percentUsed }]");
  const list: readonly unknown[] = got.value;
  const found = list.map(usedFrom);
  const wrong = found.indexOf(null);
  return {
    used: found.filter((one) => one !== null),
    failed: wrong < 0 ? null : `its entry ${wrong} is no { provider, percentUsed } with a number from 0 to 1000`,
  };
}

function usedFrom(entry: unknown): Used | null {
  if (typeof entry !== "object" || entry === null) return null;
  const provider: unknown = Reflect.get(entry, "provider");
  const percentUsed = percentFrom(Reflect.get(entry, "percentUsed"));
  if (typeof provider !== "string" || provider.trim() === "" || percentUsed === null) return null;
  return { provider: provider.trim(), percentUsed };
}

/** Of the present calendar month, so it needs no period of its own. */
function alertOf(provider: string, percentUsed: number): BudgetAlert {
  const source = `daily:${provider.toLowerCase()}`;
  return { provider, percentUsed, kind: "actual", period: null, message: null, source, pauseOnly: false };
}

function failedNotice(source: string, why: string, now: number): Notice {
  return {
    ...QUIET_NOTICE,
    kind: "setup",
    key: `setup:daily:${source}`,
    title: `The daily budget check could not read ${source}`,
    why,
    nextAction: "Check the key or the URL (docs/budget.md). Until then nobody watches this budget.",
    retryWindow: "tomorrow, with the next check",
    atMs: now,
  };
}
