/** Of the last outcomes of a route so many are looked at, and so many failures tell. */
const RECENT = 5;
const FAILURES_TOLD = 3;

/**
 * Whoever is shown a route must not take it for a healthy one, though its circuit has not opened yet: failures must
 * follow one another. What is over is over. `last`: 1 answered, 0 failed, the oldest first.
 */
export function isFailing(last: readonly number[]): boolean {
  return last.slice(-RECENT).filter((outcome) => outcome === 0).length >= FAILURES_TOLD;
}
