import { describe, expect, it } from "vitest";
import { isReached, nearLimitMs, rateLimitsOf } from "../../../src/providers/rate-limits.ts";

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
      "Mistral",
      {
        "x-ratelimit-limit-tokens-minute": "500000",
        "x-ratelimit-remaining-tokens-minute": "499000",
        "x-ratelimit-tokens-query-cost": "52",
        "x-ratelimit-limit-req-minute": "720",
        "x-ratelimit-remaining-req-minute": "717",
      },
      [
        { what: "req-minute", limit: 720, remaining: 717, resetMs: null },
        { what: "tokens-minute", limit: 500_000, remaining: 499_000, resetMs: null },
      ],
    ],
    [
      "Cerebras",
      {
        "x-ratelimit-limit-requests-day": "1000000000",
        "x-ratelimit-remaining-requests-day": "999999995",
        "x-ratelimit-reset-requests-day": "33011.382867",
      },
      [{ what: "requests-day", limit: 1_000_000_000, remaining: 999_999_995, resetMs: 33_011_383 }],
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
    [
      "the IETF's later draft",
      {
        ratelimit: '"burst";r=5;t=1, "day";r=90;t=3600',
        "ratelimit-policy": '"burst";q=10;w=1, "day";q=100;w=86400',
      },
      [
        { what: "burst", limit: 10, remaining: 5, resetMs: 1_000 },
        { what: "day", limit: 100, remaining: 90, resetMs: 3_600_000 },
      ],
    ],
    [
      "the IETF's later draft, without a policy",
      { ratelimit: '"x";r=0' },
      [{ what: "x", limit: null, remaining: 0, resetMs: null }],
    ],
    ["Google and Amazon", {}, []],
    ["Azure, where it does not know", { "x-ratelimit-limit-tokens": "-1", "x-ratelimit-remaining-tokens": "-1" }, []],
    [
      "one that says only what is left",
      { "x-ratelimit-remaining-requests": "0" },
      [{ what: "requests", limit: null, remaining: 0, resetMs: null }],
    ],
    ["one that says only the limit", { "x-ratelimit-limit-requests": "5" }, []],
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
    ["with one request left of nobody knows how many", [limit(1, { what: "", limit: null })], 60_000],
    ["with two requests left of nobody knows how many", [limit(2, { what: "requests", limit: null })], null],
    ["with few tokens left of nobody knows how many", [limit(0, { limit: null })], null],
    ["without a word of limits", [], null],
  ])("%s is near its limit for so long", (_which, given, expected) => {
    expect(nearLimitMs(given, 10)).toBe(expected);
  });
});

describe("a limit", () => {
  const empty = { what: "requests", limit: 500, remaining: 0, resetMs: 8_000 };

  it.each([
    ["is reached where nothing is left and the provider says until when", empty, true],
    ["is not, where something is left", { ...empty, remaining: 1 }, false],
    ["is not, where nobody says when it is whole again", { ...empty, resetMs: null }, false],
    [
      "is not, where that is hours away: it may be a day's, which a quota error says better",
      { ...empty, resetMs: 7_200_000 },
      false,
    ],
  ])("%s", (_what, given, expected) => {
    expect(isReached([given])).toBe(expected);
  });
});
