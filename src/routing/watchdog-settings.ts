/** What the map lets the watchdog do. Only the switchboard asks, so it is no part of `Routing`, which every isolate has. */
import type { WatchdogSettings } from "../domain/watchdog.ts";
import type { RoutingMap } from "./routing-map.ts";

const DEFAULT_HOLD_MINUTES = 60;

/** Nothing, unless the map says so. */
export function watchdogSettings({ watchdog = {} }: Pick<RoutingMap, "watchdog">): WatchdogSettings {
  return { act: new Set(watchdog.act), holdMs: (watchdog.holdMinutes ?? DEFAULT_HOLD_MINUTES) * 60_000 };
}
