import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loopErrorOf } from "../../../src/chat/request-loop.ts";
import { FAILURE_KINDS } from "../../../src/domain/failure.ts";
import type { Refusal } from "../../../src/domain/refusal.ts";

/** What time, money or an operator mends. */
const EXCLUDED = FAILURE_KINDS.filter((kind) => !["unreadable", "empty_answer", "answer_too_large"].includes(kind));

const OURS: readonly Refusal[] = [
  { kind: "unauthorized" },
  { kind: "limit_reached", limit: "requestsPerMinute", scope: "tenant:acme", retryAfterMs: 1 },
  { kind: "budget_exhausted", scope: "tenant:acme", resetsInMs: 1, retryAfterMs: 1 },
  { kind: "paused", retryAfterMs: 1 },
  { kind: "deadline_exceeded", failures: ["unreadable"], retryAfterMs: 1 },
  { kind: "providers_failed", failures: [], retryAfterMs: 1 },
  { kind: "unavailable", what: "The ledger of budgets", retryAfterMs: 1 },
  { kind: "routing_loop" },
  { kind: "caller_gone" },
  { kind: "request_loop", error: "request_rejected", reason: null, times: 3, retryAfterMs: 1 },
];

describe("what counts towards a loop", () => {
  it("is never an outage, a rate limit, a quota, a key, money or time, alone or among others", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...FAILURE_KINDS), { maxLength: 5 }),
        fc.constantFrom(...EXCLUDED),
        fc.nat(5),
        (others, excluded, place) => {
          const failures = others.toSpliced(place, 0, excluded);
          expect(loopErrorOf({ kind: "providers_failed", failures, retryAfterMs: 5_000 })).toBeNull();
        },
      ),
    );
  });

  it.each(OURS)("is never $kind", (refusal) => {
    expect(loopErrorOf(refusal)).toBeNull();
  });

  it("is what the provider rejects, filters or finds too long, the same whatever ids and numbers its words hold", () => {
    expect(of("request_rejected", "too hot: 3, req_011CSabc12")).toBe(
      of("request_rejected", "too hot: 4, req_011CSxyz99"),
    );
    expect(of("request_rejected", "too hot")).not.toBe(of("request_rejected", "too cold"));
    expect(of("content_filtered", "no")).toMatch(/^content_filtered /);
    expect(of("context_too_long", "8000 tokens")).toBe(of("context_too_long", "9000 tokens"));
  });

  it("is what nobody could read, from every route", () => {
    expect(loopErrorOf({ kind: "providers_failed", failures: ["unreadable", "empty_answer"], retryAfterMs: 1 })).toBe(
      "empty_answer",
    );
  });
});

function of(kind: "request_rejected" | "content_filtered" | "context_too_long", reason: string): string | null {
  return loopErrorOf({ kind, reason, param: null });
}
