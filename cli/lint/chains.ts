/**
 * The chains that calls walk, as the map alone says: its own order of all
 * routes, and that of each kind with a list of its own. What is switched off
 * is in none. No variable needs to be set: a host that is not known yet goes
 * by the text that names it.
 */
import type { CostClass } from "../../src/domain/route.ts";
import { baseUrlOf, keyVariable } from "../../src/routing/fill-entry.ts";
import { costOf, orderRoutes } from "../../src/routing/order-routes.ts";
import { lookUp, placeholdersIn } from "../../src/routing/placeholder.ts";
import type { Environment } from "../../src/routing/placeholder.ts";
import { canonicalProvider } from "../../src/routing/provider-table.ts";
import { listRoutes } from "../../src/routing/route-ids.ts";
import type { ListedRoute } from "../../src/routing/route-ids.ts";
import type { RouteEntry } from "../../src/routing/map-routes.ts";
import type { RoutingMap } from "../../src/routing/routing-map.ts";

export interface MapRoute extends ListedRoute<RouteEntry> {
  /** Where it stands in the map. */
  readonly path: readonly PropertyKey[];
  readonly provider: string;
  readonly baseUrl: string;
  readonly host: string;
  /** What shares a bill and a quota. */
  readonly account: string;
  readonly cost: CostClass;
}

export interface Chain {
  /** The kind whose own it is; null: the map's, which every other kind and `auto` walk. */
  readonly kind: string | null;
  readonly links: readonly Link[];
}

/** A route in its place in a chain. */
export interface Link {
  readonly route: MapRoute;
  /** Where the map puts it there: the route itself, or the entry of a kind's list. */
  readonly path: readonly PropertyKey[];
}

/** In the order in which they are tried, those of `smaller` last. */
export function mapRoutes(map: RoutingMap, environment: Environment): readonly MapRoute[] {
  const listed = listRoutes<RouteEntry>(map);
  return orderRoutes(listed, map.order ?? "listed")
    .filter(({ entry }) => entry.enabled !== false)
    .map((route) => mapRoute(route, environment));
}

export function chainsOf(map: RoutingMap, routes: readonly MapRoute[]): readonly Chain[] {
  const tried = routes.filter(({ list }) => list !== "smaller");
  const own = Object.entries(map.kinds ?? {}).flatMap(([kind, { routes: ids, answeredBy }]): Chain[] => {
    if (ids === undefined || answeredBy === "human") return [];
    const links = ids.flatMap((id, index) => {
      const route = tried.find((each) => each.id === id);
      return route === undefined ? [] : [{ route, path: ["kinds", kind, "routes", index] }];
    });
    return [{ kind, links }];
  });
  return [{ kind: null, links: tried.map((route) => ({ route, path: route.path })) }, ...own];
}

/** The routes that a kind's calls walk, in order; `auto` (null) and a kind without a list walk the map's. */
export function routesOfKind(kind: string | null, chains: readonly Chain[]): readonly MapRoute[] {
  const chain = chains.find((each) => each.kind === kind) ?? chains[0];
  return chain?.links.map(({ route }) => route) ?? [];
}

function mapRoute(listed: ListedRoute<RouteEntry>, environment: Environment): MapRoute {
  const { entry, list, index } = listed;
  const provider = canonicalProvider(entry.provider);
  const baseUrl = filledAsFarAsKnown(baseUrlOf(entry), environment).replace(/\/+$/, "");
  const host = hostIn(baseUrl);
  return {
    ...listed,
    path: [list, index],
    provider,
    baseUrl,
    host,
    account: entry.account ?? `${provider}:${keyVariable(entry)[0] ?? host}`,
    cost: costOf(entry),
  };
}

function filledAsFarAsKnown(text: string, environment: Environment): string {
  return placeholdersIn(text).reduce((filled, name) => {
    const value = lookUp(name, environment)?.value;
    return value === undefined ? filled : filled.replaceAll(`\${${name}}`, value);
  }, text);
}

/** `${TUNNEL_URL}/v1` is at `${TUNNEL_URL}`: two routes with the same text are at the same host. */
function hostIn(baseUrl: string): string {
  if (!baseUrl.includes("${") && URL.canParse(baseUrl)) return new URL(baseUrl).host;
  return baseUrl.replace(/^https?:\/\//, "").split("/")[0] ?? "";
}
