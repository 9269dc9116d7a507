import { describe, expect, it } from "vitest";
import { nearLimitMs, rateLimitsOf } from "../../../src/providers/rate-limits.ts";

const NOW = Date.parse("2026-11-21T10:00:00Z");

function limits(headers: Readonly<Record<string, string>>) {
  return rateLimitsOf(new Headers({ "content-type": "application/json", "retry-after": "9", ...headers }), NOW);
}

describe("a provider's rate-limit headers", () => {
  it.each([
    [
      "OpenAI, Groq, xAI",
      {
        "x-ratelimit-limit-requests": "5000",
        "x-ratelimit-remaining-requests": "4999",
        "x-ratelimit-reset-requests": "12ms",
        "x-ratelimit-limit-tokens": "160000",
        "x-ratelimit-remaining-tokens": "159976",
        "x-ratelimit-reset-tokens": "6m0s",
      },
      [
        { what: "requests", limit: 5000, remaining: 4999, resetMs: 12 },
        { what: "tokens", limit: 160_000, remaining: 159_976, resetMs: 360_000 },
      ],
    ],
    [
      "Anthropic",
      {
        "anthropic-ratelimit-input-tokens-limit": "30000",
        "anthropic-ratelimit-input-tokens-remaining": "1000",
        "anthropic-ratelimit-input-tokens-reset": "2026-11-21T10:00:30Z",
      },
      [{ what: "input-tokens", limit: 30_000, remaining: 1000, resetMs: 30_000 }],
    ],
    [
      "Mistral and Cerebras",
      { "x-ratelimit-limit-tokens-minute": "500000", "x-ratelimit-remaining-tokens-minute": "499000" },
      [{ what: "tokens-minute", limit: 500_000, remaining: 499_000, resetMs: null }],
    ],
    [
      "OpenRouter",
      {
        "x-ratelimit-limit": "20",
        "x-ratelimit-remaining": "3",
        "x-ratelimit-reset": String(NOW + 5_000),
      },
      [{ what: "", limit: 20, remaining: 3, resetMs: 5_000 }],
    ],
    [
      "the IETF's draft",
      { "ratelimit-limit": "100, 100;w=60", "ratelimit-remaining": "50", "ratelimit-reset": "60" },
      [{ what: "", limit: 100, remaining: 50, resetMs: 60_000 }],
    ],
    ["Google and Amazon", {}, []],
    ["one that says only half of it", { "x-ratelimit-remaining-requests": "0" }, []],
    ["one that talks nonsense", { "x-ratelimit-limit-requests": "many", "x-ratelimit-remaining-requests": "NaN" }, []],
  ])("(%s) have one shape", (_provider, headers, expected) => {
    expect(limits({ ...headers })).toEqual(expected);
  });
});

function limit(remaining: number, more: object = {}) {
  return { what: "tokens", limit: 1000, remaining, resetMs: null, ...more };
}

describe("a route", () => {
  it.each([
    ["with a tenth left", [limit(100)], null],
    ["with less than a tenth", [limit(99)], 60_000],
    ["that says when it is whole again", [limit(0, { resetMs: 1500 })], 1500],
    ["near two of its limits, for the longer", [limit(0, { resetMs: 1500 }), limit(0, { resetMs: 2500 })], 2500],
    ["near a day's limit, and looked at again soon", [limit(1, { resetMs: 80_000_000 })], 600_000],
    ["with one request left of ten", [limit(1, { what: "requests", limit: 10 })], 60_000],
    ["that is allowed one request at a time", [limit(1, { what: "requests", limit: 1 })], null],
    ["without a word of limits", [], null],
  ])("%s is near its limit for so long", (_which, given, expected) => {
    expect(nearLimitMs(given, 10)).toBe(expected);
  });
});
