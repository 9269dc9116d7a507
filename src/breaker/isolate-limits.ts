/** What this isolate knows of the routes' own rate limits: read from their answers, and heard from the switchboard. */
import type { Route } from "../domain/route.ts";
import type { ExchangeOptions } from "./exchange.ts";
import { reportSoon } from "./exchange.ts";

/** Reading headers costs each call; far from a limit nothing changes that fast. */
const LOOK_AGAIN_MS = 1_000;
/** The others hear of it with their next snapshot: what is over by then (a limit per second) is no news for them. */
const WORTH_TELLING_MS = 2_000;

export function noteHeaders(options: ExchangeOptions, { id }: Route, headers: Headers): void {
  const { state, clock, routing, nearLimitMs, limitReached } = options;
  const { nearUntilMs, reached, lookedAtMs, untold } = state.rateLimits;
  const now = clock.now();
  const wasNear = (nearUntilMs.get(id) ?? 0) > now;
  if (!wasNear && now - (lookedAtMs.get(id) ?? -Infinity) < LOOK_AGAIN_MS) return;
  lookedAtMs.set(id, now);
  const nearMs = nearLimitMs?.(headers, now, routing.breaker.nearLimitPercent);
  if (nearMs === null || nearMs === undefined) {
    nearUntilMs.delete(id);
    reached.delete(id);
    return;
  }
  nearUntilMs.set(id, now + nearMs);
  const isNews = !wasNear || (limitReached?.(headers, now) === true && !reached.has(id));
  if (limitReached?.(headers, now) === true) reached.add(id);
  else reached.delete(id);
  if (!isNews || nearMs < WORTH_TELLING_MS) return;
  untold.add(id);
  reportSoon(options, true);
}

export function nearLimit({ state, clock }: ExchangeOptions, { id }: Route): boolean {
  const { nearUntilMs } = state.rateLimits;
  const heard = state.known?.near ?? null;
  if (nearUntilMs.size === 0 && heard === null) return false;
  return Math.max(nearUntilMs.get(id) ?? 0, heard?.get(id) ?? 0) > clock.now();
}

/** Nothing is left of it, as far as anybody has read. */
export function limitIsReached(options: ExchangeOptions, route: Route): boolean {
  const { rateLimits, known } = options.state;
  const has = rateLimits.reached.has(route.id) || known?.reached.has(route.id) === true;
  return has && nearLimit(options, route);
}
