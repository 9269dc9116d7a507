import type { Breakers } from "../breaker/breakers.ts";
import type { Routing } from "../domain/routing.ts";

export interface RouteState {
  readonly id: string;
  readonly status: "healthy" | "open" | "killed" | "account_out" | "off";
}

/** Every route of the map with its state, as this isolate's snapshot has it. */
export function routeStates(deps: { readonly routing: Routing; readonly breakers: Breakers }): readonly RouteState[] {
  const { routing, breakers } = deps;
  return [
    ...routing.routes.map((route) => ({ id: route.id, status: breakers.blocked(route)?.why ?? ("healthy" as const) })),
    ...routing.off.map(({ id }) => ({ id, status: "off" as const })),
  ];
}
