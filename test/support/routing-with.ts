import type { Routing } from "../../src/domain/routing.ts";
import { resolveRouting } from "../../src/routing/resolve-routing.ts";
import { RoutingMap } from "../../src/routing/routing-map.ts";

/** A map as people write it, ready to be used. */
export function routingWith(
  map: Record<string, unknown>,
  environment: (name: string) => string | undefined = () => undefined,
): Routing {
  return resolveRouting(RoutingMap.parse(map), environment);
}
