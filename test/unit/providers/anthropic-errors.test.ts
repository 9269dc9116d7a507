import { describe, expect, it } from "vitest";
import type { FailureKind } from "../../../src/domain/failure.ts";
import type { ApiId } from "../../../src/domain/route.ts";
import { anthropicError, failure } from "../../support/provider-errors.ts";

type Row = readonly [api: ApiId, status: number, body: unknown, kind: FailureKind];

describe("an error of Anthropic's", () => {
  it.each<Row>([
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
  ])("of %s with status %i: %j is %s", (api, status, body, kind) => {
    expect(failure(api, status, body)).toMatchObject({ kind, status });
  });
});
