/** Which variables a map needs, and which of them nobody has set. */
import { variablesOf } from "./fill-entry.ts";
import { lookUp, placeholdersIn } from "./placeholder.ts";
import type { Environment } from "./placeholder.ts";
import { sameVariables } from "./provider-table.ts";
import { listRoutes } from "./route-ids.ts";
import type { RouteEntry, RoutingMap } from "./routing-map.ts";

export interface NeededVariable {
  readonly name: string;
  /** Others that mean the same; one of them is enough. */
  readonly orElse: readonly string[];
  /** Route ids, or the place in the map. */
  readonly neededBy: readonly string[];
}

/** Routes that are switched off in the map need nothing. */
export function neededVariables(map: RoutingMap): readonly NeededVariable[] {
  const uses = [
    ...listRoutes<RouteEntry>(map)
      .filter(({ entry }) => entry.enabled !== false)
      .flatMap(({ entry, id }) => variablesOf(entry).map((name) => ({ name, by: id }))),
    ...(map.cold?.notify ?? []).flatMap(placeholdersIn).map((name) => ({ name, by: "cold.notify" })),
    ...Object.values(map.budget?.push ?? {})
      .filter((text) => text !== undefined)
      .flatMap(placeholdersIn)
      .map((name) => ({ name, by: "budget.push" })),
    ...(map.budget?.spend ? [map.budget.spend.url, ...Object.values(map.budget.spend.headers ?? {})] : [])
      .flatMap(placeholdersIn)
      .map((name) => ({ name, by: "budget.spend" })),
  ];
  return [...new Set(uses.map(({ name }) => name))].map((name) => ({
    name,
    orElse: sameVariables(name).slice(1),
    neededBy: [...new Set(uses.flatMap((use) => (use.name === name ? use.by : [])))],
  }));
}

export function missingVariables(map: RoutingMap, environment: Environment): readonly NeededVariable[] {
  return neededVariables(map).filter(({ name }) => lookUp(name, environment) === null);
}

export function describeMissing({ name, orElse, neededBy }: NeededVariable): string {
  return `${[name, ...orElse].join(" or ")} (for ${neededBy.join(", ")})`;
}
