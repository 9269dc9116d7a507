/**
 * What is wrong with a deployment, by what its objects say of themselves: the
 * one list that the router, the watchdog Worker and `lisbon watch` share.
 * Pure: facts in, findings out. All moments are milliseconds since 1970.
 */
import type { PauseView } from "../budget/pause.ts";
import type { Acting } from "./held.ts";
import { policyOf, type FailureKind } from "../domain/failure.ts";
import { resetCommand } from "../domain/reset-command.ts";

export interface WatchedFacts {
  readonly atMs: number;
  readonly routes: readonly WatchedRoute[];
  /** Requests that are refused because they fail again and again. */
  readonly loops: readonly { readonly id: string; readonly tenant: string; readonly kind: string }[];
  readonly pauses: readonly PauseView[];
  /** Null: nobody can say. */
  readonly queue: { readonly waiting: number; readonly oldestMs: number | null } | null;
  /** When the latest pause, or the latest time that a route or account was out, has ended; 0: not lately. */
  readonly calmSinceMs: number;
  /** Calls of the last ten minutes that were refused because they were over 96 % of every window. */
  readonly contextFull: number;
  readonly seen: Seen;
}

export interface WatchedRoute {
  readonly id: string;
  readonly account: string;
  readonly status: "closed" | "open" | "half_open" | "killed";
  readonly why: FailureKind | "operator" | null;
  readonly sinceMs: number | null;
}

/** Who looks after the router, and when it did so last; absent: never. */
export type Seen = Readonly<Partial<Record<Watcher, number>>>;

export const WATCHERS = ["worker", "qstash", "cli"] as const;
export type Watcher = (typeof WATCHERS)[number];

export const FINDING_KINDS = [
  "nothing_serves",
  "provider_failing",
  "quota",
  "error_loop",
  "stuck_queue",
  "context_full",
  "pause_forgotten",
  "watcher_silent",
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export interface Finding {
  readonly kind: FindingKind;
  /** The same trouble has the same key each time. */
  readonly key: string;
  /** One line. */
  readonly title: string;
  readonly why: string;
  readonly nextAction: string;
}

/** What the router says to whoever watches it. */
export interface WatchReport {
  readonly atMs: number;
  readonly findings: readonly Finding[];
  /** When each of the watchers looked last, this time included. */
  readonly seen: Seen;
  /** What it may do, and what of it lasts. */
  readonly acting: Acting;
}

/** Keys of what is wrong with routes: of the account's id, or of the route's. */
export const troubleKeys = {
  failing: (id: string): string => `failing:${id}`,
  quota: (account: string): string => `quota:${account}`,
  error: (id: string): string => `error:${id}`,
};

const MINUTE_MS = 60_000;

/** A route that is open for less is the breaker's everyday work. */
const FAILING_MS = 2 * MINUTE_MS;
/** While something serves, a parked call waits for no longer. */
const STUCK_MS = 30 * MINUTE_MS;
/** What a pause or an outage has put off comes again within eight minutes of its end. */
export const DELIVERED_MS = 10 * MINUTE_MS;
const MOST_NAMED = 3;
const FORGOTTEN_MS = 24 * 60 * MINUTE_MS;

/** A watcher that was silent for longer is dead. With the other's own pace on top that makes less than five minutes. */
export const SILENT_MS: Readonly<Record<Watcher, number>> = {
  worker: 2.5 * MINUTE_MS,
  qstash: 3.5 * MINUTE_MS,
  // A person's terminal may be closed.
  cli: Infinity,
};

export function findingsOf(facts: WatchedFacts): readonly Finding[] {
  return [
    ...routeFindings(facts),
    ...loopFindings(facts),
    ...queueFindings(facts),
    ...contextFindings(facts),
    ...pauseFindings(facts),
    ...watcherFindings(facts),
  ];
}

function routeFindings({ routes, pauses, atMs }: WatchedFacts): readonly Finding[] {
  const ill = routes.filter(({ status }) => status === "open" || status === "half_open");
  const found = ill.flatMap(({ id, account, why, sinceMs }): Finding[] => {
    const what = why ?? "unknown";
    const counts = countsOf(why);
    if (isAccounts(why)) {
      const title = `${account} is out: ${what}`;
      const nextAction = `Look at its quota, its balance and its key at the provider's. Mended: ${resetCommand(account)}`;
      const out = ill.filter((other) => other.account === account && isAccounts(other.why)).map((other) => other.id);
      return [{ kind: "quota", key: troubleKeys.quota(account), title, why: `${few(out)} cannot be used`, nextAction }];
    }
    if (counts === "same_error" || counts === "same_error_route") {
      const title = `${id} gives the same error again and again: ${what}`;
      const nextAction = `Mend its model, address or key, then: ${resetCommand(id)} (or on the dashboard)`;
      return [{ kind: "error_loop", key: troubleKeys.error(id), title, why: "three times within 180 s", nextAction }];
    }
    if (atMs - (sinceMs ?? atMs) < FAILING_MS) return [];
    const minutes = Math.floor((atMs - (sinceMs ?? atMs)) / MINUTE_MS);
    const title = `${id} is failing for ${minutes} minutes: ${what}`;
    const nextAction = "Nothing: probes bring it back. Look at the provider's status page.";
    return [{ kind: "provider_failing", key: troubleKeys.failing(id), title, why: "the breaker is open", nextAction }];
  });
  const byKey = [...new Map(found.map((finding) => [finding.key, finding])).values()];
  if (pauses.length > 0 || routes.some(({ status }) => status === "closed")) return byKey;
  const nextAction = "npx lisbon status, then docs/runbook.md.";
  const nothing = { kind: "nothing_serves", key: "nothing_serves", title: "No route can serve", nextAction } as const;
  return [{ ...nothing, why: `${routes.length} routes, none closed` }, ...byKey];
}

function countsOf(why: WatchedRoute["why"]): ReturnType<typeof policyOf>["counts"] | null {
  return why === null || why === "operator" ? null : policyOf(why).counts;
}

function isAccounts(why: WatchedRoute["why"]): boolean {
  return ["account", "auth"].includes(countsOf(why) ?? "");
}

function few(ids: readonly string[]): string {
  const more = ids.length - MOST_NAMED;
  return `${ids.slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function loopFindings({ loops }: WatchedFacts): readonly Finding[] {
  return loops.map(({ id, tenant, kind }) => ({
    kind: "error_loop",
    key: `loop:${id}`,
    title: `A request of ${tenant} loops (${kind})`,
    why: "the same request has failed three times within 180 s by its own fault, and is refused",
    nextAction: `Tell ${tenant}. A changed request goes through; this one after: ${resetCommand(id)}`,
  }));
}

function queueFindings({ queue, routes, pauses, calmSinceMs, atMs }: WatchedFacts): readonly Finding[] {
  if (queue === null || queue.waiting === 0 || queue.oldestMs === null || pauses.length > 0) return [];
  const waits = atMs - queue.oldestMs;
  if (waits < STUCK_MS || atMs - calmSinceMs < DELIVERED_MS || !routes.some(({ status }) => status === "closed"))
    return [];
  return [
    {
      kind: "stuck_queue",
      key: "stuck_queue",
      title: `The queue is stuck: ${queue.waiting} parked calls, the oldest since ${Math.floor(waits / MINUTE_MS)} minutes`,
      why: "routes are healthy, and nothing is paused",
      nextAction: "npx lisbon jobs, and npx lisbon doctor for QStash.",
    },
  ];
}

function contextFindings({ contextFull }: WatchedFacts): readonly Finding[] {
  if (contextFull === 0) return [];
  return [
    {
      kind: "context_full",
      key: "context_full",
      title: `${contextFull} calls of the last ten minutes were over 96 % of their context`,
      why: "they were refused: no route's window holds them",
      nextAction:
        "Shorten those sessions, or give their kind the step shorter_context or a route with a larger window.",
    },
  ];
}

function pauseFindings({ pauses, atMs }: WatchedFacts): readonly Finding[] {
  return pauses
    .filter(({ sinceMs }) => atMs - sinceMs >= FORGOTTEN_MS)
    .map(({ scope, sinceMs, reason }) => ({
      kind: "pause_forgotten",
      key: `pause:${scope}:${sinceMs}`,
      title: `Paused for more than a day: ${scope}`,
      why: reason,
      nextAction: "If it was forgotten: npx lisbon resume.",
    }));
}

function watcherFindings({ seen, atMs }: WatchedFacts): readonly Finding[] {
  return WATCHERS.filter((watcher) => atMs - (seen[watcher] ?? atMs) > SILENT_MS[watcher]).map((watcher) => ({
    kind: "watcher_silent",
    key: `watcher:${watcher}`,
    title: watcher === "worker" ? "The watchdog Worker is silent" : "The QStash schedule of the watchdog is silent",
    why: `it last looked at ${new Date(seen[watcher] ?? 0).toISOString()}`,
    nextAction: watcher === "worker" ? "Deploy the watchdog again (docs/watchdog.md)." : "npx lisbon watch --install.",
  }));
}
