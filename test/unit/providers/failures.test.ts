import { describe, expect, it } from "vitest";
import type { ApiId } from "../../../src/domain/route.ts";
import {
  anthropicError,
  failure,
  geminiError,
  openaiError,
  quotaFailure,
  retryInfo,
} from "../../support/provider-errors.ts";

describe("a failure that the caller can mend", () => {
  it("carries the provider's reason and the field", () => {
    const body = openaiError("Invalid value for 'temperature'.", "invalid_value", undefined, "temperature");
    expect(failure("openai", 400, body)).toEqual({
      kind: "request_rejected",
      status: 400,
      detail: "Invalid value for 'temperature'.",
      reason: "Invalid value for 'temperature'.",
      param: "temperature",
    });
    expect(failure("anthropic", 400, anthropicError("invalid_request_error", "max_tokens: 99 > 64")).param).toBe(
      "max_tokens",
    );
    const field = { fieldViolations: [{ field: "generation_config.top_p", description: "…" }] };
    expect(failure("gemini", 400, geminiError(400, "INVALID_ARGUMENT", "Invalid", field)).param).toBe(
      "generation_config.top_p",
    );
    const extra = { detail: [{ loc: ["body", "top_k"], msg: "Extra inputs are not permitted" }] };
    expect(failure("openai", 422, extra)).toMatchObject({
      param: "top_k",
      reason: "top_k: Extra inputs are not permitted",
    });
  });

  it("carries none of it where the caller can do nothing", () => {
    expect(failure("openai", 401, openaiError("No", "invalid_api_key", undefined, "x"))).toEqual({
      kind: "auth_failed",
      status: 401,
      detail: "No",
    });
  });
});

describe("a Gemini quota", () => {
  const message = "You exceeded your current quota, please check your plan and billing details.";
  const error = (...details: readonly unknown[]) => geminiError(429, "RESOURCE_EXHAUSTED", message, ...details);

  it.each<ApiId>(["gemini", "openai"])(
    "of a minute is a rate limit with its delay, through %s's language too",
    (api) => {
      const body = error(
        quotaFailure("GenerateRequestsPerMinutePerProjectPerModel-FreeTier"),
        retryInfo("34.074824224s"),
      );
      expect(failure(api, 429, body)).toMatchObject({ kind: "rate_limited", retryAfterMs: 34_075 });
    },
  );

  it.each<ApiId>(["gemini", "openai"])(
    "of a day and one model lasts until midnight in California, through %s's language too",
    (api) => {
      const body = error(quotaFailure("GenerateRequestsPerDayPerProjectPerModel-FreeTier"), retryInfo("35s"));
      expect(failure(api, 429, body)).toMatchObject({
        kind: "quota_exhausted",
        oneModelOnly: true,
        retryAfterMs: 6 * 60 * 60 * 1000,
      });
    },
  );

  it("of a day and the whole project takes all models with it", () => {
    const found = failure("gemini", 429, error(quotaFailure("GenerateRequestsPerDayPerProject")));
    expect(found.kind).toBe("quota_exhausted");
    expect(found.oneModelOnly).toBeUndefined();
  });

  it("that is not named is used up by its words", () => {
    expect(failure("gemini", 429, error()).kind).toBe("quota_exhausted");
  });
});

describe("when to come back", () => {
  it("is read out of words where no header says it", () => {
    const body = openaiError("Rate limit reached. Please try again in 1m2.5s.", "rate_limit_exceeded", "requests");
    expect(failure("openai", 429, body).retryAfterMs).toBe(62_500);
    expect(failure("openai", 429, body, { "retry-after": "3" }).retryAfterMs).toBe(3000);
  });

  it("is the date that Anthropic names, a day at most", () => {
    expect(failure("anthropic", 400, limits("2026-11-19 at 03:00")).retryAfterMs).toBe(3_600_000);
    expect(failure("anthropic", 400, limits("2026-12-01 at 00:00")).retryAfterMs).toBe(86_400_000);
  });
});

describe("the detail of a failure", () => {
  it.each([
    "Incorrect API key provided: sk-proj-abcdefghijklmnopqrstuvwx.",
    "Incorrect API key provided: sk-simul****************0000.",
    "API key not valid: AIzaSyA-1234567890abcdefghijklmnopqrstu",
    "bad header authorization: Bearer abcdefgh",
    "GET /v1?key=abcdefghijkl&alt=sse",
    "x-api-key: 0123456789abcdef",
    "token 3f2504e0-4f89-11d3-9a0c-0305e82c3301 unknown",
    "session 0123456789abcdef0123456789abcdef",
  ])("holds no key: %s", (message) => {
    const secrets = /abcdefgh|sk-|0000|AIza|0123456789|3f2504e0/;
    const found = failure("openai", 401, openaiError(message));
    expect(found.detail).not.toMatch(secrets);
    expect(found.detail).toContain("[…]");
  });

  it("keeps what an operator needs: models, quotas, links", () => {
    const message =
      "claude-sonnet-4-5-20250929: GenerateContentInputTokensPerModelPerMinute-FreeTier https://ai.google.dev/gemini-api/docs/rate-limits";
    expect(failure("anthropic", 429, anthropicError("rate_limit_error", message)).detail).toBe(message);
  });

  it("is one line of at most 300 characters, and well formed", () => {
    const found = failure("openai", 500, openaiError(`a\nb\u0000${"🙂".repeat(400)}`));
    expect(found.detail.length).toBeLessThanOrEqual(300);
    expect(found.detail).toMatch(/^a b 🙂/);
    expect(found.detail.isWellFormed()).toBe(true);
  });

  it("tells a wrong address from a missing model", () => {
    expect(failure("openai", 404, { detail: "Not Found" }).detail).toContain("base URL");
    expect(failure("openai", 404, openaiError("The model `x` does not exist", "model_not_found")).detail).not.toContain(
      "base URL",
    );
  });
});

function limits(date: string): unknown {
  const message = `You have reached your specified API usage limits. You will regain access on ${date} UTC.`;
  return anthropicError("invalid_request_error", message);
}
