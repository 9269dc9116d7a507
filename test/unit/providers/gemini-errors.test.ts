import { describe, expect, it } from "vitest";
import type { FailureKind } from "../../../src/domain/failure.ts";
import type { ApiId } from "../../../src/domain/route.ts";
import { failure, geminiError } from "../../support/provider-errors.ts";

type Row = readonly [api: ApiId, status: number, body: unknown, kind: FailureKind];

describe("an error of Gemini's", () => {
  it.each<Row>([
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
