/** Fallbacks that refuse an answer which was begun, in kinds whose answers are gone on with. */
import { providers } from "../../src/providers/all.ts";
import { apiOf } from "../../src/routing/api-of.ts";
import type { KindEntry } from "../../src/routing/map-kinds.ts";
import type { RoutingMap } from "../../src/routing/routing-map.ts";
import { routesOfKind } from "./chains.ts";
import type { Chain, MapRoute } from "./chains.ts";
import type { Found } from "./finding.ts";

/** One for each route, however many kinds it is in. */
export function prefillRefusers(map: RoutingMap, chains: readonly Chain[]): readonly Found[] {
  const kinds = Object.entries(map.kinds ?? {}).filter(([, kind]) => isContinued(kind));
  const named = Object.keys(map.kinds ?? {}).length > 0 ? kinds.map(([name]) => name) : [null];
  const refusers = new Map<MapRoute, string[]>();
  for (const kind of named) {
    for (const route of routesOfKind(kind, chains).slice(1).filter(refusesPrefill)) {
      refusers.set(route, [...(refusers.get(route) ?? []), kind ?? "auto"]);
    }
  }
  return [...refusers].map(([route, inKinds]) => ({
    code: "fallback_refuses_prefill",
    path: [...route.path, "capabilities", "prefill"],
    found: `${route.id} refuses an answer that was begun, and ${inKinds.join(", ")} may ask it to go on with one`,
    instead: 'Put a model that takes a prefill there, or write "continue": false in the kind.',
  }));
}

/** A whole answer is held back until it is one: nothing breaks off that anybody has seen. */
function isContinued({ continue: continues = true, commit, answeredBy }: KindEntry): boolean {
  return continues && commit !== "whole" && answeredBy !== "human";
}

/**
 * The map's word, else what is known of Claude, which answers 400. Others take
 * the message and begin anew, which is why they are asked in words.
 */
function refusesPrefill({ entry, baseUrl }: MapRoute): boolean {
  const said = entry.capabilities?.prefill;
  if (said !== undefined) return !said;
  // Which region it will be says nothing of the API.
  const url = baseUrl.replaceAll(/\$\{\w+\}/g, "unset");
  const api = entry.api ?? (URL.canParse(url) ? apiOf(entry, url) : "openai");
  return (api === "anthropic" || api === "bedrock") && !providers[api].takesPrefill(entry.model);
}
