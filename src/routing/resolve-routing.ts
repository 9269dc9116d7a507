/**
 * The map and the environment become what the Worker works with. Nothing here
 * fails: a route that lacks a variable, or whose base URL turns out to be none
 * once it is filled in, is off and says why; the others go on.
 */
import type { Kind } from "../domain/kind.ts";
import type { Routing } from "../domain/routing.ts";
import { orderRoutes } from "./order-routes.ts";
import type { Environment } from "./placeholder.ts";
import { resolveRoute } from "./resolve-route.ts";
import { listRoutes } from "./route-ids.ts";
import { breakerLimits, callLimits, DEFAULT_DEADLINE_SECONDS } from "./map-defaults.ts";
import type { KindEntry, RoutingMap } from "./routing-map.ts";

export function resolveRouting(map: RoutingMap, environment: Environment): Routing {
  const resolved = orderRoutes(listRoutes(map), map.order ?? "listed").map((listed) =>
    resolveRoute(listed, environment),
  );
  const routes = resolved.flatMap((result) => (result.ok ? [result.value] : []));
  const on = new Set(routes.map((route) => route.id));
  return {
    routes,
    off: resolved.flatMap((result) => (result.ok ? [] : [result.failure])),
    kinds: new Map(Object.entries(map.kinds ?? {}).map(([name, entry]) => [name, kindOf(name, entry, on)])),
    defaultKind: kindOf("auto", {}, on),
    limits: callLimits(map.limits ?? {}),
    breaker: breakerLimits(map.breaker ?? {}),
    flags: {
      enable_warm_fallback: map.flags?.enable_warm_fallback ?? true,
      enable_cold_queue: map.flags?.enable_cold_queue ?? true,
    },
  };
}

function kindOf(name: string, entry: KindEntry, on: ReadonlySet<string>): Kind {
  return {
    name,
    deadlineMs: (entry.deadlineSeconds ?? DEFAULT_DEADLINE_SECONDS) * 1000,
    stream: entry.stream ?? "pumped",
    routeIds: entry.routes?.filter((id) => on.has(id)) ?? null,
  };
}
