import type { Routing } from "../domain/routing.ts";
import type { CircuitLimits } from "./circuit.ts";
import { closedCircuit } from "./circuit.ts";
import type { SeenFailure } from "./exclusion.ts";
import { noExclusion } from "./exclusion.ts";
import type { OwnBreakers } from "./isolate-state.ts";
import type { Breaker, RouteBreaker } from "./machine.ts";
import { closedRoute, limitsOf, noteFailure, noteSuccesses } from "./machine.ts";
import type { OutcomeLog } from "./outcome-log.ts";
import { replay } from "./outcome-log.ts";

/**
 * The breaker's rules over what this isolate has seen and the switchboard has
 * not yet counted: an answer without a wait, and all there is while the
 * switchboard is away. Nobody probes here, so a route whose time is over is
 * tried again, and its first failure opens it again.
 */
export function ownFailure(own: OwnBreakers, account: string, seen: SeenFailure, now: number, routing: Routing): void {
  const limits = limitsOf(routing);
  const breaker = lapsed(breakerOf(own, seen.routeId, account), now, limits);
  keep(own, seen.routeId, account, noteFailure(breaker, seen, now, limits));
}

export function ownSuccesses(
  own: OwnBreakers,
  route: { readonly id: string; readonly account: string },
  seen: { readonly count: number; readonly beganMs: number; readonly now: number },
  routing: Routing,
): void {
  // The usual case, a healthy route, leaves no trace and costs nothing.
  if (!own.routes.has(route.id) && !own.accounts.has(route.account)) return;
  const breaker = lapsed(breakerOf(own, route.id, route.account), seen.now, limitsOf(routing));
  keep(own, route.id, route.account, noteSuccesses(breaker, seen));
}

/** The switchboard has counted what it acknowledged: only the rest is this isolate's own knowledge. */
export function recount(own: OwnBreakers, log: OutcomeLog, now: number, routing: Routing): void {
  own.routes.clear();
  own.accounts.clear();
  if (log.failures === 0) return;
  const accounts = new Map(routing.routes.map((route) => [route.id, route.account]));
  replay(log, {
    success(id, count, beganMs) {
      const account = accounts.get(id);
      if (account !== undefined) ownSuccesses(own, { id, account }, { count, beganMs, now }, routing);
    },
    failure(seen) {
      const account = accounts.get(seen.routeId);
      if (account !== undefined) ownFailure(own, account, seen, Math.min(now, seen.endedAtMs), routing);
    },
  });
}

/** 0: it was never open. */
export function ownRouteUntil(own: OwnBreakers, routeId: string): number {
  const breaker = own.routes.get(routeId);
  if (breaker === undefined) return 0;
  const openMs = breaker.circuit.phase === "open" ? breaker.circuit.untilMs : 0;
  return Math.max(openMs, breaker.exclusion.out?.untilMs ?? 0);
}

/** 0: it was never out. */
export function ownAccountUntil(own: OwnBreakers, account: string): number {
  return own.accounts.get(account)?.out?.untilMs ?? 0;
}

function breakerOf(own: OwnBreakers, routeId: string, account: string): Breaker {
  return { route: own.routes.get(routeId) ?? closedRoute, account: own.accounts.get(account) ?? noExclusion };
}

function keep(own: OwnBreakers, routeId: string, account: string, breaker: Breaker): void {
  own.routes.set(routeId, breaker.route);
  own.accounts.set(account, breaker.account);
}

function lapsed(breaker: Breaker, now: number, limits: CircuitLimits): Breaker {
  const { circuit } = breaker.route;
  if (circuit.phase === "closed" || now < circuit.untilMs) return breaker;
  const route: RouteBreaker = {
    ...breaker.route,
    circuit: {
      ...closedCircuit,
      run: { failures: limits.failuresToOpen - 1, firstFailureMs: circuit.untilMs, lateSuccesses: 0 },
      closedAtMs: circuit.untilMs,
    },
  };
  return { ...breaker, route };
}
