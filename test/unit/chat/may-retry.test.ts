import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs, retryDelayMs, type RetryQuestion } from "../../../src/chat/may-retry.ts";
import { callLimits } from "../../../src/routing/map-defaults.ts";
import { FAILURE_KINDS } from "../../../src/domain/failure.ts";

const limits = callLimits({});

function asked(more: Partial<RetryQuestion> = {}): RetryQuestion {
  return {
    failure: { kind: "server_error", detail: "" },
    attemptMs: 50,
    triesOnRoute: 1,
    attemptsLeft: 5,
    untriedCandidates: 3,
    recentFailures: 1,
    msToDeadline: 20_000,
    ...more,
  };
}

const delayOf = (question: RetryQuestion): number | null => retryDelayMs(question, limits, () => 0.5);

describe("the same route is tried again", () => {
  it("after a quick, clean error", () => {
    expect(delayOf(asked())).toBe(100);
  });

  it("only as often as sameRouteRetries says", () => {
    expect(delayOf(asked({ triesOnRoute: 2, recentFailures: 2 }))).toBeNull();
  });

  it("only while more attempts are left than candidates untried", () => {
    expect(delayOf(asked({ attemptsLeft: 3 }))).toBeNull();
    expect(delayOf(asked({ attemptsLeft: 4 }))).not.toBeNull();
  });

  it("not after an error that came slowly", () => {
    expect(delayOf(asked({ attemptMs: 5_000 }))).toBeNull();
  });

  it("not where the wait would pass the deadline", () => {
    expect(delayOf(asked({ msToDeadline: 90 }))).toBeNull();
  });

  it("never after silence, a refused connection, or what another try would not mend", () => {
    const retried = FAILURE_KINDS.filter(
      (kind) => delayOf(asked({ failure: { kind, detail: "", retryAfterMs: 1 } })) !== null,
    );

    expect(retried.toSorted()).toEqual(["overloaded", "rate_limited", "reset", "server_error"]);
  });
});

describe("the back-off", () => {
  it("is between 0 and 200 ms × 2ⁿ, and at most 2 s, however many tries there were", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (retry, chance) => {
        const ms = backoffMs(retry, () => chance);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(Math.min(2_000, 200 * 2 ** retry));
      }),
    );
  });
});
