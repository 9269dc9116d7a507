import type { CallLimits } from "../domain/routing.ts";
import { policyOf, type Failure } from "../domain/failure.ts";

export interface RetryQuestion {
  readonly failure: Failure;
  /** How long the failed attempt took. */
  readonly attemptMs: number;
  /** Tries on this route so far, in this call. */
  readonly triesOnRoute: number;
  readonly attemptsLeft: number;
  readonly untriedCandidates: number;
  /** Failures in a row that this isolate's calls have seen on the route. */
  readonly recentFailures: number;
  readonly msToDeadline: number;
}

/** An error after this long was not quick; another try would cost the caller too much. */
const QUICK_MS = 3_000;
const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 2_000;

/**
 * How long to wait before the same route is tried again; null: it is not.
 * Only while more attempts are left than candidates untried, so that every
 * tier is reached, and never on a route that fails other calls too.
 */
export function retryDelayMs(question: RetryQuestion, limits: CallLimits, random: () => number): number | null {
  const { failure, triesOnRoute } = question;
  const policy = policyOf(failure.kind).retrySame;
  if (policy === "never" || triesOnRoute > limits.sameRouteRetries) return null;
  if (question.attemptsLeft <= question.untriedCandidates) return null;
  if (question.recentFailures > triesOnRoute) return null;
  const delay = delayMs(question, limits, random);
  return delay !== null && delay < question.msToDeadline ? delay : null;
}

function delayMs({ failure, triesOnRoute, attemptMs }: RetryQuestion, limits: CallLimits, random: () => number) {
  if (failure.retryAfterMs !== undefined) {
    // Told to come back at once, many would: the jitter is the least that is waited.
    const waitMs = Math.max(failure.retryAfterMs, backoffMs(triesOnRoute - 1, random));
    return failure.retryAfterMs <= limits.retryAfterWaitMs ? waitMs : null;
  }
  if (policyOf(failure.kind).retrySame === "when_told" || attemptMs > QUICK_MS) return null;
  return backoffMs(triesOnRoute - 1, random);
}

/** Full jitter up to 200 ms × 2ⁿ, capped at 2 s. `retry` counts from 0. */
export function backoffMs(retry: number, random: () => number): number {
  return random() * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(retry, 10));
}
