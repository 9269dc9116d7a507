/** Which variables a map needs, and which of them nobody has set. */
import { isSet, standInsFor } from "./aws-keys.ts";
import { variablesOf } from "./fill-entry.ts";
import { placeholdersIn } from "./placeholder.ts";
import type { Environment } from "./placeholder.ts";
import { sameVariables } from "./provider-table.ts";
import { listRoutes } from "./route-ids.ts";
import type { RouteEntry } from "./map-routes.ts";
import type { RoutingMap } from "./routing-map.ts";

export interface NeededVariable {
  readonly name: string;
  /** Others that mean the same; one of them is enough. */
  readonly orElse: readonly string[];
  /** Others that stand in for it together. */
  readonly orAll: readonly string[];
  /** Route ids, or the place in the map. */
  readonly neededBy: readonly string[];
}

/** Routes that are switched off in the map need nothing. */
export function neededVariables(map: RoutingMap): readonly NeededVariable[] {
  const uses = [
    ...listRoutes<RouteEntry>(map)
      .filter(({ entry }) => entry.enabled !== false)
      .flatMap(({ entry, id }) => variablesOf(entry).map((name) => ({ name, by: id }))),
    ...(map.cache?.embeddings ? variablesOf(map.cache.embeddings) : []).map((name) => ({
      name,
      by: "cache.embeddings",
    })),
    ...(map.cold?.notify ?? []).flatMap(placeholdersIn).map((name) => ({ name, by: "cold.notify" })),
    ...Object.values(map.budget?.push ?? {})
      .filter((text) => text !== undefined)
      .flatMap(placeholdersIn)
      .map((name) => ({ name, by: "budget.push" })),
    ...(map.identity ?? [])
      .flatMap(({ issuer, jwksUrl, audience = "", authorizedParties = [] }) => [
        issuer,
        jwksUrl,
        audience,
        ...authorizedParties,
      ])
      .flatMap(placeholdersIn)
      .map((name) => ({ name, by: "identity" })),
    ...(map.budget?.spend ? [map.budget.spend.url, ...Object.values(map.budget.spend.headers ?? {})] : [])
      .flatMap(placeholdersIn)
      .map((name) => ({ name, by: "budget.spend" })),
  ];
  return [...new Set(uses.map(({ name }) => name))].map((name) => ({
    name,
    orElse: sameVariables(name).slice(1),
    orAll: standInsFor(name),
    neededBy: [...new Set(uses.flatMap((use) => (use.name === name ? use.by : [])))],
  }));
}

export function missingVariables(map: RoutingMap, environment: Environment): readonly NeededVariable[] {
  return neededVariables(map).filter(({ name }) => !isSet(name, environment));
}

export function describeMissing({ name, neededBy }: NeededVariable): string {
  return `${describeAlternatives(name)} (for ${neededBy.join(", ")})`;
}

/** `ANTHROPIC_KEY or ANTHROPIC_API_KEY`: what would do, for people. */
export function describeAlternatives(name: string): string {
  const together = standInsFor(name).join(" with ");
  return [...sameVariables(name), ...(together ? [together] : [])].join(" or ");
}
