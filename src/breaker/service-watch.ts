import type { Notice } from "../domain/notice.ts";
import type { Tier } from "../domain/route.ts";
import type { NoticeSettings } from "../domain/routing.ts";
import {
  allClear,
  degradedForLong,
  everythingBack,
  everythingDown,
  paidEnded,
  paidServing,
  warmEnded,
  warmServing,
} from "./service-notices.ts";

/**
 * What the routes' outcomes mean for the service as a whole, and when a human
 * is told: a substitute that serves, nothing that can serve, a service that is
 * degraded for long. State in, state and notices out; the state is plain data
 * that outlives the object. What an operator switched off is no fault.
 */
export interface WatchState {
  readonly warm: Substitution | null;
  readonly paid: Substitution | null;
  readonly downSinceMs: number | null;
  readonly degraded: Degradation | null;
  /** When to look again without being asked; null: never. */
  readonly lookAtMs: number | null;
}

/** Something serves what is usually served by something better. */
export interface Substitution {
  /** The first that did. */
  readonly routeId: string;
  readonly sinceMs: number;
  /** Its latest answer for want of a usual one. */
  readonly lastMs: number;
  /** The latest answer of a usual one since then; null: none. */
  readonly usualMs: number | null;
}

export interface Degradation {
  readonly sinceMs: number;
  /** Null: it lasts. It is over when all was well for a while. */
  readonly wellSinceMs: number | null;
  readonly told: boolean;
}

/** The routes in the map's order, as they stand now. */
export interface ServiceView {
  readonly routes: readonly WatchedRoute[];
  /** `enable_warm_fallback`. */
  readonly warmAllowed: boolean;
}

export interface WatchedRoute {
  readonly id: string;
  readonly tier: Tier;
  readonly cost: "local" | "free" | "paid";
  readonly killed: boolean;
  /** Open, or out. */
  readonly blocked: boolean;
  /** Its latest outcome is a failure. */
  readonly failedLast: boolean;
  /** When it may be back; null: it is not blocked. */
  readonly backAtMs: number | null;
}

export interface Watched {
  readonly state: WatchState;
  readonly notices: readonly Notice[];
}

export const nothingWatched: WatchState = {
  warm: null,
  paid: null,
  downSinceMs: null,
  degraded: null,
  lookAtMs: null,
};

/** A substitute without an answer for so long has ceased to serve, if a usual route has answered since. */
const CEASED_MS = 60_000;
/** Nobody asks any more: where nothing is known to be broken, that ends it too. */
const QUIET_MS = 15 * 60_000;
/** A substitute's last answer makes the service a degraded one for so long. */
const SERVING_MS = 5 * 60_000;
/** Well for so long: the degradation is over. A route that closes and opens again does not begin it anew. */
const WELL_MS = 60_000;

/** `answered`: routes that have answered since the last look. */
export function watchService(
  before: WatchState,
  answered: ReadonlySet<string>,
  view: ServiceView,
  settings: NoticeSettings,
  now: number,
): Watched {
  const warm = watchWarm(before.warm, answered, view, now);
  const paid = watchPaid(before.paid, answered, view, now);
  const down = watchDown(before.downSinceMs, view, now);
  const hotOut = view.routes.some((route) => route.tier === "hot" && !route.killed && route.blocked);
  const ill = hotOut || down.after !== null || isServing(warm.after, now);
  const degraded = watchDegraded(before.degraded, ill, settings, now);
  const state = { warm: warm.after, paid: paid.after, downSinceMs: down.after, degraded: degraded.after };
  const notices = [...warm.notices, ...paid.notices, ...down.notices, ...degraded.notices];
  return { state: { ...state, lookAtMs: lookAtMs(state, settings, now) }, notices };
}

interface Step<After> {
  readonly after: After;
  readonly notices: readonly Notice[];
}

function watchWarm(before: Substitution | null, answered: ReadonlySet<string>, view: ServiceView, now: number) {
  const hot = view.routes.filter((route) => route.tier === "hot");
  const ill = hot.filter(isIll);
  const by = view.routes.find((route) => route.tier === "warm" && answered.has(route.id) && ill.length > 0);
  const usual = hot.some((route) => answered.has(route.id));
  return substituted(before, { by: by?.id ?? null, usual, ill: ill.length > 0 }, now, {
    started: (routeId) => warmServing(routeId, ill, now),
    ended: (sinceMs) => warmEnded(sinceMs, now),
  });
}

function watchPaid(before: Substitution | null, answered: ReadonlySet<string>, view: ServiceView, now: number) {
  const cheap = view.routes.filter((route) => route.cost !== "paid");
  const illBefore = (place: number): WatchedRoute[] =>
    view.routes.slice(0, place).filter((route) => route.cost !== "paid" && isIll(route));
  const place = view.routes.findIndex(
    (route, index) => route.cost === "paid" && answered.has(route.id) && illBefore(index).length > 0,
  );
  const usual = cheap.some((route) => answered.has(route.id));
  const by = view.routes[place]?.id ?? null;
  return substituted(before, { by, usual, ill: cheap.some(isIll) }, now, {
    started: (routeId) => paidServing(routeId, illBefore(place), now),
    ended: (sinceMs) => paidEnded(sinceMs, now),
  });
}

interface Heard {
  /** The substitute that has answered for want of a usual route; null: none has. */
  readonly by: string | null;
  /** A usual one has answered. */
  readonly usual: boolean;
  /** A usual one is known to be ill. */
  readonly ill: boolean;
}

interface Words {
  readonly started: (routeId: string) => Notice;
  readonly ended: (sinceMs: number) => Notice;
}

function substituted(
  before: Substitution | null,
  { by, usual, ill }: Heard,
  now: number,
  words: Words,
): Step<Substitution | null> {
  if (before === null) {
    if (by === null) return { after: null, notices: [] };
    return { after: { routeId: by, sinceMs: now, lastMs: now, usualMs: null }, notices: [words.started(by)] };
  }
  const after = {
    ...before,
    lastMs: by === null ? before.lastMs : now,
    usualMs: usual ? now : before.usualMs,
  };
  const silentMs = now - after.lastMs;
  const replaced = isReplaced(after) && silentMs >= CEASED_MS;
  if (!replaced && (ill || silentMs < QUIET_MS)) return { after, notices: [] };
  return { after: null, notices: [words.ended(before.sinceMs)] };
}

function isReplaced({ usualMs, lastMs }: Substitution): boolean {
  return usualMs !== null && usualMs >= lastMs;
}

function isServing(warm: Substitution | null, now: number): boolean {
  return warm !== null && now - warm.lastMs < SERVING_MS;
}

function isIll(route: WatchedRoute): boolean {
  return !route.killed && (route.blocked || route.failedLast);
}

function watchDown(before: number | null, view: ServiceView, now: number): Step<number | null> {
  const { routes, warmAllowed } = view;
  const canServe = routes.some(({ killed, blocked, tier }) => !killed && !blocked && (tier !== "warm" || warmAllowed));
  if (canServe || routes.length === 0) {
    return { after: null, notices: before === null ? [] : [everythingBack(before, now)] };
  }
  return { after: before ?? now, notices: before === null ? [everythingDown(routes, now)] : [] };
}

function watchDegraded(
  before: Degradation | null,
  ill: boolean,
  settings: NoticeSettings,
  now: number,
): Step<Degradation | null> {
  if (before === null) {
    return { after: ill ? { sinceMs: now, wellSinceMs: null, told: false } : null, notices: [] };
  }
  if (!ill) {
    const wellSinceMs = before.wellSinceMs ?? now;
    if (now - wellSinceMs < WELL_MS) return { after: { ...before, wellSinceMs }, notices: [] };
    return { after: null, notices: before.told ? [allClear(before.sinceMs, wellSinceMs, settings, now)] : [] };
  }
  const after = { ...before, wellSinceMs: null };
  if (before.told || now - before.sinceMs < settings.degradedAfterMs) return { after, notices: [] };
  return { after: { ...after, told: true }, notices: [degradedForLong(before.sinceMs, settings, now)] };
}

/** Moments that have passed had their look now: only what is still to come is waited for. */
function lookAtMs(state: Omit<WatchState, "lookAtMs">, settings: NoticeSettings, now: number): number | null {
  const { warm, paid, degraded } = state;
  const moments: number[] = [];
  for (const substitution of [warm, paid]) {
    if (substitution === null) continue;
    moments.push(substitution.lastMs + QUIET_MS);
    if (isReplaced(substitution)) moments.push(substitution.lastMs + CEASED_MS);
  }
  if (warm !== null) moments.push(warm.lastMs + SERVING_MS);
  if (degraded !== null) {
    if (degraded.wellSinceMs !== null) moments.push(degraded.wellSinceMs + WELL_MS);
    else if (!degraded.told) moments.push(degraded.sinceMs + settings.degradedAfterMs);
  }
  const ahead = moments.filter((moment) => moment > now);
  return ahead.length === 0 ? null : Math.min(...ahead);
}
