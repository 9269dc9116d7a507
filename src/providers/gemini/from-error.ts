import * as z from "zod/mini";
import type { Failure } from "../../domain/failure.ts";
import { classifyError, type Dictionary, messageOf } from "../classify-error.ts";
import { googleQuota } from "../classify-google-quota.ts";
import { type ErrorBody, readErrorBody } from "../error-body.ts";
import { failureOf } from "../failure-of.ts";
import { retryAfterMs } from "../retry-after.ts";

export function fromError(status: number, headers: Headers, raw: string, now: number): Failure {
  const body = readErrorBody(raw);
  const quota = googleQuota(body, now);
  return failureOf(quota?.kind ?? classifyError(status, body, DICTIONARY), {
    message: messageOf(status, raw, body),
    status,
    retryAfterMs: quota?.retryAfterMs ?? retryAfterMs(headers, now),
    oneModelOnly: quota?.oneModelOnly,
    param: fieldIn(body),
  });
}

/**
 * https://ai.google.dev/gemini-api/docs/troubleshooting
 * https://cloud.google.com/apis/design/errors#handling_errors
 */
const DICTIONARY: Dictionary = {
  codes: {
    API_KEY_INVALID: "auth_failed",
    API_KEY_EXPIRED: "auth_failed",
    API_KEY_SERVICE_BLOCKED: "auth_failed",
    SERVICE_DISABLED: "auth_failed",
    CONSUMER_SUSPENDED: "auth_failed",
    CONSUMER_INVALID: "auth_failed",
    BILLING_DISABLED: "credit_exhausted",
  },
  types: {
    INVALID_ARGUMENT: "request_rejected",
    OUT_OF_RANGE: "request_rejected",
    FAILED_PRECONDITION: "unknown_error",
    UNAUTHENTICATED: "auth_failed",
    PERMISSION_DENIED: "auth_failed",
    NOT_FOUND: "model_not_found",
    RESOURCE_EXHAUSTED: "rate_limited",
    INTERNAL: "server_error",
    ABORTED: "server_error",
    CANCELLED: "server_error",
    DEADLINE_EXCEEDED: "server_error",
    UNAVAILABLE: "overloaded",
  },
};

const BadRequest = z.looseObject({
  fieldViolations: z.array(z.looseObject({ field: z.string() })).check(z.minLength(1)),
});

/** https://cloud.google.com/apis/design/errors#error_payloads */
function fieldIn(body: ErrorBody | null): string | undefined {
  if (!Array.isArray(body?.details)) return undefined;
  return body.details.flatMap((detail) => BadRequest.safeParse(detail).data?.fieldViolations[0]?.field ?? [])[0];
}
