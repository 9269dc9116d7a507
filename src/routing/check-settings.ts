/** What the map says of health checks. Only the switchboard asks, so it is no part of `Routing`, which every isolate has. */
import type { CheckSettings } from "../domain/checks.ts";
import { listRoutes } from "./route-ids.ts";
import type { RoutingMap } from "./routing-map.ts";

/** `development`: simulated providers mostly, and nobody to be told. */
export function checkSettings(map: RoutingMap, development: boolean): CheckSettings {
  const { enabled = !development, everySeconds = 30, idleMinutes = 10 } = map.checks ?? {};
  const limited = listRoutes(map).flatMap(({ id, entry }): [string, number][] =>
    entry.dailyRequests === undefined ? [] : [[id, entry.dailyRequests]],
  );
  return {
    enabled,
    everyMs: everySeconds * 1000,
    idleEveryMs: idleMinutes * 60_000,
    dailyRequests: new Map(limited),
  };
}
