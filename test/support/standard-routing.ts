import type { Routing } from "../../src/domain/routing.ts";
import { resolveRouting } from "../../src/routing/resolve-routing.ts";
import { RoutingMap } from "../../src/routing/routing-map.ts";

/** What a map that says nothing becomes, with no route. `more` is written as in a map. */
export function standardRouting(
  more: Record<string, unknown> = {},
  environment: (name: string) => string | undefined = () => undefined,
): Routing {
  const map = RoutingMap.parse({ hot: [{ provider: "ollama", model: "nobody" }], ...more });
  return { ...resolveRouting(map, environment), routes: [] };
}
