/** `lisbon status`: what whoever was woken must know in ten seconds. Seven questions, asked at once. */
import type * as z from "zod";
import { isFailing } from "../../src/domain/lately-failing.ts";
import { ok } from "../../src/lib/result.ts";
import { durationText } from "../../src/lib/time-words.ts";
import { Breakers, Health, Jobs, Limits, Notices, Pauses, Watch } from "../admin-schemas.ts";
import { LOCAL_URL } from "../admin-address.ts";
import { askAdminFor } from "../ask-admin.ts";
import { EXIT } from "../exit-codes.ts";
import type { CommandOptions, Ending } from "../run-command.ts";
import { isoOf } from "../screen/moments.ts";
import { mendedLine } from "./reset.ts";
import { routeRows } from "./routes.ts";
import type { RouteRow } from "./routes.ts";
import { statusLines } from "./status-lines.ts";
import { watchRow, type WatchRow } from "./watch-lines.ts";

export interface Status {
  readonly url: string;
  /** At least one route can answer. */
  readonly serving: boolean;
  /** What somebody should look at, the worst first; empty: sleep on. */
  readonly attention: readonly string[];
  readonly routes: readonly RouteRow[];
  readonly pauses: z.infer<typeof Pauses>["pauses"];
  readonly budgets: readonly BudgetUse[];
  readonly jobs: { readonly counts: z.infer<typeof Jobs>["counts"]; readonly oldestAt: string | null };
  readonly notices: readonly NoticeRow[];
  readonly onCall: string | null;
  /** When each watcher looked last, and what the watchdog has done that lasts. */
  readonly watch: WatchRow;
  /** What the watch finds: `lisbon watch` lists the same. */
  readonly findings: Watch["findings"];
}

export interface BudgetUse {
  readonly scope: string;
  readonly limitUsd: number;
  /** With what is reserved for calls under way. */
  readonly usedUsd: number;
  readonly percent: number;
}

export interface NoticeRow {
  readonly at: string;
  readonly kind: string;
  readonly title: string;
  readonly count: number;
  /** Where it did not arrive. */
  readonly undelivered: readonly string[];
}

const NOTICES_SHOWN = 5;
/** Of a budget: as the pause's own threshold is by default. */
const NEARLY_USED_PERCENT = 80;
/** As `notices.degradedAfterMinutes` is by default. */
const LONG_WAIT_MS = 15 * 60_000;
const TOLD_ANYHOW: ReadonlySet<string> = new Set([
  "nothing_serves",
  "provider_failing",
  "quota",
  "stuck_queue",
  "pause_forgotten",
]);

export async function status(options: CommandOptions): Promise<Ending> {
  const [health, breakers, pauses, jobs, notices, limits, watch] = await Promise.all([
    askAdminFor(Health, options, "/health"),
    askAdminFor(Breakers, options, "/admin/breakers"),
    askAdminFor(Pauses, options, "/admin/pause"),
    askAdminFor(Jobs, options, "/admin/jobs?limit=1"),
    askAdminFor(Notices, options, "/admin/notices"),
    askAdminFor(Limits, options, "/admin/limits"),
    askAdminFor(Watch, options, "/admin/watch"),
  ]);
  for (const answer of [breakers, health, pauses, jobs, notices, limits, watch]) if (!answer.ok) return answer;
  // The loop has returned otherwise; the compiler is told.
  if (!health.ok || !breakers.ok || !pauses.ok || !jobs.ok || !notices.ok || !limits.ok || !watch.ok)
    throw new Error("unreachable");

  const found = statusOf({
    url: options.url ?? LOCAL_URL,
    health: health.value,
    breakers: breakers.value,
    pauses: pauses.value,
    jobs: jobs.value,
    notices: notices.value,
    limits: limits.value,
    watch: watch.value,
  });
  return ok({
    exitCode: found.attention.length === 0 ? EXIT.fine : EXIT.wrong,
    json: found,
    lines: (paint) => statusLines(found, breakers.value.atMs, paint),
  });
}

export interface Told {
  readonly url: string;
  readonly health: z.infer<typeof Health>;
  readonly breakers: z.infer<typeof Breakers>;
  readonly pauses: z.infer<typeof Pauses>;
  readonly jobs: z.infer<typeof Jobs>;
  readonly notices: z.infer<typeof Notices>;
  readonly limits: z.infer<typeof Limits>;
  readonly watch: Watch;
}

export function statusOf(told: Told): Status {
  const { url, health, breakers, jobs } = told;
  const routes = routeRows(health, breakers, told.watch.acting);
  const budgets = told.limits.budgets.map(({ scope, limit_usd: limitUsd, left_usd: leftUsd }) => {
    const usedUsd = limitUsd - leftUsd;
    return { scope, limitUsd, usedUsd, percent: limitUsd > 0 ? Math.round((usedUsd / limitUsd) * 100) : 100 };
  });
  const notices = told.notices.sent.slice(0, NOTICES_SHOWN).map(({ at, kind, title, count, deliveries }) => ({
    at,
    kind,
    title,
    count,
    undelivered: deliveries.flatMap(({ target, state }) => (/given_up|not_configured/.test(state) ? [target] : [])),
  }));
  const plain = {
    url,
    serving: health.healthy.length > 0,
    routes,
    pauses: told.pauses.pauses,
    budgets: budgets.toSorted((one, other) => other.percent - one.percent),
    jobs: { counts: jobs.counts, oldestAt: isoOf(jobs.oldestMs) },
    notices,
    onCall: told.notices.on_call?.name ?? null,
    watch: watchRow(told.watch),
    findings: told.watch.findings,
  };
  return { ...plain, attention: attentionOf(plain, breakers.atMs, breakers.alarmFailure) };
}

function attentionOf(seen: Omit<Status, "attention">, nowMs: number, alarmFailure: string | null): readonly string[] {
  const { serving, routes, pauses, budgets, jobs, notices, findings } = seen;
  const inState = (...states: readonly RouteRow["state"][]): number =>
    routes.filter(({ state }) => states.includes(state)).length;
  const failing = routes.filter(({ state, last }) => state === "serving" && isFailing(last)).length;
  const troubled = inState("open", "probing", "account_out") + failing;
  const waitedMs = jobs.oldestAt === null ? 0 : nowMs - Date.parse(jobs.oldestAt);
  const full = budgets.filter(({ percent }) => percent >= NEARLY_USED_PERCENT);
  const lost = notices.filter(({ undelivered }) => undelivered.length > 0).length;
  return [
    ...(serving ? [] : ["no route can answer: new calls are parked or refused"]),
    ...(pauses.length === 0 ? [] : ["paused: npx lisbon resume, once the reason is gone"]),
    ...(jobs.counts.dead > 0 ? [`${jobs.counts.dead} dead: npx lisbon jobs --state dead`] : []),
    ...(jobs.counts.waiting_for_human > 0
      ? [`${jobs.counts.waiting_for_human} waiting for a person: npx lisbon jobs --state waiting_for_human`]
      : []),
    ...(waitedMs < LONG_WAIT_MS ? [] : [`a call has waited for ${durationText(waitedMs)}: npx lisbon jobs`]),
    ...(troubled === 0 ? [] : [`${troubled} of ${routes.length} routes failing: npx lisbon routes`]),
    ...mendedLine(findings),
    ...(inState("killed") === 0 ? [] : [`${inState("killed")} routes switched off: npx lisbon routes`]),
    ...findings.filter(isOnlyFound).map(({ title }) => `${title}: npx lisbon watch --once`),
    ...full.map(({ scope, percent }) => `the budget of ${scope} is used to ${percent} %: npx lisbon tenants limits`),
    ...(lost === 0 ? [] : [`${lost} of the last notices did not arrive: npx lisbon doctor --notify`]),
    ...(alarmFailure === null ? [] : [`the switchboard's alarm failed: ${alarmFailure}`]),
  ];
}

/** What no line of its own says already: of routes, pauses and the queue there is one. */
function isOnlyFound({ kind, key }: Watch["findings"][number]): boolean {
  return kind === "error_loop" ? key.startsWith("loop:") : !TOLD_ANYHOW.has(kind);
}
