import * as z from "zod/mini";
import type { Failure } from "../../domain/failure.ts";
import { classifyError, type Dictionary, messageOf } from "../classify-error.ts";
import { type ErrorBody, readErrorBody } from "../error-body.ts";
import { failureOf } from "../failure-of.ts";
import { retryAfterMs, untilMs } from "../retry-after.ts";

export function fromError(status: number, headers: Headers, raw: string, now: number): Failure {
  const body = withErrorCode(readErrorBody(raw));
  return failureOf(classifyError(status, body, DICTIONARY), {
    message: messageOf(status, raw, body),
    status,
    retryAfterMs: regainedAccess(body, now) ?? retryAfterMs(headers, now),
    param: fieldIn(body),
  });
}

/** https://docs.anthropic.com/en/api/errors */
const DICTIONARY: Dictionary = {
  codes: {
    // Our own word: the route leads back here.
    routing_loop: "routing_loop",
    contract_spend_limit_reached: "quota_exhausted",
    enforced_spend_limit_reached: "quota_exhausted",
    linked_organization_spend_limit_reached: "quota_exhausted",
    linked_organization_billing_unavailable: "credit_exhausted",
    organization_on_hold: "auth_failed",
    request_too_large: "context_overflow",
  },
  types: {
    invalid_request_error: "request_rejected",
    authentication_error: "auth_failed",
    permission_error: "auth_failed",
    billing_error: "credit_exhausted",
    not_found_error: "model_not_found",
    rate_limit_error: "rate_limited",
    overloaded_error: "overloaded",
    api_error: "server_error",
    timeout_error: "server_error",
  },
};

const Details = z.looseObject({ error_code: z.string() });

/** Since 2026 some errors have a finer code in `details`, beside the broad type. */
function withErrorCode(body: ErrorBody | null): ErrorBody | null {
  const details = Details.safeParse(body?.details);
  return body === null || !details.success ? body : { ...body, words: [details.data.error_code, ...body.words] };
}

/** "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC." */
function regainedAccess(body: ErrorBody | null, now: number): number | undefined {
  const [, day, time] = /regain access on (\d{4}-\d{2}-\d{2}) at (\d{2}:\d{2}) UTC/.exec(body?.message ?? "") ?? [];
  return day === undefined || time === undefined ? undefined : untilMs(Date.parse(`${day}T${time}:00Z`), now);
}

/** "messages.0.content: …", "max_tokens: 1000000 > 64000, …": the field stands first. */
function fieldIn(body: ErrorBody | null): string | undefined {
  return /^([a-z_]+(?:\.[a-z0-9_]+)*): /.exec(body?.message ?? "")?.[1];
}
