import type { CheckSettings } from "../domain/checks.ts";
import type { Route } from "../domain/route.ts";

/** All in milliseconds since 1970; null: never. */
export interface CheckMoments {
  /** The route's latest outcome of a call or a probe. */
  readonly outcomeMs: number | null;
  /** The latest outcome of any route. */
  readonly serviceMs: number | null;
  /** The route's latest check. */
  readonly checkMs: number | null;
  /** From when on routes are watched. */
  readonly sinceMs: number;
  /** Did the latest check fail? */
  readonly failing: boolean;
}

/** A service that nobody has called for so long is idle. */
const IDLE_AFTER_MS = 600_000;

/** After a check that failed the next one follows soon: a dead route is to be open before somebody needs it. */
const AGAIN_MS = 5_000;

const DAY_MS = 86_400_000;

/** Of a route's daily limit checks use at most this part. */
const SHARE_OF_DAY = 100;

/** When the route is to be checked, by the moments alone; null: never. Who may be asked at all is the caller's to know. */
export function checkDueMs(route: Route, at: CheckMoments, settings: CheckSettings, now: number): number | null {
  if (!settings.enabled || route.cost === "free") return null;
  const perDay = settings.dailyRequests.get(route.id);
  const mostPerDay = perDay === undefined ? Infinity : Math.floor(perDay / SHARE_OF_DAY);
  if (mostPerDay === 0) return null;
  const idle = at.serviceMs === null || now - at.serviceMs > IDLE_AFTER_MS;
  const everyMs = idle ? Math.max(settings.idleEveryMs, settings.everyMs) : settings.everyMs;
  const checkMs = at.checkMs ?? at.sinceMs;
  const calledSince = (at.outcomeMs ?? -Infinity) > checkMs;
  const wantedMs =
    at.failing && !calledSince
      ? checkMs + Math.min(AGAIN_MS, everyMs)
      : Math.max(at.outcomeMs ?? 0, checkMs, at.sinceMs) + everyMs;
  return at.checkMs === null ? wantedMs : Math.max(wantedMs, at.checkMs + Math.ceil(DAY_MS / mostPerDay));
}
