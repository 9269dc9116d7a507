import type { Breakers } from "../breaker/breakers.ts";
import { whyUnavailable } from "../chat/plan-candidates.ts";
import type { Routing } from "../domain/routing.ts";

export interface RouteState {
  readonly id: string;
  readonly status: "healthy" | "paused" | "open" | "killed" | "account_out" | "warm_off" | "off";
}

/** Every route of the map with its state, as this isolate's snapshot has it. */
export function routeStates(deps: { readonly routing: Routing; readonly breakers: Breakers }): readonly RouteState[] {
  const { routing, breakers } = deps;
  return [
    ...routing.routes.map((route) => ({
      id: route.id,
      status: whyUnavailable(route, breakers) ?? ("healthy" as const),
    })),
    ...routing.off.map(({ id }) => ({ id, status: "off" as const })),
  ];
}
