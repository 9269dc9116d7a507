import { describe, expect, it } from "vitest";
import type { FailureKind } from "../../../src/domain/failure.ts";
import type { ApiId } from "../../../src/domain/route.ts";
import { failure, geminiError, openaiError, quotaFailure, retryInfo } from "../../support/provider-errors.ts";

type Row = readonly [api: ApiId, status: number, body: unknown, kind: FailureKind];

describe("an error of OpenAI's", () => {
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
  ])("of %s with status %i: %j is %s", (api, status, body, kind) => {
    expect(failure(api, status, body)).toMatchObject({ kind, status });
  });
});
