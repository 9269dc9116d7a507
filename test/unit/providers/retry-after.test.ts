import { describe, expect, it } from "vitest";
import { durationMs, retryAfterMs } from "../../../src/providers/retry-after.ts";

const NOW = Date.parse("2026-11-19T12:00:00Z");
const DAY_MS = 86_400_000;

function wait(headers: Readonly<Record<string, string>>): number | undefined {
  return retryAfterMs(new Headers(headers), NOW);
}

describe("Retry-After", () => {
  it.each([
    ["0", 0],
    ["3", 3000],
    ["1.5", 1500],
    ["Thu, 19 Nov 2026 12:00:30 GMT", 30_000],
    ["Thu, 19 Nov 2026 11:00:00 GMT", 0],
    ["99999999999999999999", DAY_MS],
    ["Fri, 31 Dec 9999 23:59:59 GMT", DAY_MS],
    ["-5", undefined],
    ["NaN", undefined],
    ["Infinity", undefined],
    ["soon", undefined],
    ["1e3", undefined],
    ["", undefined],
  ])("of %j is %s milliseconds", (value, expected) => {
    expect(wait({ "retry-after": value })).toBe(expected);
  });

  it("in milliseconds goes before the one in seconds", () => {
    expect(wait({ "retry-after-ms": "120.4", "retry-after": "1" })).toBe(121);
    expect(wait({ "retry-after-ms": "-1", "retry-after": "1" })).toBe(1000);
  });
});

describe("a rate limit's reset", () => {
  it("counts where nothing remains, the longest of them", () => {
    const headers = {
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-requests": "120ms",
      "x-ratelimit-remaining-tokens": "0",
      "x-ratelimit-reset-tokens": "6m0s",
    };
    expect(wait(headers)).toBe(360_000);
    expect(wait({ ...headers, "x-ratelimit-remaining-tokens": "149984" })).toBe(120);
    expect(wait({ "x-ratelimit-reset-requests": "8.64s" })).toBeUndefined();
  });

  it("may be Anthropic's date", () => {
    expect(
      wait({
        "anthropic-ratelimit-input-tokens-remaining": "0",
        "anthropic-ratelimit-input-tokens-reset": "2026-11-19T12:00:42Z",
      }),
    ).toBe(42_000);
  });

  it("may be seconds to wait, or a moment in seconds or milliseconds", () => {
    expect(wait({ "x-ratelimit-reset": "15" })).toBe(15_000);
    expect(wait({ "x-ratelimit-reset": String(NOW / 1000 + 15) })).toBe(15_000);
    expect(wait({ "x-ratelimit-reset": String(NOW + 15_000) })).toBe(15_000);
  });
});

describe("a duration", () => {
  it.each([
    ["1s", 1000],
    ["6m0s", 360_000],
    ["120ms", 120],
    ["7m12.5s", 432_500],
    ["1h2m3s", 3_723_000],
    ["34.074824224s", 34_075],
    ["2d", DAY_MS],
    ["", undefined],
    ["s", undefined],
    ["-1s", undefined],
  ])("of %j is %s milliseconds", (text, expected) => {
    expect(durationMs(text)).toBe(expected);
  });
});
