/** What the watchdog has done and not yet seen the end of. Plain data, kept by the switchboard. Moments are milliseconds since 1970. */
import type { WatchdogAction, WatchdogSettings } from "../domain/watchdog.ts";

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
  /** In one line; absent: it was put there before this was kept. */
  readonly why?: string;
  readonly sinceMs: number;
  readonly untilMs: number;
}

export interface Kill {
  readonly atMs: number;
  readonly why?: string;
  /** When a person was seen to have switched it on again; null: it is off. */
  readonly endedMs: number | null;
}

export interface Paused {
  readonly account: string;
  readonly atMs: number;
  readonly why?: string;
  /** When a person was seen to have resumed it; null: it is paused. */
  readonly endedMs: number | null;
}

export const nothingHeld: Held = { preferred: {}, dealtWith: [], released: {}, killed: {}, paused: {} };

/** The same for people: what it may do, and what of it lasts. */
export interface Acting {
  readonly allowed: readonly WatchdogAction[];
  readonly holdMinutes: number;
  readonly preferred: readonly {
    readonly kind: string;
    readonly route: string;
    readonly instead: string;
    readonly why?: string;
    readonly sinceMs: number;
    readonly untilMs: number;
  }[];
  readonly killed: readonly { readonly route: string; readonly atMs: number; readonly why?: string }[];
  readonly paused: readonly { readonly provider: string; readonly atMs: number; readonly why?: string }[];
}

export function actingOf({ preferred, killed, paused }: Held, { act, holdMs }: WatchdogSettings): Acting {
  return {
    allowed: [...act],
    holdMinutes: holdMs / 60_000,
    preferred: Object.entries(preferred).map(([kind, { routeId: route, ...more }]) => ({ kind, route, ...more })),
    killed: lasting(killed).map(([route, { endedMs: _ended, ...more }]) => ({ route, ...more })),
    paused: lasting(paused).map(([provider, { endedMs: _ended, account: _account, ...more }]) => ({
      provider,
      ...more,
    })),
  };
}

function lasting<Of extends { readonly endedMs: number | null }>(held: Readonly<Record<string, Of>>): [string, Of][] {
  return Object.entries(held).filter(([, { endedMs }]) => endedMs === null);
}
