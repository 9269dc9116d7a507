/**
 * What a call is counted against. Whose money and whose tokens: everything
 * together, the tenant, its user, its one token, the account that bills.
 */
import type { CallFrom } from "../domain/call.ts";
import { ALL_SCOPE, LIMIT_NAMES, NO_LIMITS, type LimitName, type Limits } from "../domain/limits.ts";
import { MICROS } from "../domain/price.ts";
import type { Route } from "../domain/route.ts";
import type { Routing } from "../domain/routing.ts";
import { tenantOf } from "../domain/tenant-of.ts";
import { monthOf } from "./periods.ts";

export interface Scope {
  /** `all`, `account:X`, `tenant:T`, `user:T/U` or `token:ID`. */
  readonly id: string;
  readonly limits: Limits;
  /** A token's money is for its whole life; null: for the month. */
  readonly lifeEndsAtMs: number | null;
}

/** Limits that somebody has changed at run time, by scope id; `perUser:T` is every user of a tenant. Null lifts one. */
export type LimitChanges = Readonly<Record<string, Partial<Limits>>>;

/** Nobody is limited in any way: the usual case, and nothing more is looked at. */
export function nobodyIsLimited(from: CallFrom, routing: Routing, changes: LimitChanges): boolean {
  if (from.token !== null || !isEmpty(changes)) return false;
  if (!routing.hasLimits) return true;
  const { limits, providers } = routing.budget;
  if (limits !== NO_LIMITS || providers.size > 0) return false;
  const tenant = tenantOf(from.tenant, routing);
  return tenant === null || (tenant.limits === NO_LIMITS && (from.user === null || tenant.perUser === NO_LIMITS));
}

/** Of whoever calls. */
export function callerScopes(from: CallFrom, routing: Routing, changes: LimitChanges): readonly Scope[] {
  const { tenant: name, user } = from;
  const tenant = tenantOf(name, routing);
  const scopes = [
    scopeOf(ALL_SCOPE, lessGrace(routing.budget), changes[ALL_SCOPE]),
    scopeOf(`tenant:${name}`, tenant?.limits ?? NO_LIMITS, changes[`tenant:${name}`]),
  ];
  if (user !== null) {
    const id = `user:${name}/${user}`;
    scopes.push(scopeOf(id, tenant?.perUser ?? NO_LIMITS, { ...changes[`perUser:${name}`], ...changes[id] }));
  }
  if (from.token !== null) {
    const { id, requestsPerMinute, maxUsd, expiresAtMs } = from.token;
    const limits = { ...NO_LIMITS, requestsPerMinute, monthlyUsd: maxUsd };
    scopes.push({ id: `token:${id}`, limits, lifeEndsAtMs: expiresAtMs });
  }
  return scopes.filter(isLimited);
}

/** Of the route that is asked: its account, and its provider with all of its accounts. */
export function routeScopes(route: Route, { budget }: Routing, changes: LimitChanges): readonly Scope[] {
  return [...new Set([route.account, route.provider])]
    .map((name) => scopeOf(`account:${name}`, budget.providers.get(name) ?? NO_LIMITS, changes[`account:${name}`]))
    .filter(isLimited);
}

function scopeOf(id: string, given: Limits, change: Partial<Limits> = {}): Scope {
  return { id, limits: { ...given, ...change }, lifeEndsAtMs: null };
}

function isLimited({ limits }: Scope): boolean {
  return LIMIT_NAMES.some((name: LimitName) => limits[name] !== null);
}

/** What isolates may go on with while the ledger is away: cut from the whole budget beforehand, and leased like it. */
export const GRACE_SCOPE = "grace";

export function graceOf({ budget: { graceUsd } }: Routing, now: number): Budget | null {
  if (graceUsd === 0) return null;
  const { key, endsAtMs } = monthOf(now);
  return { scope: GRACE_SCOPE, period: key, limitMicros: Math.floor(graceUsd * MICROS), endsAtMs };
}

function lessGrace({ limits, graceUsd }: Routing["budget"]): Limits {
  if (limits.monthlyUsd === null || graceUsd === 0) return limits;
  return { ...limits, monthlyUsd: Math.max(0, limits.monthlyUsd - graceUsd) };
}

/** A sum of money for a while. */
export interface Budget {
  readonly scope: string;
  readonly period: string;
  readonly limitMicros: number;
  readonly endsAtMs: number;
}

/** Null: no money is set for it. */
export function budgetOf({ id, limits, lifeEndsAtMs }: Scope, now: number): Budget | null {
  if (limits.monthlyUsd === null) return null;
  const month = monthOf(now);
  const [period, endsAtMs] = lifeEndsAtMs === null ? [month.key, month.endsAtMs] : ["life", lifeEndsAtMs];
  return { scope: id, period, limitMicros: Math.floor(limits.monthlyUsd * MICROS), endsAtMs };
}

/** As `Object.keys(…).length === 0`, without the list: each call asks. */
function isEmpty(changes: LimitChanges): boolean {
  for (const scope in changes) if (Object.hasOwn(changes, scope)) return false;
  return true;
}
