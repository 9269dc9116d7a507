/** How much more than estimated a route's prompts really have, by what its provider reports. */
import type { LedgerState } from "./ledger-state.ts";

/** A short prompt is mostly what a provider puts around it: it says nothing of long ones. */
const LEAST_TOKENS = 500;
/** Whatever somebody makes a provider report: no estimate grows beyond this. */
const MOST = 3;
/** Half of what it was above one is forgotten in this time. */
const HALF_LIFE_MS = 600_000;

/** At least 1: estimates err high, and a route that reports less does not make them smaller. */
export function ratioOf({ ratios }: LedgerState, routeId: string, now: number): number {
  const known = ratios.get(routeId);
  if (known === undefined) return 1;
  return 1 + (known.ratio - 1) * 0.5 ** (Math.max(0, now - known.atMs) / HALF_LIFE_MS);
}

/** `counted`: before any ratio. */
export function noteRatio(state: LedgerState, routeId: string, reported: number, counted: number, now: number): void {
  if (counted < LEAST_TOKENS) return;
  const seen = Math.min(MOST, reported / counted);
  // Up at once, for money must not run over; down with time.
  if (seen > ratioOf(state, routeId, now)) state.ratios.set(routeId, { ratio: seen, atMs: now });
}
