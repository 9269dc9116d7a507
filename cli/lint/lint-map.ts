/**
 * The lint of a routing map: what is right as JSON, would be deployed, and
 * would let people down one day. Each rule is a pure function of the map; here
 * is the list of them, and where in the file what they find stands.
 */
import { placeOf, readJsonPlaces, withoutMark } from "../../src/routing/json-places.ts";
import type { Environment } from "../../src/routing/placeholder.ts";
import type { RoutingMap } from "../../src/routing/routing-map.ts";
import type { MapFile } from "../read-map.ts";
import { breakerNumbers } from "./breaker-numbers.ts";
import { duplicateRoutes, paidBeforeFree, paidClustered } from "./chain-order.ts";
import { chainsOf, mapRoutes } from "./chains.ts";
import { prefillRefusers } from "./continuation.ts";
import { shortDeadlines } from "./deadlines.ts";
import { findingAt } from "./finding.ts";
import type { Finding, Found } from "./finding.ts";
import { idleSteps, endlessLadders } from "./ladders.ts";
import { missingKeys, missingPrices, unsetVariables } from "./missing.ts";
import {
  nobodyToTell,
  nothingForFree,
  nothingToPrefer,
  oneProviderOrHost,
  rolledOutToNobody,
  smallerContexts,
} from "./reach.ts";

/** In the order of the file. `environment` null: the map alone is judged, whatever is set. */
export function lintMap({ file, text, map }: MapFile, environment: Environment | null): readonly Finding[] {
  const json = withoutMark(text);
  const places = readJsonPlaces(json);
  return everythingFound(map, environment)
    .map((found) => findingAt(found, { file, ...placeOf(found.path, json, places) }))
    .toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0));
}

function everythingFound(map: RoutingMap, environment: Environment | null): readonly Found[] {
  const routes = mapRoutes(map, environment ?? (() => undefined));
  const chains = chainsOf(map, routes);
  return [
    ...duplicateRoutes(routes),
    ...chains.flatMap(paidBeforeFree),
    ...chains.flatMap(paidClustered),
    ...chains.flatMap(oneProviderOrHost),
    ...chains.flatMap(rolledOutToNobody),
    ...nothingForFree(routes),
    ...nothingToPrefer(map, chains),
    ...smallerContexts(routes),
    ...missingPrices(routes),
    ...missingKeys(routes),
    ...(environment === null ? [] : unsetVariables(map, routes, environment)),
    ...nobodyToTell(map),
    ...shortDeadlines(map, chains),
    ...breakerNumbers(map),
    ...endlessLadders(map),
    ...idleSteps(map),
    ...prefillRefusers(map, chains),
  ];
}
