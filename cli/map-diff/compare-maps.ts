/**
 * Two routing maps side by side, by what follows from them: who is asked in
 * which order, what that costs, and whom it reaches. No variable needs to be
 * set; what is switched off in a map is not asked, and so is not there.
 */
import type { CostClass } from "../../src/domain/route.ts";
import type { RoutingMap } from "../../src/routing/routing-map.ts";
import { chainsOf, mapRoutes } from "../lint/chains.ts";
import type { MapRoute } from "../lint/chains.ts";
import type { Finding } from "../lint/finding.ts";
import { lintMap } from "../lint/lint-map.ts";
import type { MapFile } from "../read-map.ts";
import { changesBetween } from "./changes-between.ts";
import type { Change } from "./changes-between.ts";
import { compareTraffic } from "./compare-traffic.ts";
import type { Traffic } from "./compare-traffic.ts";
import { compareWatchdog } from "./compare-watchdog.ts";
import type { WatchdogChange } from "./compare-watchdog.ts";

export interface MapDiff {
  /** Kinds whose calls walk another way than before; those that change alike stand together. */
  readonly traffic: readonly Traffic[];
  readonly routes: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly { readonly id: string; readonly changes: readonly Change[] }[];
  };
  readonly reach: {
    readonly providers: SetChange;
    readonly hosts: SetChange;
    /** How many routes of each cost there are. */
    readonly costs: Readonly<Record<CostClass, { readonly before: number; readonly after: number }>>;
  };
  readonly watchdog: WatchdogChange;
  /** Everything that is no route: kinds, ladder, breaker, limits, budget. */
  readonly settings: readonly Change[];
  readonly lint: { readonly added: readonly Finding[]; readonly gone: readonly Finding[] };
}

export interface SetChange {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export function compareMaps(before: MapFile, after: MapFile): MapDiff {
  const routes = { before: routesOf(before.map), after: routesOf(after.map) };
  const findings = { before: lintMap(before, null), after: lintMap(after, null) };
  const sides = [
    { map: before.map, chains: chainsOf(before.map, routes.before) },
    { map: after.map, chains: chainsOf(after.map, routes.after) },
  ] as const;
  return {
    traffic: compareTraffic(...sides),
    routes: compareRoutes(routes.before, routes.after),
    reach: compareReach(routes.before, routes.after),
    watchdog: compareWatchdog(...sides),
    settings: changesBetween(settingsOf(before.map), settingsOf(after.map)),
    lint: {
      added: findings.after.filter((finding) => !isAmong(finding, findings.before)),
      gone: findings.before.filter((finding) => !isAmong(finding, findings.after)),
    },
  };
}

function routesOf(map: RoutingMap): readonly MapRoute[] {
  return mapRoutes(map, () => undefined);
}

function compareRoutes(before: readonly MapRoute[], after: readonly MapRoute[]): MapDiff["routes"] {
  const earlier = new Map(before.map((route) => [route.id, route]));
  const later = new Set(after.map(({ id }) => id));
  const changed = after.flatMap(({ id, entry }) => {
    const changes = changesBetween(forReview(earlier.get(id)?.entry ?? entry), forReview(entry));
    return changes.length === 0 ? [] : [{ id, changes }];
  });
  return {
    added: [...later].filter((id) => !earlier.has(id)),
    removed: [...earlier.keys()].filter((id) => !later.has(id)),
    changed,
  };
}

function compareReach(before: readonly MapRoute[], after: readonly MapRoute[]): MapDiff["reach"] {
  const [earlier, later] = [before.filter(isFirstHand), after.filter(isFirstHand)];
  const cost = (wanted: CostClass): { before: number; after: number } => ({
    before: earlier.filter((route) => route.cost === wanted).length,
    after: later.filter((route) => route.cost === wanted).length,
  });
  const sets = (of: (route: MapRoute) => string): SetChange => compareSets(earlier.map(of), later.map(of));
  return {
    providers: sets(({ provider }) => provider),
    hosts: sets(({ host }) => host),
    costs: { local: cost("local"), free: cost("free"), paid: cost("paid") },
  };
}

/** Those of `smaller` are asked only when Hot and Warm have failed. */
function isFirstHand({ list }: MapRoute): boolean {
  return list !== "smaller";
}

function compareSets(earlier: readonly string[], later: readonly string[]): SetChange {
  const [before, after] = [[...new Set(earlier)], [...new Set(later)]];
  return {
    before,
    after,
    added: after.filter((name) => !before.includes(name)),
    removed: before.filter((name) => !after.includes(name)),
  };
}

function settingsOf({ hot: _hot, warm: _warm, smaller: _smaller, $schema: _schema, ...settings }: RoutingMap): object {
  return forReview(settings);
}

function forReview({ note: _note, ...rest }: { readonly note?: string | undefined }): object {
  return rest;
}

function isAmong({ code, found }: Finding, others: readonly Finding[]): boolean {
  return others.some((other) => other.code === code && other.found === found);
}
