/** What the map leaves out: a price, a key, a variable that nobody has set. */
import { keyVariable } from "../../src/routing/fill-entry.ts";
import { describeAlternatives, missingVariables } from "../../src/routing/map-variables.ts";
import type { NeededVariable } from "../../src/routing/map-variables.ts";
import type { Environment } from "../../src/routing/placeholder.ts";
import { priceOf } from "../../src/routing/price-list.ts";
import type { RoutingMap } from "../../src/routing/routing-map.ts";
import type { MapRoute } from "./chains.ts";
import type { Found } from "./finding.ts";

export function missingPrices(routes: readonly MapRoute[]): readonly Found[] {
  return routes.flatMap(({ id, path, provider, cost, entry }): Found[] => {
    if (cost !== "paid" || entry.price !== undefined || priceOf(provider, entry.model) !== null) return [];
    const found = `${id} is paid, and neither the map nor the shipped list knows its price`;
    const instead = 'Write "price": { "inputPerMillion": …, "outputPerMillion": … }, or "cost": "free".';
    return [{ code: "missing_price", path: [...path, "price"], found, instead }];
  });
}

/** A header of the route's own may be what its host knows it by. */
export function missingKeys(routes: readonly MapRoute[]): readonly Found[] {
  return routes.flatMap(({ id, path, provider, cost, entry }): Found[] => {
    if (cost === "local" || keyVariable(entry).length > 0 || entry.headers !== undefined) return [];
    const found = `${id} names no variable for its key, and Lisbon knows none of the provider "${provider}"`;
    const instead = 'Write "key": "${NAME_OF_A_VARIABLE}"; or "cost": "local" where it needs none.';
    return [{ code: "missing_key", path: [...path, "key"], found, instead }];
  });
}

export function unsetVariables(
  map: RoutingMap,
  routes: readonly MapRoute[],
  environment: Environment,
): readonly Found[] {
  return missingVariables(map, environment).map((variable) => ({
    code: "missing_variable",
    path: placeOfUse(variable, map, routes),
    found: `not set: ${describeAlternatives(variable.name)} (for ${variable.neededBy.join(", ")})`,
    instead: "Set it at each Worker (npx wrangler secret put, or --env-file), or take out what needs it.",
  }));
}

function placeOfUse({ name, neededBy }: NeededVariable, map: RoutingMap, routes: readonly MapRoute[]): PropertyKey[] {
  const [first = ""] = neededBy;
  const route = routes.find(({ id }) => id === first);
  if (route) return [...route.path, ...memberWith(route, name)];
  if (first !== "cold.notify") return first.split(".");
  const index = map.cold?.notify?.findIndex((target) => target.includes(`\${${name}}`)) ?? 0;
  return ["cold", "notify", index];
}

function memberWith({ entry }: MapRoute, name: string): readonly string[] {
  const uses = (text: string | undefined): boolean => text?.includes(`\${${name}}`) ?? false;
  if (uses(entry.baseUrl)) return ["baseUrl"];
  const header = Object.entries(entry.headers ?? {}).find(([, text]) => uses(text))?.[0];
  return header === undefined ? ["key"] : ["headers", header];
}
