import type { Limit } from "../lib/watchdog.ts";
import { OUT_OF_TIME } from "../providers/send.ts";

/** A provider that did not answer within this was silent, whoever set the limit; with less time nothing is known of it. */
const FAIR_TIME_MS = 5_000;

/**
 * The shorter of a route's own clock and the attempt's share of the call's
 * deadline. Where the share ends before the provider had a fair time (a slow
 * upload, a short deadline, the last of several attempts), it is not to blame.
 */
export function attemptClock(ownMs: number, name: string, shareMs: number, usedMs = 0): Limit {
  if (ownMs <= shareMs) return { limitMs: ownMs, name };
  return { limitMs: shareMs, name: shareMs + usedMs >= FAIR_TIME_MS ? "deadline" : OUT_OF_TIME };
}
