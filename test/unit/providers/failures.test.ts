import { describe, expect, it } from "vitest";
import type { FailureKind } from "../../../src/domain/failure.ts";
import type { ApiId } from "../../../src/domain/route.ts";
import { providers } from "../../../src/providers/all.ts";

/** A day before midnight in California, less six hours: 18:00 PST. */
const NOW = Date.parse("2026-11-19T02:00:00Z");

function failure(api: ApiId, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const raw = typeof body === "string" ? body : JSON.stringify(body);
  return providers[api].fromError(status, new Headers(headers), raw, NOW);
}

const openaiError = (message: string, code: string | null = null, type = "invalid_request_error", param?: string) => ({
  error: { message, type, param: param ?? null, code },
});
const anthropicError = (type: string, message: string, errorCode?: string) => ({
  type: "error",
  error: { type, message, details: errorCode === undefined ? null : { error_code: errorCode } },
  request_id: "req_011CSHoEeqs5C35K2UUqR7Fy",
});
const geminiError = (code: number, status: string, message: string, ...details: readonly unknown[]) => ({
  error: { code, message, status, details },
});
const quotaFailure = (...quotaIds: readonly string[]) => ({
  "@type": "type.googleapis.com/google.rpc.QuotaFailure",
  violations: quotaIds.map((quotaId) => ({ quotaId, quotaDimensions: { location: "global" } })),
});
const retryInfo = (retryDelay: string) => ({ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay });

type Row = readonly [api: ApiId, status: number, body: unknown, kind: FailureKind];

describe("a provider's error", () => {
  it.each<Row>([
    [
      "openai",
      429,
      openaiError("You exceeded your current quota", "insufficient_quota", "insufficient_quota"),
      "quota_exhausted",
    ],
    ["openai", 429, openaiError("No credits", "credit_balance_exhausted", "insufficient_quota"), "credit_exhausted"],
    [
      "openai",
      400,
      openaiError("Billing hard limit has been reached", "billing_hard_limit_reached"),
      "credit_exhausted",
    ],
    ["openai", 429, openaiError("Rate limit reached", "rate_limit_exceeded", "requests"), "rate_limited"],
    [
      "openai",
      429,
      openaiError(
        "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 50000",
        "rate_limit_exceeded",
        "tokens",
      ),
      "context_overflow",
    ],
    [
      "openai",
      429,
      openaiError(
        "Rate limit reached for gpt-4o on requests per day (RPD): Limit 200. Please try again in 7m12s.",
        "rate_limit_exceeded",
        "requests",
      ),
      "quota_exhausted",
    ],
    [
      "openai",
      400,
      openaiError("This model's maximum context length is 8192 tokens", "context_length_exceeded"),
      "context_overflow",
    ],
    ["openai", 400, openaiError("Requested tokens exceed the available context size"), "context_overflow"],
    [
      "openai",
      400,
      {
        error: {
          code: 400,
          message: "the request exceeds the available context size, try increasing it",
          type: "exceed_context_size_error",
        },
      },
      "context_overflow",
    ],
    ["openai", 400, openaiError("filtered", "content_filter"), "content_filtered"],
    [
      "openai",
      400,
      openaiError("rejected as a result of our safety system", "content_policy_violation"),
      "content_filtered",
    ],
    [
      "openai",
      400,
      openaiError("Invalid prompt: flagged as potentially violating our usage policy", "invalid_prompt"),
      "content_filtered",
    ],
    ["openai", 401, openaiError("Incorrect API key provided: sk-abc***xyz", "invalid_api_key"), "auth_failed"],
    [
      "openai",
      403,
      openaiError(
        "Country, region, or territory not supported",
        "unsupported_country_region_territory",
        "request_forbidden",
      ),
      "region_blocked",
    ],
    ["openai", 403, openaiError("Project does not have access to model", "model_not_found"), "model_not_found"],
    ["openai", 404, openaiError("The model `x` does not exist", "model_not_found"), "model_not_found"],
    [
      "openai",
      400,
      openaiError("Invalid value for 'temperature'", "invalid_value", undefined, "temperature"),
      "request_rejected",
    ],
    ["openai", 500, openaiError("The server had an error", null, "server_error"), "server_error"],
    ["openai", 500, openaiError("The engine is currently overloaded", null, "server_error"), "overloaded"],
    ["openai", 503, openaiError("Slow down", "slow_down", "server_error"), "overloaded"],
    ["openai", 402, { error: { message: "Insufficient credits", code: 402 } }, "credit_exhausted"],
    [
      "openai",
      403,
      { error: { message: "Your input was flagged", code: 403, metadata: { reasons: ["violence"] } } },
      "content_filtered",
    ],
    [
      "openai",
      400,
      {
        error: { message: "Provider returned error", code: 400, metadata: { raw: '{"message":"prompt is too long"}' } },
      },
      "context_overflow",
    ],
    ["openai", 404, { error: 'model "llama9" not found, try pulling it first' }, "model_not_found"],
    [
      "openai",
      422,
      { detail: [{ loc: ["body", "top_k"], msg: "Extra inputs are not permitted" }] },
      "request_rejected",
    ],
    [
      "openai",
      429,
      [
        geminiError(
          429,
          "RESOURCE_EXHAUSTED",
          "You exceeded your current quota",
          quotaFailure("GenerateRequestsPerMinutePerProjectPerModel"),
          retryInfo("20s"),
        ),
      ],
      "rate_limited",
    ],
    [
      "openai",
      400,
      [geminiError(400, "INVALID_ARGUMENT", "API key not valid.", { reason: "API_KEY_INVALID" })],
      "auth_failed",
    ],

    [
      "anthropic",
      400,
      anthropicError("invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
      "credit_exhausted",
    ],
    [
      "anthropic",
      400,
      anthropicError(
        "invalid_request_error",
        "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.",
      ),
      "quota_exhausted",
    ],
    [
      "anthropic",
      400,
      anthropicError("invalid_request_error", "prompt is too long: 213205 tokens > 200000 maximum"),
      "context_overflow",
    ],
    [
      "anthropic",
      400,
      anthropicError("invalid_request_error", "Output blocked by content filtering policy"),
      "content_filtered",
    ],
    [
      "anthropic",
      400,
      anthropicError("invalid_request_error", "messages.0.content: text content blocks must be non-empty"),
      "request_rejected",
    ],
    ["anthropic", 401, anthropicError("authentication_error", "invalid x-api-key"), "auth_failed"],
    ["anthropic", 402, anthropicError("billing_error", "Check your payment details"), "credit_exhausted"],
    ["anthropic", 403, anthropicError("permission_error", "Your API key does not have permission"), "auth_failed"],
    ["anthropic", 403, { error: { type: "forbidden", message: "Request not allowed" } }, "region_blocked"],
    ["anthropic", 404, anthropicError("not_found_error", "model: claude-9"), "model_not_found"],
    ["anthropic", 413, anthropicError("request_too_large", "Request exceeds the maximum size"), "context_overflow"],
    ["anthropic", 429, anthropicError("rate_limit_error", "This request would exceed your rate limit"), "rate_limited"],
    [
      "anthropic",
      429,
      anthropicError("rate_limit_error", "monthly limit", "enforced_spend_limit_reached"),
      "quota_exhausted",
    ],
    ["anthropic", 400, anthropicError("invalid_request_error", "on hold", "organization_on_hold"), "auth_failed"],
    ["anthropic", 500, anthropicError("api_error", "Internal server error"), "server_error"],
    ["anthropic", 504, anthropicError("timeout_error", "Timed out"), "server_error"],
    ["anthropic", 529, anthropicError("overloaded_error", "Overloaded"), "overloaded"],
    ["anthropic", 200, anthropicError("overloaded_error", "Overloaded"), "overloaded"],

    [
      "gemini",
      400,
      geminiError(400, "INVALID_ARGUMENT", "API key not valid.", { reason: "API_KEY_INVALID" }),
      "auth_failed",
    ],
    ["gemini", 400, geminiError(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key."), "auth_failed"],
    [
      "gemini",
      400,
      geminiError(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
      "region_blocked",
    ],
    [
      "gemini",
      400,
      geminiError(400, "FAILED_PRECONDITION", "Gemini API free tier is not available in your country."),
      "region_blocked",
    ],
    [
      "gemini",
      400,
      geminiError(
        400,
        "INVALID_ARGUMENT",
        "The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).",
      ),
      "context_overflow",
    ],
    [
      "gemini",
      400,
      geminiError(400, "INVALID_ARGUMENT", "Invalid value at 'generation_config.top_p'"),
      "request_rejected",
    ],
    ["gemini", 403, geminiError(403, "PERMISSION_DENIED", "The caller does not have permission"), "auth_failed"],
    ["gemini", 404, geminiError(404, "NOT_FOUND", "models/gemini-9 is not found"), "model_not_found"],
    [
      "gemini",
      429,
      geminiError(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
      "rate_limited",
    ],
    [
      "gemini",
      429,
      geminiError(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."),
      "credit_exhausted",
    ],
    ["gemini", 500, geminiError(500, "INTERNAL", "An internal error has occurred."), "server_error"],
    ["gemini", 503, geminiError(503, "UNAVAILABLE", "The model is overloaded."), "overloaded"],
    ["gemini", 504, geminiError(504, "DEADLINE_EXCEEDED", "Deadline expired"), "server_error"],
  ])("of %s with status %i: %j is %s", (api, status, body, kind) => {
    expect(failure(api, status, body)).toMatchObject({ kind, status });
  });
});

describe.each<ApiId>(["openai", "anthropic", "gemini"])("what stands in front of %s", (api) => {
  it.each<readonly [number, FailureKind]>([
    [301, "redirected"],
    [302, "redirected"],
    [308, "redirected"],
    [400, "unknown_error"],
    [401, "auth_failed"],
    [403, "unknown_error"],
    [404, "model_not_found"],
    [408, "timed_out"],
    [413, "context_overflow"],
    [429, "rate_limited"],
    [451, "region_blocked"],
    [500, "server_error"],
    [502, "server_error"],
    [503, "overloaded"],
    [504, "server_error"],
    [520, "reset"],
    [521, "unreachable"],
    [522, "timed_out"],
    [523, "unreachable"],
    [524, "timed_out"],
    [525, "unreachable"],
    [526, "unreachable"],
    [529, "overloaded"],
    [530, "unreachable"],
    [418, "unknown_error"],
    [599, "server_error"],
  ])("says %i with a page: %s", (status, kind) => {
    const page = `<html><head><title>${status} Some page</title></head><body>sk-secretsecret</body></html>`;
    const found = failure(api, status, page);
    expect(found.kind).toBe(kind);
    expect(found.detail).toContain(`${status} Some page`);
    expect(failure(api, status, "").kind).toBe(kind);
  });

  it("takes a number in the body of a 200 for the status", () => {
    expect(failure(api, 200, { error: { code: 502, message: "Bad gateway" } }).kind).toBe("server_error");
    expect(failure(api, 200, { error: { message: "Something" } }).kind).toBe("unknown_error");
  });

  it("never throws, whatever the body holds", () => {
    for (const body of [
      "null",
      "[]",
      "{",
      '"x"',
      '{"error":[]}',
      '{"error":{"message":{"a":1},"code":[]}}',
      "[null]",
    ]) {
      expect(failure(api, 500, body).kind).toBe("server_error");
    }
  });
});

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
    const limits = (date: string) =>
      anthropicError(
        "invalid_request_error",
        `You have reached your specified API usage limits. You will regain access on ${date} UTC.`,
      );
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
