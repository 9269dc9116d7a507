import type { FailureKind } from "../domain/failure.ts";
import type { Route } from "../domain/route.ts";
import type { Board } from "./board.ts";
import type { Incident, RouteRecord } from "./board-state.ts";
import { isOut } from "./exclusion.ts";
import type { BlockedLoop } from "./loop-book.ts";
import { slowUntilMs } from "./pace.ts";
import { isLeased } from "./probe.ts";
import { isBehind } from "./quality.ts";
import { errorRate, percentile, type RouteCheck } from "./route-statistics.ts";
import type { FlagView } from "./overrides.ts";

/** What people look at: `/health`, `/admin`, the dashboard. Not on any request's way. */
export interface Overview {
  readonly atMs: number;
  readonly routes: readonly RouteOverview[];
  readonly accountsOut: readonly AccountOut[];
  readonly flags: readonly FlagView[];
  readonly openIncidents: readonly Incident[];
  /** The latest first, ended ones too. */
  readonly latestIncidents: readonly Incident[];
  /** What went wrong in the object's own alarm, the last time something did. */
  readonly alarmFailure: string | null;
  /** Requests that are refused because they fail again and again by their own fault. The latest first. */
  readonly loops: readonly BlockedLoop[];
}

export interface RouteOverview {
  readonly id: string;
  readonly account: string;
  readonly status: RouteStatus;
  /** Since when it is not closed; null where it is, or where nobody noted it. */
  readonly sinceMs: number | null;
  /** When it may be back; null: it is, or only an operator knows. */
  readonly untilMs: number | null;
  /** The kind of failure that opened it, or `operator`. */
  readonly why: FailureKind | "operator" | null;
  /** The last 20 outcomes, oldest first: 1 answered, 0 failed. */
  readonly last: readonly (0 | 1)[];
  readonly errorRate: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly lastError: RouteRecord["statistics"]["lastError"];
  /** The latest outcome of a call, a probe or a check. */
  readonly checkedAtMs: number | null;
  /** The latest check: no caller asked for it, and it is in none of the numbers above. Null: never checked. */
  readonly check: RouteCheck | null;
  /** Little is left of the provider's own rate limit, so it is tried last; null: it is far from it. */
  readonly nearLimitUntilMs: number | null;
  /** It is far slower than it used to be, so it is tried after the others; null: it is not. */
  readonly slowUntilMs: number | null;
  /** Its answers were found bad too often, so it is tried last; null: they were not. */
  readonly lowQualityUntilMs: number | null;
}

/** `half_open`: its time is over, probes decide. */
export type RouteStatus = "closed" | "open" | "half_open" | "killed";

export interface AccountOut {
  readonly account: string;
  readonly kind: FailureKind;
  readonly detail: string;
  readonly sinceMs: number;
  readonly untilMs: number;
}

const INCIDENTS_SHOWN = 50;

export function overviewOf(board: Board, now: number, kept: Pick<Overview, "alarmFailure" | "loops">): Overview {
  const accounts = new Set(board.routing.routes.map((route) => route.account));
  return {
    atMs: now,
    routes: board.routing.routes.map((route) => routeOverview(board, route, now)),
    accountsOut: [...accounts].flatMap((account) => {
      const exclusion = board.account(account);
      return exclusion.out !== null && isOut(exclusion, now) ? [{ account, ...exclusion.out }] : [];
    }),
    flags: board.overrides.views(),
    openIncidents: board.incidents.open(),
    latestIncidents: board.incidents.latest(INCIDENTS_SHOWN),
    ...kept,
  };
}

/** How one route stands. */
export function routeOverview(board: Board, route: Route, now: number): RouteOverview {
  const record = board.record(route.id);
  const { last, latenciesMs, lastError, checkedAtMs: calledAtMs, check = null } = record.statistics;
  const checkedAtMs =
    calledAtMs === null || check === null ? (calledAtMs ?? check?.atMs ?? null) : Math.max(calledAtMs, check.atMs);
  return {
    id: route.id,
    account: route.account,
    ...standing(board, route, record, now),
    last,
    errorRate: errorRate(last),
    p50Ms: percentile(latenciesMs, 0.5),
    p95Ms: percentile(latenciesMs, 0.95),
    lastError,
    checkedAtMs,
    check,
    nearLimitUntilMs: board.near.until(route.id, now),
    slowUntilMs: slowUntilMs(record.statistics.pace, now),
    lowQualityUntilMs: isBehind(record.breaker.quality, now) ? (record.breaker.quality?.behindUntilMs ?? null) : null,
  };
}

type Standing = Pick<RouteOverview, "status" | "sinceMs" | "untilMs" | "why">;

function standing(board: Board, route: Route, { breaker }: RouteRecord, now: number): Standing {
  if (board.overrides.isKilled(route.id)) return { status: "killed", sinceMs: null, untilMs: null, why: "operator" };

  const account = board.account(route.account);
  const exclusion = isOut(account, now) ? account : breaker.exclusion;
  if (exclusion.out !== null && isOut(exclusion, now)) {
    return { status: "open", sinceMs: exclusion.out.sinceMs, untilMs: exclusion.out.untilMs, why: exclusion.out.kind };
  }
  const { circuit, lease } = breaker;
  if (circuit.phase === "closed") return { status: "closed", sinceMs: null, untilMs: null, why: null };
  const probing = now >= circuit.untilMs || isLeased(lease, now);
  return {
    status: probing ? "half_open" : "open",
    sinceMs: circuit.sinceMs,
    untilMs: circuit.untilMs,
    why: circuit.kind,
  };
}
