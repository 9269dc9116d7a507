import type { Failure } from "../../domain/failure.ts";
import { classifyError, type Dictionary, messageOf } from "../classify-error.ts";
import { type ErrorBody, readErrorBody } from "../error-body.ts";
import { failureOf } from "../failure-of.ts";
import { googleQuota, type Quota } from "../classify-google-quota.ts";
import { durationMs, retryAfterMs } from "../retry-after.ts";

/** Also read by whatever else answers in OpenAI's shape: Groq, OpenRouter, Azure, Google's layer, vLLM, Ollama, gateways. */
export function fromError(status: number, headers: Headers, raw: string, now: number): Failure {
  const body = readErrorBody(raw);
  const quota = googleQuota(body, now) ?? dailyLimit(status, body);
  return failureOf(quota?.kind ?? classifyError(status, body, DICTIONARY), {
    message: messageOf(status, raw, body),
    status,
    retryAfterMs: quota?.retryAfterMs ?? retryAfterMs(headers, now) ?? waitInWords(body),
    oneModelOnly: quota?.oneModelOnly,
    param: body?.param,
  });
}

/** https://platform.openai.com/docs/guides/error-codes */
const DICTIONARY: Dictionary = {
  codes: {
    // Our own word: the route leads back here.
    routing_loop: "routing_loop",
    insufficient_quota: "quota_exhausted",
    billing_hard_limit_reached: "credit_exhausted",
    billing_not_active: "credit_exhausted",
    insufficient_credits: "credit_exhausted",
    credit_balance_exhausted: "credit_exhausted",
    invalid_api_key: "auth_failed",
    account_deactivated: "auth_failed",
    invalid_organization: "auth_failed",
    ip_not_authorized: "auth_failed",
    unsupported_country_region_territory: "region_blocked",
    model_not_found: "model_not_found",
    model_decommissioned: "model_not_found",
    DeploymentNotFound: "model_not_found",
    context_length_exceeded: "context_overflow",
    content_filter: "content_filtered",
    content_policy_violation: "content_filtered",
    // Reasoning models: "Your prompt was flagged as potentially violating our usage policy."
    invalid_prompt: "content_filtered",
    engine_overloaded: "overloaded",
    API_KEY_INVALID: "auth_failed",
    slow_down: "overloaded",
  },
  types: {
    rate_limit_exceeded: "rate_limited",
    rate_limit_error: "rate_limited",
    tokens: "rate_limited",
    requests: "rate_limited",
    overloaded_error: "overloaded",
    service_unavailable_error: "overloaded",
    server_error: "server_error",
    internal_server_error: "server_error",
    internal_error: "server_error",
    authentication_error: "auth_failed",
    permission_error: "auth_failed",
    not_found_error: "model_not_found",
    // Gemini's and Vertex's layers for OpenAI's language keep Google's words.
    RESOURCE_EXHAUSTED: "rate_limited",
    UNAVAILABLE: "overloaded",
    INTERNAL: "server_error",
  },
};

/**
 * "Rate limit reached for gpt-4o in organization … on tokens per day (TPD): Limit 200000, …": one model's own.
 * https://platform.openai.com/docs/guides/rate-limits
 */
function dailyLimit(status: number, body: ErrorBody | null): Quota | null {
  const isDaily = status === 429 && body !== null && /\((?:RPD|TPD|ASD)\)|\bper day\b/.test(body.message);
  return isDaily ? { kind: "quota_exhausted", retryAfterMs: waitInWords(body), oneModelOnly: true } : null;
}

/** "Please try again in 7m12.5s." */
function waitInWords(body: ErrorBody | null): number | undefined {
  const wait = /try again in ((?:[\d.]+(?:ms|[dhms]))+)/.exec(body?.message ?? "")?.[1];
  return wait === undefined ? undefined : durationMs(wait);
}
