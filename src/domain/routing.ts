import type { Kind } from "./kind.ts";
import type { Route, Tier } from "./route.ts";

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
  | { readonly kind: "missing_variables"; readonly names: readonly string[] }
  /** A placeholder's value does not fit; the value itself is not kept, it may be a key. */
  | {
      readonly kind: "wrong_value";
      readonly field: string;
      /** The variables that the field is filled from. */
      readonly names: readonly string[];
      readonly expected: string;
    }
  /** The map's language knows this wire format, this version of Lisbon does not speak it yet. */
  | { readonly kind: "api_not_available"; readonly api: string };

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
}
