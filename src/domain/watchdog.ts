/** What the map lets the watchdog do by itself. */
export const WATCHDOG_ACTIONS = ["prefer_free", "kill", "pause"] as const;
export type WatchdogAction = (typeof WATCHDOG_ACTIONS)[number];

export interface WatchdogSettings {
  readonly act: ReadonlySet<WatchdogAction>;
  /** A route that was put first stays so for no longer. */
  readonly holdMs: number;
}

export const NO_ACTIONS: WatchdogSettings = { act: new Set(), holdMs: 3_600_000 };
