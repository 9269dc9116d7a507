/** What the watchdog has done and not yet seen the end of. Plain data, kept by the switchboard. Moments are milliseconds since 1970. */
export interface Held {
  /** By kind: the route that is put first. */
  readonly preferred: Readonly<Record<string, Preference>>;
  /** `kind route`: trouble of a kind's first route that was acted on, and is not over. */
  readonly dealtWith: readonly string[];
  /** By kind: a person has taken the route off its place, and until when nobody is put there again. */
  readonly released: Readonly<Record<string, number>>;
  /** By route id. */
  readonly killed: Readonly<Record<string, Kill>>;
  /** By provider. */
  readonly paused: Readonly<Record<string, Paused>>;
}

export interface Preference {
  readonly routeId: string;
  /** The route that is first by the map. */
  readonly instead: string;
  readonly sinceMs: number;
  readonly untilMs: number;
}

export interface Kill {
  readonly atMs: number;
  /** When a person was seen to have switched it on again; null: it is off. */
  readonly endedMs: number | null;
}

export interface Paused {
  readonly account: string;
  readonly atMs: number;
  /** When a person was seen to have resumed it; null: it is paused. */
  readonly endedMs: number | null;
}

export const nothingHeld: Held = { preferred: {}, dealtWith: [], released: {}, killed: {}, paused: {} };
