import {
  APIError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from "@anthropic-ai/sdk";
import { describe, expect, it } from "vitest";
import { anthropicErrorBody } from "../../../src/anthropic-api/error-body.ts";
import { ASKED, clientOf } from "./support.ts";

describe("an error in Anthropic's shape", () => {
  it.each([
    [400, "invalid_request_error", BadRequestError],
    [401, "authentication_error", AuthenticationError],
    [402, "billing_error", APIError],
    [403, "permission_error", PermissionDeniedError],
    [404, "not_found_error", NotFoundError],
    [405, "invalid_request_error", APIError],
    [409, "invalid_request_error", ConflictError],
    [413, "request_too_large", APIError],
    [429, "rate_limit_error", RateLimitError],
    [500, "api_error", InternalServerError],
    [502, "api_error", InternalServerError],
    [503, "overloaded_error", InternalServerError],
    [504, "timeout_error", InternalServerError],
    [529, "overloaded_error", InternalServerError],
  ])("with status %i is a %s, and the official client throws it typed", async (status, type, thrownClass) => {
    const more = { param: "model", attempts: ["timed_out"] };
    const body = anthropicErrorBody({ status, code: "some_code", message: "Why.", more, requestId: "req_1" });
    expect(body).toEqual({
      type: "error",
      error: { type, message: "Why.", code: "some_code", ...more },
      request_id: "req_1",
    });

    const client = clientOf(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
    const thrown: unknown = await client.messages.create(ASKED).catch((cause: unknown) => cause);
    expect(thrown).toBeInstanceOf(thrownClass);
    expect(thrown).toMatchObject({ status, type, error: { error: { code: "some_code" } } });
  });
});
