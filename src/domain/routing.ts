import type { IdentityProvider } from "./identity-provider.ts";
import type { Kind } from "./kind.ts";
import type { Limits } from "./limits.ts";
import type { Route, Tier } from "./route.ts";
import type { Tenant } from "./tenant.ts";
import type { TextsByLanguage } from "./texts.ts";

/** The routing map, ready to be used: what `routing/resolve-routing.ts` makes of a `routes.*.json` and the environment. */
export interface Routing {
  /** Every route that is on, Hot before Warm, in the order in which they are to be tried. */
  readonly routes: readonly Route[];
  /** Routes that are off for this Worker: disabled in the map, or a variable is missing. */
  readonly off: readonly RouteOff[];
  readonly kinds: ReadonlyMap<string, Kind>;
  /** What a model name or `auto` gets: every route, with the default limits. */
  readonly defaultKind: Kind;
  readonly limits: CallLimits;
  readonly breaker: BreakerLimits;
  readonly flags: { readonly enable_warm_fallback: boolean; readonly enable_cold_queue: boolean };
  readonly cold: ColdSettings;
  readonly pause: PauseSettings;
  readonly budget: BudgetSettings;
  readonly notices: NoticeSettings;
  readonly texts: TextsByLanguage;
  /** Who makes the cache's vectors beside Lisbon itself; null: nobody, or a variable is missing. */
  readonly embeddings: EmbeddingsRoute | null;
  /** By name; `*` stands for those that are not listed. */
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly identity: readonly IdentityProvider[];
  /** Of the rest of the map, what is without effect because a variable is missing. */
  readonly unset: readonly Unset[];
  /** Is anybody limited by the map? */
  readonly hasLimits: boolean;
}

/** It is asked for vectors only, and is in no plan. */
export interface EmbeddingsRoute extends Route {
  /** Null: as many as its model gives by itself. */
  readonly dimensions: number | null;
}

/** DESIGN: Cold. */
export interface ColdSettings {
  readonly mode: "graceful_degrade" | "queue" | "off";
  /** The flow-control key at QStash. */
  readonly queue: string;
  /** Deliveries at a time. */
  readonly parallelism: number;
  /** For one run of a parked call. */
  readonly deadlineMs: number;
  /** How long a parked call is kept alive, time under a pause not counted. */
  readonly maxAgeMs: number;
  /** Runs in which a provider was really asked and failed. */
  readonly attempts: number;
  /** Prompts and answers are erased this long after the job was made. */
  readonly retainMs: number;
  /** So long a caller's repeated call finds the job that its first try made. */
  readonly retryWindowMs: number;
}

export interface PauseSettings {
  /** Routes of cost `local` or `free` go on during a pause. */
  readonly keepFree: boolean;
  /** Where neither the switchboard nor Redis can say. */
  readonly whenUnknown: "go" | "queue";
}

export interface BudgetSettings {
  /** For everything together. */
  readonly limits: Limits;
  /** US dollars a month, cut from that, for when the ledger is away; 0: nothing is spent then. */
  readonly graceUsd: number;
  /** By canonical provider or by account. */
  readonly providers: ReadonlyMap<string, Limits>;
  readonly pauseAtPercent: number;
  readonly pauseScope: "all" | "provider";
  /** Points after which an alert pauses again what was resumed. */
  readonly repauseStep: number;
  /** US dollars a month by canonical provider. */
  readonly monthlyUsd: ReadonlyMap<string, number>;
  /** Where the daily check reads the spend; null: nowhere, or a variable is missing. */
  readonly spend: { readonly url: string; readonly headers: Readonly<Record<string, string>> } | null;
  /** Whom to believe a Pub/Sub push; null: nobody. */
  readonly push: PushSettings | null;
}

export interface PushSettings {
  readonly audience: string;
  readonly email: string;
  readonly issuer: string;
  readonly jwksUrl: string;
  /** Canonical. */
  readonly provider: string;
}

export interface NoticeSettings {
  readonly targets: readonly NoticeTarget[];
  readonly onCall: readonly OnCall[];
  /** The same notice at most once in this time. */
  readonly windowMs: number;
  readonly degradedAfterMs: number;
  /** What to tell clients; null: the default text. */
  readonly clientMessage: string | null;
}

export type NoticeTarget =
  | { readonly kind: "email"; readonly to: string }
  | { readonly kind: "slack"; readonly url: string }
  | { readonly kind: "webhook"; readonly url: string };

export interface OnCall {
  readonly name: string;
  readonly tz: string;
  /** Minutes since midnight in `tz`; from after to: over midnight. Null: around the clock. */
  readonly hours: { readonly fromMinute: number; readonly toMinute: number } | null;
  readonly contact: string;
}

export interface Unset {
  /** Such as `cold.notify`. */
  readonly field: string;
  /** For people. */
  readonly why: string;
}

export interface RouteOff {
  readonly id: string;
  readonly tier: Tier;
  readonly provider: string;
  readonly model: string;
  readonly why: OffReason;
}

export type OffReason =
  | { readonly kind: "disabled" }
  /** In production only public hosts are asked. */
  | { readonly kind: "private_host"; readonly host: string }
  | { readonly kind: "missing_variables"; readonly names: readonly string[] }
  /** A placeholder's value does not fit; the value itself is not kept, it may be a key. */
  | {
      readonly kind: "wrong_value";
      readonly field: string;
      /** The variables that the field is filled from. */
      readonly names: readonly string[];
      readonly expected: string;
    };

export interface CallLimits {
  /** Attempts of one call over all tiers; null: candidates + 2. */
  readonly maxAttempts: number | null;
  /** 0 to 3. */
  readonly sameRouteRetries: number;
  /** The longest `Retry-After` that is waited for within a call. */
  readonly retryAfterWaitMs: number;
  /** A request body over this is answered 413. */
  readonly maxBodyBytes: number;
  /** A stream's raw bytes over this end it. */
  readonly maxStreamBytes: number;
  /** After the provider finished, how long a slow client has to take the rest. */
  readonly drainMs: number;
}

/** DESIGN: the breaker. Durations in milliseconds. */
export interface BreakerLimits {
  /** False: failures are counted for the statistics, and nothing opens. */
  readonly enabled: boolean;
  /** Consecutive outage failures that open a route. */
  readonly failuresToOpen: number;
  /** How long an outage opens a route, and between probes. */
  readonly openMs: number;
  /** The longest that repeated outages may open it. */
  readonly maxOpenMs: number;
  /** A route that fails again this soon after closing opens for twice as long. */
  readonly relapseMs: number;
  /** Probe successes that close it. */
  readonly probesToClose: number;
  /** A probe that was not heard of for this long is lost, and another may go. */
  readonly probeLeaseMs: number;
  /** The same error this often within `sameErrorWindowMs` opens the account for `sameErrorOpenMs`. */
  readonly sameErrorCount: number;
  readonly sameErrorWindowMs: number;
  readonly sameErrorOpenMs: number;
  /** How long quota, credit and auth failures take an account out where the provider names no reset. */
  readonly accountOutMs: number;
  /** With less than this percentage left of a provider's own rate limit a route is tried last. */
  readonly nearLimitPercent: number;
  /** So many bad answers among a route's last 20 outcomes put it behind the others for `sameErrorOpenMs`. */
  readonly lowQualityCount: number;
  /** A route whose p95 is over so many times its norm is slow, and behind the others until it recovers. */
  readonly slowFactor: number;
}
