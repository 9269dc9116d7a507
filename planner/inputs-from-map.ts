/** The inputs that a routing map knows; the rest is assumed until it is measured or set. */
import { FREE } from "../src/domain/price.ts";
import type { Price } from "../src/domain/price.ts";
import type { CostClass } from "../src/domain/route.ts";
import { chainsOf, mapRoutes, routesOfKind } from "../cli/lint/chains.ts";
import type { MapRoute } from "../cli/lint/chains.ts";
import { callLimits, coldSettings, DEFAULT_DEADLINE_SECONDS } from "../src/routing/map-defaults.ts";
import { priceOf } from "../src/routing/price-list.ts";
import type { RoutingMap } from "../src/routing/routing-map.ts";
import { INPUT_TABLE } from "./input-table.ts";
import { defaultsOf, KIND_FIELDS, ROUTE_FIELDS } from "./inputs.ts";
import type { Input, KindInputs, PlanInputs, RouteInputs } from "./inputs.ts";

const DAY_MS = 86_400_000;

/** Routes that are switched off are left out, and so is Warm where the map's flag keeps it off. */
export function inputsFromMap(map: RoutingMap): PlanInputs {
  const warm = map.flags?.enable_warm_fallback !== false;
  const routes = mapRoutes(map, () => undefined).filter(({ list }) => list === "hot" || (list === "warm" && warm));
  const chains = chainsOf(map, routes);
  const named = Object.keys(map.kinds ?? {});
  return {
    general: { ...defaultsOf(INPUT_TABLE), ...generalOf(map) },
    kinds: ["auto", ...named].map((kind) => {
      const entry = map.kinds?.[kind];
      const asked = entry?.answeredBy === "human" ? [] : routesOfKind(kind, chains);
      const share = named.length === 0 ? 100 : kind === "auto" ? 0 : 100 / named.length;
      return kindInputs(kind, asked, share, entry?.deadlineSeconds);
    }),
    routes: routes.map(routeInputs),
  };
}

function generalOf(map: RoutingMap): Partial<Record<keyof typeof INPUT_TABLE, Input>> {
  const limits = callLimits(map.limits ?? {});
  const cold = coldSettings(map.cold ?? {});
  const queueOn = cold.mode !== "off" && map.flags?.enable_cold_queue !== false;
  return {
    sameRouteRetries: ofMap(limits.sameRouteRetries),
    maxAttempts: ofMap(limits.maxAttempts ?? 0),
    retainDays: ofMap(cold.retainMs / DAY_MS),
    queueOn: ofMap(queueOn ? 1 : 0),
  };
}

function kindInputs(
  kind: string,
  chain: readonly MapRoute[],
  sharePercent: number,
  deadlineSeconds: number = DEFAULT_DEADLINE_SECONDS,
): KindInputs {
  const fields = {
    ...defaultsOf(KIND_FIELDS),
    sharePercent: { value: sharePercent, source: "assumed" },
    deadlineSeconds: ofMap(deadlineSeconds),
  };
  return { kind, chain: chain.map(({ id }) => id), fields };
}

function routeInputs({ id, list, provider, entry, cost }: MapRoute): RouteInputs {
  const listed = cost === "paid" ? priceOf(provider, entry.model) : FREE;
  const source = entry.price !== undefined ? "the map" : sourceOfPrice(cost, listed !== null);
  const { inputPerMillion, outputPerMillion } = entry.price ?? perMillion(listed ?? FREE);
  const fields = {
    ...defaultsOf(ROUTE_FIELDS),
    inputPrice: { value: inputPerMillion, source },
    outputPrice: { value: outputPerMillion, source },
  };
  return { id, tier: list === "hot" ? "hot" : "warm", provider, fields };
}

function sourceOfPrice(cost: CostClass, listed: boolean): string {
  if (cost !== "paid") return `the map (${cost})`;
  return listed ? "price list" : "unknown, taken as 0";
}

function perMillion({ input, output }: Price): { readonly inputPerMillion: number; readonly outputPerMillion: number } {
  return { inputPerMillion: input, outputPerMillion: output };
}

function ofMap(value: number): Input {
  return { value, source: "the map" };
}
