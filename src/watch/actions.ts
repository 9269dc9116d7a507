/**
 * What the watchdog does about what it finds, as far as the map allows. Pure:
 * findings, facts and what it has done before in; deeds, and what is to be
 * remembered, out. docs/decisions/2026-11-21-the-watchdog-acts.md
 */
import { ALL } from "../budget/pause.ts";
import type { CostClass, Tier } from "../domain/route.ts";
import type { WatchdogAction, WatchdogSettings } from "../domain/watchdog.ts";
import { troubleKeys, type Finding, type WatchedRoute } from "./findings.ts";
import type { Held, Preference } from "./held.ts";

export interface ActFacts {
  /** Milliseconds since 1970, as every moment here. */
  readonly atMs: number;
  readonly allowed: WatchdogSettings;
  readonly routes: readonly ActRoute[];
  /** `auto` too; the ids of a kind's candidates, in the map's order. */
  readonly kinds: readonly { readonly name: string; readonly routeIds: readonly string[] }[];
  /** The flag `enable_warm_fallback`. */
  readonly warm: boolean;
  /** `all`, or providers. */
  readonly pausedScopes: ReadonlySet<string>;
  /** A drill is on, or was within the last hour: what is out may be out by our own doing. */
  readonly drill: boolean;
  /** When a route was opened by the same error again and again. */
  readonly openings: readonly Opening[];
  readonly held: Held;
}

export interface ActRoute extends Pick<WatchedRoute, "id" | "account" | "status"> {
  readonly provider: string;
  readonly tier: Tier;
  readonly cost: CostClass;
  readonly paused: boolean;
  /** It is near its own rate limit, slow, or of low quality: planning would not leave it at the front. */
  readonly behind: boolean;
  /** Its account is out of credit or quota, and the provider has named no reset. */
  readonly spent: boolean;
  /** When it last answered anybody; null: nobody knows. */
  readonly answeredAtMs: number | null;
}

export interface Opening {
  readonly routeId: string;
  /** What tells the error from another. */
  readonly error: string;
  readonly atMs: number;
}

export type Deed =
  | {
      readonly do: "prefer_free";
      readonly kind: string;
      readonly routeId: string;
      readonly instead: string;
      readonly why: string;
      readonly untilMs: number;
    }
  | { readonly do: "kill"; readonly routeId: string; readonly why: string }
  | { readonly do: "pause"; readonly provider: string; readonly why: string }
  | {
      readonly do: "prefer_free_ended";
      readonly kind: string;
      readonly routeId: string;
      readonly instead: string;
      readonly why: EndReason;
      /** When its time is over, also where it ends earlier. */
      readonly untilMs: number;
    }
  /** A person has ended these; it is only seen here. */
  | { readonly do: "kill_ended"; readonly routeId: string }
  | { readonly do: "pause_ended"; readonly provider: string };

export type EndReason = "time_is_over" | "not_closed" | "switched_off" | "not_allowed" | "released";

export interface Acted {
  readonly held: Held;
  readonly deeds: readonly Deed[];
}

/** The same error may open a route once in this time; the second time it is killed. */
const KILL_WINDOW_MS = 3_600_000;

/** What only a person ends. */
const STAYS: ReadonlySet<WatchdogAction> = new Set(["kill", "pause"]);

/** Ends what is to end, then does what the findings ask for. */
export function actionsOf(facts: ActFacts, findings: readonly Finding[]): Acted {
  const troubles = new Map(findings.map(({ key, title }) => [key, title]));
  let acted = endingsOf(facts);
  for (const [action, doIt] of [
    ["prefer_free", preferFree],
    ["kill", kill],
    ["pause", pause],
  ] as const) {
    if (!facts.allowed.act.has(action) || (facts.drill && STAYS.has(action))) continue;
    const { held, deeds } = doIt({ ...facts, held: acted.held }, troubles);
    acted = { held, deeds: [...acted.deeds, ...deeds] };
  }
  return { ...acted, held: { ...acted.held, dealtWith: stillThere(acted.held, facts, troubles) } };
}

/** What of it is over: by time, by itself, or by a person. Nothing is begun. */
export function endingsOf(facts: ActFacts): Acted {
  const { held, atMs, pausedScopes, routes } = facts;
  const ended = Object.entries(held.preferred).flatMap(([kind, preference]): Deed[] => {
    const why = whyEnded(preference, facts);
    return why === null ? [] : [endOf(kind, preference, why)];
  });
  const over = new Set(ended.map((deed) => ("kind" in deed ? deed.kind : "")));
  const inService = new Set(routes.filter(({ status }) => status !== "killed").map(({ id }) => id));
  const revived = standing(held.killed).filter((id) => inService.has(id));
  const resumed = standing(held.paused).filter((provider) => !pausedScopes.has(provider));
  const killed = withEnd(held.killed, revived, atMs);
  const paused = withEnd(held.paused, resumed, atMs);
  return {
    held: {
      ...held,
      preferred: without(held.preferred, (_preference, kind) => over.has(kind)),
      released: without(held.released, (untilMs) => untilMs <= atMs),
      killed: without(killed, ({ endedMs }, routeId) => {
        const isInMap = routes.some(({ id }) => id === routeId);
        return !isInMap || (endedMs !== null && atMs - endedMs >= KILL_WINDOW_MS);
      }),
      paused: without(paused, ({ account, endedMs }, provider) => {
        const isInMap = routes.some((route) => route.provider === provider);
        return !isInMap || (endedMs !== null && isWellAgain(account, endedMs, routes));
      }),
    },
    deeds: [
      ...ended,
      ...revived.map((routeId) => ({ do: "kill_ended", routeId }) as const),
      ...resumed.map((provider) => ({ do: "pause_ended", provider }) as const),
    ],
  };
}

/** A person takes the route off its place: nobody is put there again for as long as it would have stayed at most. */
export function releasedBy(held: Held, kind: string, { allowed, atMs }: Pick<ActFacts, "allowed" | "atMs">): Acted {
  const preference = Object.hasOwn(held.preferred, kind) ? held.preferred[kind] : undefined;
  if (preference === undefined) return { held, deeds: [] };
  const preferred = without(held.preferred, (_preference, name) => name === kind);
  const released = { ...held.released, [kind]: atMs + allowed.holdMs };
  return { held: { ...held, preferred, released }, deeds: [endOf(kind, preference, "released")] };
}

function endOf(kind: string, { routeId, instead, untilMs }: Preference, why: EndReason): Deed {
  return { do: "prefer_free_ended", kind, routeId, instead, why, untilMs };
}

function whyEnded({ routeId, untilMs, sinceMs }: Preference, facts: ActFacts): EndReason | null {
  const { routes, allowed, atMs, warm } = facts;
  const route = routes.find(({ id }) => id === routeId);
  if (!allowed.act.has("prefer_free")) return "not_allowed";
  if (atMs >= untilMs || atMs >= sinceMs + allowed.holdMs) return "time_is_over";
  if (route === undefined || route.status === "killed" || (route.tier === "warm" && !warm)) return "switched_off";
  return route.status === "closed" ? null : "not_closed";
}

type Troubles = ReadonlyMap<string, string>;

/** A kind whose first route is in trouble has a healthy free or local one put before it. */
function preferFree({ held, kinds, routes, warm, atMs, allowed }: ActFacts, troubles: Troubles): Acted {
  const byId = new Map(routes.map((route) => [route.id, route]));
  const deeds = kinds.flatMap(({ name, routeIds }): Extract<Deed, { do: "prefer_free" }>[] => {
    const [first] = routeIds.flatMap((id) => byId.get(id) ?? []);
    const why = first && troubleOf(first, troubles);
    if (first === undefined || why === undefined || Object.hasOwn(held.preferred, name)) return [];
    if (Object.hasOwn(held.released, name) || held.dealtWith.includes(markOf(name, first.id))) return [];
    const healthy = routeIds.flatMap((id) => byId.get(id) ?? []).find((route) => mayBeFirst(route, warm));
    if (healthy === undefined) return [];
    const untilMs = atMs + allowed.holdMs;
    return [{ do: "prefer_free", kind: name, routeId: healthy.id, instead: first.id, why, untilMs }];
  });
  const begun = deeds.map(({ kind, routeId, instead, why, untilMs }): [string, Preference] => [
    kind,
    { routeId, instead, why, sinceMs: atMs, untilMs },
  ]);
  return {
    held: {
      ...held,
      preferred: { ...held.preferred, ...Object.fromEntries(begun) },
      dealtWith: [...held.dealtWith, ...deeds.map(({ kind, instead }) => markOf(kind, instead))],
    },
    deeds,
  };
}

function mayBeFirst(route: ActRoute, warm: boolean): boolean {
  return route.cost !== "paid" && !route.behind && mayServe(route, warm);
}

function mayServe({ tier, status, paused }: ActRoute, warm: boolean): boolean {
  return status === "closed" && !paused && (tier !== "warm" || warm);
}

/** A route that the same error has opened twice within the hour; but never where a kind would have nothing else left. */
function kill({ held, kinds, routes, openings, atMs, warm }: ActFacts, troubles: Troubles): Acted {
  const serving = new Set(routes.filter((route) => mayServe(route, warm)).map(({ id }) => id));
  if (serving.size === 0) return { held, deeds: [] };
  const deeds = routes.flatMap(({ id, status }): Extract<Deed, { do: "kill" }>[] => {
    const why = troubles.get(troubleKeys.error(id));
    if (why === undefined || (status !== "open" && status !== "half_open")) return [];
    const own = kinds.filter(({ routeIds }) => routeIds.includes(id));
    if (!own.every(({ routeIds }) => routeIds.some((other) => serving.has(other)))) return [];
    const before = Object.hasOwn(held.killed, id) ? held.killed[id] : undefined;
    const sinceMs = Math.max(atMs - KILL_WINDOW_MS, before?.atMs ?? -Infinity, before?.endedMs ?? -Infinity);
    const counted = openings.filter((opening) => opening.routeId === id && opening.atMs > sinceMs);
    const twice = counted.some(({ error }, at) => counted.findIndex((other) => other.error === error) !== at);
    return twice ? [{ do: "kill", routeId: id, why }] : [];
  });
  const begun = deeds.map(({ routeId, why }): [string, Held["killed"][string]] => [
    routeId,
    { atMs, why, endedMs: null },
  ]);
  return { held: { ...held, killed: { ...held.killed, ...Object.fromEntries(begun) } }, deeds };
}

/** A provider of which every route is without money. One that is out for less is back by itself, which a pause would not let it be. */
function pause({ held, routes, pausedScopes, atMs }: ActFacts, troubles: Troubles): Acted {
  const deeds: Extract<Deed, { do: "pause" }>[] = [];
  const begun: [string, Held["paused"][string]][] = [];
  for (const { provider, account } of routes.filter(({ spent }) => spent)) {
    const why = troubles.get(troubleKeys.quota(account));
    const isHeld = Object.hasOwn(held.paused, provider) || deeds.some((deed) => deed.provider === provider);
    if (why === undefined || isHeld || pausedScopes.has(ALL) || pausedScopes.has(provider)) continue;
    const own = routes.filter((route) => route.provider === provider && route.status !== "killed");
    if (own.some(({ spent, status }) => !spent || status === "closed")) continue;
    deeds.push({ do: "pause", provider, why });
    begun.push([provider, { account, atMs, why, endedMs: null }]);
  }
  return { held: { ...held, paused: { ...held.paused, ...Object.fromEntries(begun) } }, deeds };
}

/** Why a route is in trouble; undefined: it is not. A quota may be one model's: it says nothing of the account's other ones. */
function troubleOf({ id, account, status }: ActRoute, troubles: Troubles): string | undefined {
  if (status === "closed") return undefined;
  return (
    troubles.get(troubleKeys.error(id)) ??
    troubles.get(troubleKeys.quota(account)) ??
    troubles.get(troubleKeys.failing(id))
  );
}

/** A trouble is the same one until the route is well again and nobody stands in for it. */
function stillThere(
  { dealtWith, preferred }: Held,
  { kinds, routes }: ActFacts,
  troubles: Troubles,
): Held["dealtWith"] {
  return dealtWith.filter((mark) =>
    kinds.some(({ name, routeIds }) => {
      const first = routes.find(({ id }) => markOf(name, id) === mark);
      if (first === undefined || !routeIds.includes(first.id)) return false;
      return troubleOf(first, troubles) !== undefined || preferred[name]?.instead === first.id;
    }),
  );
}

/** An account that has answered since it was resumed has its money again. */
function isWellAgain(account: string, sinceMs: number, routes: ActFacts["routes"]): boolean {
  const own = routes.filter((route) => route.account === account);
  return own.length === 0 || own.some(({ answeredAtMs }) => (answeredAtMs ?? -Infinity) > sinceMs);
}

function markOf(kind: string, routeId: string): string {
  return `${kind} ${routeId}`;
}

function standing(held: Readonly<Record<string, { readonly endedMs: number | null }>>): readonly string[] {
  return Object.keys(held).filter((name) => held[name]?.endedMs === null);
}

function withEnd<Of extends { readonly endedMs: number | null }>(
  held: Readonly<Record<string, Of>>,
  ended: readonly string[],
  endedMs: number,
): Readonly<Record<string, Of>> {
  return Object.fromEntries(
    Object.entries(held).map(([name, of]) => [name, ended.includes(name) ? { ...of, endedMs } : of]),
  );
}

function without<Of>(
  held: Readonly<Record<string, Of>>,
  isOver: (of: Of, name: string) => boolean,
): Readonly<Record<string, Of>> {
  return Object.fromEntries(Object.entries(held).filter(([name, of]) => !isOver(of, name)));
}
