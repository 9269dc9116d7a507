/** One entry of the map and the environment become a route that can be called, or the reason why it is off. */
import { CAPABILITIES } from "../domain/route.ts";
import type { Route } from "../domain/route.ts";
import type { OffReason, RouteOff } from "../domain/routing.ts";
import { fail, ok } from "../lib/result.ts";
import type { Result } from "../lib/result.ts";
import { apiOf, trimBaseUrl } from "./api-of.ts";
import { ACCESS_KEY_ID } from "./aws-keys.ts";
import { fillEntry } from "./fill-entry.ts";
import { routeClocks } from "./map-defaults.ts";
import { costOf } from "./order-routes.ts";
import type { Environment } from "./placeholder.ts";
import { BEDROCK_KEY, canonicalProvider } from "./provider-table.ts";
import type { ListedRoute } from "./route-ids.ts";
import type { RouteEntry } from "./map-routes.ts";

export function resolveRoute(listed: ListedRoute<RouteEntry>, environment: Environment): Result<Route, RouteOff> {
  const { entry, id } = listed;
  const { model, price } = entry;
  const provider = canonicalProvider(entry.provider);
  const tier = listed.list;
  const off = (why: OffReason): Result<Route, RouteOff> => fail({ id, tier, provider, model, why });

  if (entry.enabled === false) return off({ kind: "disabled" });
  const filled = fillEntry(entry, environment);
  if (!filled.ok) return off(filled.failure);

  const { baseUrl, key, awsKeys, headers } = filled.value;
  const api = apiOf(entry, baseUrl);
  if (awsKeys !== null && api !== "bedrock") {
    const expected = `a bearer key, such as ${BEDROCK_KEY}: only calls of "api": "bedrock" are signed`;
    return off({ kind: "wrong_value", field: "key", names: [ACCESS_KEY_ID], expected });
  }

  const { host } = new URL(baseUrl);
  return ok({
    id,
    tier,
    provider,
    model,
    api,
    baseUrl: trimBaseUrl(baseUrl, api),
    host,
    key: awsKeys === null ? (key?.value ?? null) : null,
    awsKeys,
    headers,
    // Without a key there is no bill to share; what two routes share then is the server.
    account: entry.account ?? `${provider}:${key?.name ?? host}`,
    cost: costOf(entry),
    price: price
      ? { input: price.inputPerMillion, output: price.outputPerMillion, cachedInput: price.cachedInputPerMillion }
      : null,
    contextTokens: entry.context ?? null,
    cannot: new Set(CAPABILITIES.filter((capability) => entry.capabilities?.[capability] === false)),
    prefill: entry.capabilities?.prefill ?? null,
    trusted: entry.trusted ?? true,
    reasoning: entry.reasoning ?? false,
    rollout: entry.rollout ?? 100,
    clocks: routeClocks(entry),
  });
}
