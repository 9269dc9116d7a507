/** Requests and tokens, counted by minute, day and month: what this isolate knows of everybody's and of its own. */
import type { LimitName } from "../domain/limits.ts";
import type { LedgerState } from "./ledger-state.ts";
import { dayOf, minuteOf, monthOf, type Period } from "./periods.ts";
import type { Scope } from "./scopes.ts";

type Counted = Exclude<LimitName, "monthlyUsd">;

const COUNTED = {
  requestsPerMinute: { what: "requests", periodOf: minuteOf },
  dailyTokens: { what: "tokens", periodOf: dayOf },
  monthlyTokens: { what: "tokens", periodOf: monthOf },
} as const satisfies Record<Counted, { readonly what: string; readonly periodOf: (now: number) => Period }>;

const NAMES = ["requestsPerMinute", "dailyTokens", "monthlyTokens"] as const satisfies readonly Counted[];

export interface Reached {
  readonly limit: Counted;
  readonly scope: string;
  readonly resetsInMs: number;
}

/** The first of these limits that is reached; null: none is. */
export function reached(state: LedgerState, scopes: readonly Scope[], now: number): Reached | null {
  for (const { id, limits } of scopes) {
    for (const limit of NAMES) {
      const most = limits[limit];
      if (most === null) continue;
      const { counter, endsAtMs } = counterOf(id, limit, now);
      if (valueOf(state, counter) >= most) return { limit, scope: id, resetsInMs: endsAtMs - now };
    }
  }
  return null;
}

/** Nothing is counted, and the ledger's answer says how much there is. */
export function recount(state: LedgerState, scope: string, limit: Reached["limit"], now: number): void {
  count(state, counterOf(scope, limit, now), 0, now);
}

export function countRequest(state: LedgerState, scopes: readonly Scope[], now: number): void {
  for (const { id, limits } of scopes) {
    if (limits.requestsPerMinute !== null) count(state, counterOf(id, "requestsPerMinute", now), 1, now);
  }
}

/** Where tokens are counted for these scopes at this moment: an estimate is put right where it was made. */
export function tokenCounters(scopes: readonly Scope[], now: number): readonly Counter[] {
  return scopes.flatMap(({ id, limits }) =>
    (["dailyTokens", "monthlyTokens"] as const).flatMap((limit) =>
      limits[limit] === null ? [] : [counterOf(id, limit, now)],
    ),
  );
}

export interface Counter {
  readonly counter: string;
  readonly endsAtMs: number;
}

export function count(state: LedgerState, { counter, endsAtMs }: Counter, by: number, now: number): void {
  const earlier = state.counts.get(counter)?.by ?? 0;
  state.counts.set(counter, { counter, by: earlier + by, forMs: endsAtMs - now, endsAtMs });
}

function counterOf(scope: string, limit: Counted, now: number): Counter {
  const { what, periodOf } = COUNTED[limit];
  const { key, endsAtMs } = periodOf(now);
  return { counter: `${scope} ${what} ${key}`, endsAtMs };
}

/** As the ledger knows it, and what it has not been told yet. */
function valueOf({ known, counts, unacknowledged }: LedgerState, counter: string): number {
  const sent = unacknowledged?.counts.find((one) => one.counter === counter)?.by ?? 0;
  return (known.get(counter)?.value ?? 0) + sent + (counts.get(counter)?.by ?? 0);
}
