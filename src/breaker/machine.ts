import { policyOf } from "../domain/failure.ts";
import type { Failure } from "../domain/failure.ts";
import type { Routing } from "../domain/routing.ts";
import { assertNever } from "../lib/assert-never.ts";
import type { Circuit, CircuitLimits } from "./circuit.ts";
import { circuitFailed, circuitSucceeded, closedCircuit } from "./circuit.ts";
import { errorMark } from "./error-text.ts";
import type { Exclusion, SeenFailure } from "./exclusion.ts";
import { keyWorked, noExclusion, PROBE, sawError, sawRefusedKey, suspicionProbed, takeOut } from "./exclusion.ts";
import type { ProbeLease, ProbeOutcome } from "./probe.ts";
import { circuitProbed, isLeased } from "./probe.ts";
import { noQuality, sawAnswers, sawBadAnswer, type QualityRecord } from "./quality.ts";

/**
 * The breaker: what an outcome does to its route and to the route's account.
 * Plain arithmetic, state in, state out; no clock, storage or promises. The
 * switchboard runs it over everybody's outcomes, each isolate over its own
 * latest. What nothing happened to is returned as the same object.
 */
export interface RouteBreaker {
  /** The outage rule. */
  readonly circuit: Circuit;
  /** What takes out this route alone: its model's quota, a model that is not there. */
  readonly exclusion: Exclusion;
  readonly lease: ProbeLease | null;
  /** Absent: nothing bad was ever found, or the row is of an earlier version. */
  readonly quality?: QualityRecord;
}

export interface Breaker {
  readonly route: RouteBreaker;
  readonly account: Exclusion;
}

export interface SeenSuccesses {
  readonly count: number;
  /** The youngest beginning among them. */
  readonly beganMs: number;
}

export const closedRoute: RouteBreaker = { circuit: closedCircuit, exclusion: noExclusion, lease: null };

export function limitsOf(routing: Routing): CircuitLimits {
  return { ...routing.breaker, retryAfterWaitMs: routing.limits.retryAfterWaitMs };
}

export function noteFailure(breaker: Breaker, seen: SeenFailure, now: number, limits: CircuitLimits): Breaker {
  if (!limits.enabled) return breaker;
  const { route, account } = breaker;
  const { counts } = policyOf(seen.kind);
  switch (counts) {
    case "outage":
      return withRoute(breaker, { circuit: circuitFailed(route.circuit, seen, now, limits) });
    case "account":
      if (seen.oneModelOnly) return withRoute(breaker, { exclusion: takeOut(route.exclusion, seen, now, limits) });
      return withAccount(breaker, takeOut(account, seen, now, limits));
    case "auth":
      return withAccount(breaker, sawRefusedKey(account, seen, now, limits));
    case "same_error":
      return withAccount(breaker, sawError(account, seen, now, limits));
    case "same_error_route":
      return withRoute(breaker, { exclusion: sawError(route.exclusion, seen, now, limits) });
    case "quality": {
      // It answered, whatever it said: that is no outage, and its key works.
      const answered = noteAnswers(breaker, { count: 1, beganMs: seen.startedAtMs });
      return withRoute(answered, { quality: sawBadAnswer(route.quality ?? noQuality, seen, now, limits) });
    }
    case "isolate":
    case "nothing":
      return breaker;
    default:
      return assertNever(counts);
  }
}

export function noteSuccesses(breaker: Breaker, seen: SeenSuccesses): Breaker {
  const noted = noteAnswers(breaker, seen);
  const { quality } = noted.route;
  return quality === undefined ? noted : withRoute(noted, { quality: sawAnswers(quality, seen.count) });
}

function noteAnswers(breaker: Breaker, seen: SeenSuccesses): Breaker {
  const noted = withRoute(breaker, { circuit: circuitSucceeded(breaker.route.circuit, seen.count, seen.beganMs) });
  return withAccount(noted, keyWorked(breaker.account, seen.beganMs));
}

/** The moment from which a probe may go; null: none is wanted. Kill switches are the caller's to ask. */
export function probeDueMs({ route, account }: Breaker, routeId: string, now: number): number | null {
  const wanted = wantedMs(route, account, routeId, now);
  if (wanted === null) return null;
  const leasedUntilMs = route.lease !== null && isLeased(route.lease, now) ? route.lease.untilMs : 0;
  return Math.max(wanted, leasedUntilMs, account.out?.untilMs ?? 0, route.exclusion.out?.untilMs ?? 0);
}

/** Null: no probe may go now. */
export function leaseProbe(breaker: Breaker, lease: ProbeLease, routeId: string, now: number): Breaker | null {
  const dueMs = probeDueMs(breaker, routeId, now);
  if (dueMs === null || dueMs > now) return null;
  return withRoute(breaker, { lease });
}

/** A probe whose lease ran out and was given to another changes nothing. */
export function settleProbe(
  breaker: Breaker,
  probe: { readonly routeId: string; readonly leaseId: string; readonly outcome: ProbeOutcome },
  now: number,
  limits: CircuitLimits,
): Breaker {
  if (breaker.route.lease?.id !== probe.leaseId) return breaker;
  const { outcome } = probe;
  const circuit = circuitProbed(breaker.route.circuit, outcome, now, limits);
  const settled = withAccount(
    withRoute(breaker, { lease: null, circuit }),
    suspicionProbed(breaker.account, probe.routeId),
  );
  const beganMs = now - outcome.ms;
  if (outcome.failure === null) return withAccount(settled, keyWorked(settled.account, beganMs));
  if (policyOf(outcome.failure.kind).counts === "outage") return settled;
  return noteFailure(settled, seenFailure(outcome.failure, probe.routeId, beganMs, now, PROBE), now, limits);
}

export function seenFailure(
  failure: Failure,
  routeId: string,
  startedAtMs: number,
  endedAtMs: number,
  by: string,
): SeenFailure {
  return {
    routeId,
    kind: failure.kind,
    startedAtMs,
    endedAtMs,
    retryAfterMs: Number.isFinite(failure.retryAfterMs) ? Math.max(0, failure.retryAfterMs ?? 0) : null,
    oneModelOnly: failure.oneModelOnly === true,
    error: errorMark(failure),
    by,
  };
}

function wantedMs(route: RouteBreaker, account: Exclusion, routeId: string, now: number): number | null {
  if (route.circuit.phase === "open") return route.circuit.untilMs;
  return account.suspicion?.toProbe === routeId ? now : null;
}

function withRoute(breaker: Breaker, change: Partial<RouteBreaker>): Breaker {
  const route = { ...breaker.route, ...change };
  const same =
    route.circuit === breaker.route.circuit &&
    route.exclusion === breaker.route.exclusion &&
    route.quality === breaker.route.quality &&
    route.lease === breaker.route.lease;
  return same ? breaker : { ...breaker, route };
}

function withAccount(breaker: Breaker, account: Exclusion): Breaker {
  return account === breaker.account ? breaker : { ...breaker, account };
}
