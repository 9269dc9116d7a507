/** Proactive checks: a tiny request to a route that nobody has called of late. */
export interface CheckSettings {
  readonly enabled: boolean;
  /** Without an outcome for so long a route is checked. */
  readonly everyMs: number;
  /** The same while nobody calls the service at all. */
  readonly idleEveryMs: number;
  /** By route id: what its provider allows in a day, where the map says so. */
  readonly dailyRequests: ReadonlyMap<string, number>;
}

export const NO_CHECKS: CheckSettings = {
  enabled: false,
  everyMs: 30_000,
  idleEveryMs: 600_000,
  dailyRequests: new Map(),
};
