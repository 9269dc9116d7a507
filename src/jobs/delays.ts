/** How long a job waits for what. Everything in milliseconds; `random` gives 0 to 1, as `Math.random`. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** No job sleeps longer by itself: ten minutes after the providers' return all are to be answered. */
export const LONGEST_WAIT_MS = 8 * MINUTE_MS;

/** A job that was parked: not before a route may be back, and the jobs of one outage not all at once. */
export function firstRunMs(retryAfterMs: number, random: () => number): number {
  const soonest = Math.max(SECOND_MS, retryAfterMs);
  return Math.min(LONGEST_WAIT_MS, Math.round(soonest * (1 + random() / 4)));
}

/** After the `failedRuns`th failed run in a row: 1, 2, 4, 8 … seconds, less up to a quarter. */
export function nextRunMs(failedRuns: number, random: () => number): number {
  const exponential = SECOND_MS * 2 ** Math.min(30, failedRuns - 1);
  return Math.round(Math.min(LONGEST_WAIT_MS, exponential) * (1 - random() / 4));
}

const SHORTEST_PUT_OFF_MS = 30 * SECOND_MS;
/** A quarter of it is jitter, so the first put-off is 30 to 40 s. */
const FIRST_PUT_OFF_MS = 40 * SECOND_MS;

/** The `putOffs`th time in a row that nobody could be asked: until a route may be back, at least doubling, less up to a quarter. */
export function putOffMs(putOffs: number, retryAfterMs: number, random: () => number): number {
  const growing = FIRST_PUT_OFF_MS * 2 ** Math.min(30, putOffs - 1);
  const longest = Math.min(LONGEST_WAIT_MS, Math.max(growing, retryAfterMs));
  return Math.max(SHORTEST_PUT_OFF_MS, Math.round(longest * (1 - random() / 4)));
}

/** After the `failed`th dispatch in a row that the transport did not take: 1, 2, 4 minutes. */
export function publishAgainMs(failed: number): number {
  return Math.min(LONGEST_WAIT_MS, MINUTE_MS * 2 ** Math.min(30, failed - 1));
}

/** The index or the notifier did not acknowledge: 5 s, doubling to 5 minutes. */
export function tellAgainMs(tries: number): number {
  return Math.min(5 * MINUTE_MS, 5 * SECOND_MS * 2 ** Math.min(30, tries));
}

/**
 * Before each try of a callback, from the try before it.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability
 */
export const CALLBACK_DELAYS_MS: readonly number[] = [
  0,
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];
