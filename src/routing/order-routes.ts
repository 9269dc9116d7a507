/** The order in which routes are tried: Hot before Warm, by priority; or Warm by what it costs first. */
import type { CostClass } from "../domain/route.ts";
import { providerDefaults } from "./provider-table.ts";
import type { ListedRoute } from "./route-ids.ts";
import type { RouteEntry } from "./map-routes.ts";
import type { RoutingMap } from "./routing-map.ts";

type Listed = ListedRoute<RouteEntry>;
type Order = NonNullable<RoutingMap["order"]>;

const COST_ORDER: Readonly<Record<CostClass, number>> = { local: 0, free: 1, paid: 2 };

/** Routes that tie keep their place. Those of `smaller` come last: a degrade step asks them, nobody else. */
export function orderRoutes(routes: readonly Listed[], order: Order): readonly Listed[] {
  const hot = byPriority(routes.filter((route) => route.list === "hot"));
  const warm = byPriority(routes.filter((route) => route.list === "warm"));
  const smaller = byPriority(routes.filter((route) => route.list === "smaller"));
  return [...hot, ...(order === "listed" ? warm : byCost(warm)), ...smaller];
}

/** What a route costs where the map does not say: a local server nothing, everybody else money. */
export function costOf(entry: RouteEntry): CostClass {
  return entry.cost ?? providerDefaults(entry.provider)?.cost ?? "paid";
}

function byPriority(routes: readonly Listed[]): readonly Listed[] {
  return routes.toSorted((one, other) => priorityOf(one) - priorityOf(other));
}

function priorityOf({ entry, index }: Listed): number {
  return entry.priority ?? index + 1;
}

function byCost(routes: readonly Listed[]): readonly Listed[] {
  return routes.toSorted((one, other) => COST_ORDER[costOf(one.entry)] - COST_ORDER[costOf(other.entry)]);
}
