import { describe, expect, it } from "vitest";
import { type FailureKind, policyOf } from "../../../../src/domain/failure.ts";
import { failure } from "../../../support/provider-errors.ts";

function named(status: number, name: string, message: string, headers: Readonly<Record<string, string>> = {}) {
  const errortype = `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`;
  return failure("bedrock", status, { message }, { "x-amzn-errortype": errortype, ...headers });
}

describe("an error of Bedrock's", () => {
  it.each<readonly [number, string, string, FailureKind]>([
    [429, "ThrottlingException", "Too many tokens, please wait before trying again.", "rate_limited"],
    [429, "ThrottlingException", "Too many requests, please wait before trying again.", "rate_limited"],
    [429, "ThrottlingException", "Too many tokens per day, please wait before trying again.", "quota_exhausted"],
    [
      400,
      "ServiceQuotaExceededException",
      "Your request exceeds the service quota for your account.",
      "quota_exhausted",
    ],
    [429, "ModelNotReadyException", "The model specified in the request is not ready.", "overloaded"],
    [408, "ModelTimeoutException", "The request took too long to process.", "timed_out"],
    [424, "ModelErrorException", "The request failed due to an error while processing the model.", "server_error"],
    [500, "InternalServerException", "An internal server error occurred.", "server_error"],
    [503, "ServiceUnavailableException", "Bedrock is unable to process your request.", "overloaded"],
    [404, "ResourceNotFoundException", "This model version has reached the end of its life.", "model_not_found"],
    [
      404,
      "ResourceNotFoundException",
      "Model use case details have not been submitted for this account.",
      "model_not_found",
    ],
    [400, "ValidationException", "The provided model identifier is invalid.", "model_not_found"],
    [
      400,
      "ValidationException",
      "Invocation of model ID anthropic.claude-3-7-sonnet-20250219-v1:0 with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.",
      "model_not_found",
    ],
    [
      403,
      "AccessDeniedException",
      "You don't have access to the model with the specified model ID.",
      "model_not_found",
    ],
    [
      403,
      "AccessDeniedException",
      "User: arn:aws:iam::1:user/x is not authorized to perform: bedrock:InvokeModel",
      "auth_failed",
    ],
    [
      403,
      "AccessDeniedException",
      "Model access is denied due to INVALID_PAYMENT_INSTRUMENT:A valid payment instrument must be provided.",
      "credit_exhausted",
    ],
    [403, "UnrecognizedClientException", "The security token included in the request is invalid.", "auth_failed"],
    [403, "ExpiredTokenException", "The security token included in the request is expired", "auth_failed"],
    [
      403,
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided.",
      "auth_failed",
    ],
    [400, "IncompleteSignature", "Authorization header requires 'Credential' parameter.", "auth_failed"],
    [400, "ValidationException", "Operation not allowed", "auth_failed"],
    [400, "ValidationException", "Input is too long for requested model.", "context_overflow"],
    [
      400,
      "ValidationException",
      "The model returned the following errors: prompt is too long: 213205 tokens > 200000 maximum",
      "context_overflow",
    ],
    [
      400,
      "ValidationException",
      "Access to Anthropic models is not allowed from unsupported countries, regions, or territories.",
      "region_blocked",
    ],
    [
      400,
      "ValidationException",
      "Malformed input request, please reformat your input and try again.",
      "request_rejected",
    ],
    [
      400,
      "ValidationException",
      "The model returned the following errors: Output blocked by content filtering policy",
      "content_filtered",
    ],
    [418, "OfTomorrowException", "Something new.", "unknown_error"],
  ])("%i %s, %s: %s", (status, name, message, kind) => {
    expect(named(status, name, message)).toMatchObject({ kind, status });
  });

  it("is named by its body where no header does it, with its namespace, and in capital letters too", () => {
    const body = { __type: "com.amazon.coral.service#AccessDeniedException", Message: "Authentication failed" };
    expect(failure("bedrock", 403, body)).toMatchObject({ kind: "auth_failed", detail: "Authentication failed" });
    expect(failure("bedrock", 200, { __type: "ThrottlingException", message: "Slower" }).kind).toBe("rate_limited");
  });

  it("of a day's quota leaves the account's other models in play", () => {
    expect(named(429, "ThrottlingException", "Too many tokens per day, please wait.").oneModelOnly).toBe(true);
  });

  it("says when to come back, if a header does", () => {
    expect(named(429, "ThrottlingException", "Slower", { "retry-after": "3" }).retryAfterMs).toBe(3000);
  });

  it.each([
    [
      "1 validation error detected: Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must be greater than 0",
      "inferenceConfig.maxTokens",
    ],
    ["The model returned the following errors: messages.0.content: Input should be a valid list", "messages.0.content"],
  ])("names the caller's field: %s", (message, param) => {
    expect(named(400, "ValidationException", message)).toMatchObject({
      kind: "request_rejected",
      param,
      reason: message,
    });
  });

  it.each([
    "1 validation error detected: Value 'Too many tokens per day' at 'toolConfig.tools' failed to satisfy constraint",
    "The model returned the following errors: tools.0.name: Operation not allowed",
    "The model returned the following errors: You don't have access to the model",
  ])("moves no route for what the caller wrote: %s", (message) => {
    expect(named(400, "ValidationException", message).kind).toSatisfy(
      (kind: FailureKind) => policyOf(kind).counts === "nothing",
    );
  });
});
