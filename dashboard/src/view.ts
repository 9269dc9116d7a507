/** What the page reads of what the Worker says; `test/unit/http/admin-live.test.ts` holds it against the Worker's own types. */
export interface LiveView {
  readonly atMs: number;
  readonly environment: string;
  readonly healthy: readonly string[];
  readonly tiers: Readonly<Record<string, string>>;
  readonly off: readonly string[];
  readonly overview: Overview | null;
  readonly pauses: readonly PauseView[] | null;
  readonly jobs: JobCounts | null;
  readonly budgets: readonly BudgetView[] | null;
  readonly pauseAtPercent: number;
}

export interface Overview {
  readonly routes: readonly RouteOverview[];
  readonly accountsOut: readonly { readonly account: string }[];
  readonly flags: readonly { readonly name: string; readonly value: boolean; readonly switched: boolean }[];
  readonly latestIncidents: readonly Incident[];
}

export interface RouteOverview {
  readonly id: string;
  readonly account: string;
  readonly status: "closed" | "open" | "half_open" | "killed";
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  readonly why: string | null;
  readonly last: readonly (0 | 1)[];
  readonly errorRate: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly lastError: { readonly kind: string } | null;
  readonly nearLimitUntilMs: number | null;
  readonly slowUntilMs: number | null;
  readonly lowQualityUntilMs: number | null;
}

export interface Incident {
  readonly id: number;
  readonly target: string;
  readonly kind: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
}

export interface PauseView {
  readonly scope: string;
  readonly by: "alert" | "hand" | "operator" | "watchdog";
  readonly sinceMs: number;
  readonly reason: string;
  readonly percent: number | null;
}

export interface BudgetView {
  readonly scope: string;
  readonly period: string;
  readonly limitMicros: number;
  readonly settledMicros: number;
  readonly givenMicros: number;
  readonly endsAtMs: number;
}

export type JobState = "stored" | "queued" | "running" | "waiting_for_human" | "answered" | "dead" | "cancelled";

export interface JobCounts {
  readonly byState: Readonly<Record<JobState, number>>;
  readonly oldestMs: number | null;
}

export interface JobEntry {
  readonly id: string;
  readonly state: JobState | null;
  readonly tenant: string;
  readonly kind: string;
  readonly createdAtMs: number;
  readonly reason: string;
}

export interface JobView {
  readonly state: JobState;
  readonly kind: string;
  readonly tenant: string;
  readonly attempts: number;
  readonly history: readonly {
    readonly atMs: number;
    readonly state: JobState;
    readonly reason: string;
    readonly times?: number;
  }[];
  readonly answer: string | null;
  readonly answeredBy: "provider" | "human" | null;
  readonly route: string | null;
}

/** Of `GET /admin/watch`. */
export interface WatchReport {
  readonly findings: readonly Finding[];
  /** Who looks after the router, and when it did so last; absent: never. */
  readonly seen: Readonly<Partial<Record<"worker" | "qstash" | "cli", number>>>;
  /** What the watchdog has done and lasts; absent: an older Worker. */
  readonly acting?: Acting;
}

export interface Acting {
  readonly preferred: readonly Preferred[];
  readonly killed: readonly Killed[];
}

/** A route that is tried first for a kind, in place of the one that the map puts there. */
export interface Preferred {
  readonly kind: string;
  readonly route: string;
  readonly instead: string;
  readonly why?: string;
  readonly sinceMs: number;
  readonly untilMs: number;
}

export interface Killed {
  readonly route: string;
  readonly atMs: number;
  readonly why?: string;
}

interface Finding {
  readonly key: string;
  readonly title: string;
  readonly why: string;
  readonly nextAction: string;
}
