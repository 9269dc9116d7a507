import type { Unset } from "../domain/routing.ts";
import { lookUp, placeholdersIn, type Environment } from "./placeholder.ts";
import { percentFrom } from "./resolve-budget.ts";
import type { RoutingMap } from "./routing-map.ts";

/** What the map names beside its routes and nobody has set: it is silently without effect, and somebody must be told. */
export function findUnset(map: RoutingMap, environment: Environment): readonly Unset[] {
  const { notify = [] } = map.cold ?? {};
  const { push, spend } = map.budget ?? {};
  const texts: readonly (readonly [field: string, texts: readonly unknown[]])[] = [
    ["cold.notify", notify],
    ["budget.push", Object.values(push ?? {})],
    ["budget.spend", [spend?.url, ...Object.values(spend?.headers ?? {})]],
    [
      "identity",
      (map.identity ?? []).flatMap((entry) => [...Object.values(entry), ...(entry.authorizedParties ?? [])]),
    ],
  ];
  const unset = texts.flatMap(([field, values]) => {
    const names = values.flatMap((text) => (typeof text === "string" ? placeholdersIn(text) : []));
    const missing = [...new Set(names)].filter((name) => lookUp(name, environment) === null);
    return missing.length === 0 ? [] : [{ field, why: `not set: ${missing.join(", ")}` }];
  });
  const percent = environment("BUDGET_PAUSE_AT_PERCENT");
  const isWrong = percent !== undefined && percent.trim() !== "" && percentFrom(percent) === null;
  return isWrong ? [...unset, { field: "BUDGET_PAUSE_AT_PERCENT", why: "it is no percentage from 0 to 100" }] : unset;
}
