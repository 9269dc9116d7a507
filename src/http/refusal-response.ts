/** The one place that turns a refusal into HTTP, in the caller's error shape. Each code has a line in docs/errors.md. */
import { anthropicErrorBody } from "../anthropic-api/error-body.ts";
import type { Refusal } from "../domain/refusal.ts";
import { TEXTS, type Texts } from "../domain/texts.ts";
import { assertNever } from "../lib/assert-never.ts";
import { callerRefusal } from "./caller-refusal.ts";
import type { HttpRefusal } from "./http-refusal.ts";
import { jobRefusal } from "./job-refusal.ts";

export function refusalResponse(
  refusal: Refusal,
  headers: Record<string, string> = {},
  texts: Texts = TEXTS,
): Response {
  const { http, code, param, more, all } = toldOf(refusal, headers, texts);
  const error = { message: http.message, type: http.type, param, code, ...more };
  return new Response(JSON.stringify({ error }), { status: http.status, headers: all });
}

/** The same for callers of `/v1/messages`, in Anthropic's shape. */
export function messagesRefusal(
  refusal: Refusal,
  headers: Record<string, string> = {},
  texts: Texts = TEXTS,
): Response {
  const { http, code, param, more, all } = toldOf(refusal, headers, texts);
  const { status, message } = http;
  const requestId = headers["x-lisbon-request-id"] ?? "";
  const ours = { ...(param !== null && { param }), ...more };
  const body = anthropicErrorBody({ status, code, message, more: ours, ...(requestId !== "" && { requestId }) });
  return new Response(JSON.stringify(body), { status, headers: all });
}

function toldOf(refusal: Refusal, headers: Record<string, string>, texts: Texts) {
  const http = httpOf(refusal, texts);
  const retryAfterSeconds = http.retryAfterMs === undefined ? null : Math.max(1, Math.ceil(http.retryAfterMs / 1000));
  const more = {
    ...(http.failures && { attempts: http.failures }),
    ...(retryAfterSeconds !== null && { retry_after: retryAfterSeconds }),
    ...(WORTH_ANOTHER_TRY.has(refusal.kind) && { fallback_suggestion: texts.suggestion }),
    ...(http.limit !== undefined && { limit: http.limit }),
    ...(http.resetsInMs !== undefined && { resets_in: Math.ceil(http.resetsInMs / 1000) }),
  };
  const all: Record<string, string> = { ...headers, "content-type": "application/json" };
  if (retryAfterSeconds !== null) all["retry-after"] = String(retryAfterSeconds);
  if (http.allow !== undefined) all["allow"] = http.allow;
  return { http, code: http.code ?? refusal.kind, param: http.param ?? null, more, all };
}

/** Nothing is wrong with the request: what its caller may do instead of giving up. */
const WORTH_ANOTHER_TRY: ReadonlySet<Refusal["kind"]> = new Set(["providers_failed", "deadline_exceeded", "paused"]);

function httpOf(refusal: Refusal, texts: Texts): HttpRefusal {
  switch (refusal.kind) {
    case "unauthorized":
    case "token_expired":
    case "invalid_token":
    case "key_revoked":
    case "server_key_needed":
    case "origin_not_allowed":
    case "kind_not_allowed":
    case "faults_off":
    case "limit_reached":
    case "budget_exhausted":
      return callerRefusal(refusal);
    case "idempotency_key_reused":
    case "jobs_unavailable":
    case "job_dead":
    case "answer_restarted":
    case "no_such_job":
    case "job_settled":
    case "link_used":
    case "job_erased":
      return jobRefusal(refusal);
    case "admin_only":
      return {
        status: 401,
        type: "authentication_error",
        message:
          "This needs the admin key, as `Authorization: Bearer <admin key>` (a fault by header: `x-lisbon-admin-key`).",
      };
    case "bad_signature":
      return {
        status: 401,
        type: "authentication_error",
        message: "The signature is missing, stale, or not QStash's over this body and this address. Nothing was done.",
      };
    case "not_configured":
      return {
        status: 503,
        type: "api_error",
        message: `This Worker has no ${refusal.variable}. Put it into a file and run \`npm run deploy -- ENVIRONMENT --env-file FILE\`.`,
      };
    case "not_found":
      return { status: 404, type: "invalid_request_error", message: `There is nothing at ${refusal.path}.` };
    case "method_not_allowed":
      return {
        status: 405,
        type: "invalid_request_error",
        allow: refusal.allowed,
        message: `This path takes ${refusal.allowed}.`,
      };
    case "body_too_large":
      return {
        status: 413,
        type: "invalid_request_error",
        message: `The body is larger than ${refusal.maxBytes} bytes, the limit of this router (maxBodyBytes).`,
      };
    case "invalid_json":
      return { status: 400, type: "invalid_request_error", message: `The body is not JSON: ${refusal.reason}` };
    case "invalid_request":
      return { status: 400, type: "invalid_request_error", param: refusal.param, message: refusal.reason };
    case "model_not_found":
      return {
        status: 404,
        type: "invalid_request_error",
        param: "model",
        message: `There is no model or kind "${shortened(refusal.model)}". There are: ${refusal.available.join(", ")}.`,
      };
    case "no_route":
      return {
        status: 503,
        type: "api_error",
        message: `No route of "${shortened(refusal.model)}" is on: each is disabled in the routing map or lacks its variable. See GET /health.`,
      };
    case "not_capable":
      return {
        status: 400,
        type: "invalid_request_error",
        param: refusal.what[0] ?? null,
        message: `No route can do what this request asks for: ${refusal.what.join(", ")}.`,
      };
    case "request_rejected":
      return { status: 400, type: "invalid_request_error", param: refusal.param, message: refusal.reason };
    case "content_filtered":
      return { status: 400, type: "invalid_request_error", code: "content_filter", message: refusal.reason };
    case "context_too_long":
      return {
        status: 400,
        type: "invalid_request_error",
        param: "messages",
        code: "context_length_exceeded",
        message: refusal.reason,
      };
    case "providers_failed":
      return {
        status: 503,
        type: "upstream_error",
        failures: refusal.failures,
        retryAfterMs: refusal.retryAfterMs,
        message: texts.failed,
      };
    case "deadline_exceeded":
      return {
        status: 504,
        type: "upstream_error",
        failures: refusal.failures,
        retryAfterMs: refusal.retryAfterMs,
        message: "No provider answered in time. Please try again.",
      };
    case "paused":
      return {
        status: 503,
        type: "upstream_error",
        retryAfterMs: refusal.retryAfterMs,
        message: `New work is paused because of a budget. Nothing is wrong with your request; try again in ${Math.ceil(refusal.retryAfterMs / 1000)} seconds.`,
      };
    case "bad_budget_secret":
      return {
        status: 401,
        type: "authentication_error",
        message:
          "This alert is not signed as expected. Send BUDGET_WEBHOOK_SECRET as `Authorization: Bearer <secret>` or `x-lisbon-secret`, or ?token=BUDGET_PAUSE_TOKEN; a Pub/Sub push needs the token of the account in budget.push.",
      };
    case "not_in_map":
      return {
        status: 503,
        type: "api_error",
        code: "not_configured",
        message: `The routing map has no ${refusal.field}; see docs/budget.md.`,
      };
    case "unavailable":
      return {
        status: 503,
        type: "api_error",
        retryAfterMs: refusal.retryAfterMs,
        message: `${refusal.what} cannot be reached right now. Nothing was done; please send it again.`,
      };
    case "no_such_answer":
      return {
        status: 404,
        type: "invalid_request_error",
        param: "request_id",
        message: "No answer of this id was given here within the last day. Send the x-lisbon-request-id of the reply.",
      };
    case "no_such_key":
      return {
        status: 404,
        type: "invalid_request_error",
        message: `No key with the id ${shortened(refusal.id)} was made here. GET /admin/keys lists them.`,
      };
    case "routing_loop":
      // Not a 508: the official SDKs, and gateways in between, try every 5xx again.
      return {
        status: 400,
        type: "invalid_request_error",
        message:
          "A route of this router leads back to the router itself, so nobody was asked. To send it again is of no use: the operator must mend that route's baseUrl in the routing map.",
      };
    case "request_loop":
      // Neither 409 nor 429 nor a 5xx: the official SDKs would send it again.
      return {
        status: 400,
        type: "invalid_request_error",
        retryAfterMs: refusal.retryAfterMs,
        message: loopText(refusal),
      };
    case "caller_gone":
      // Nobody reads this; the status is for the log, as nginx writes it.
      return { status: 499, type: "invalid_request_error", message: "The caller hung up." };
    case "internal":
      return {
        status: 500,
        type: "api_error",
        message: `Something went wrong in the router itself. Request id: ${refusal.requestId}.`,
      };
    default:
      return assertNever(refusal);
  }
}

function loopText({ error, reason, times, retryAfterMs }: Extract<Refusal, { kind: "request_loop" }>): string {
  const why = reason === null ? error : `${error}: ${shortened(reason, 300)}`;
  return `This same request has failed ${times} times within 180 seconds (${why}), so nobody was asked again. Change it, or send it again in ${Math.max(1, Math.ceil(retryAfterMs / 1000))} seconds.`;
}

function shortened(text: string, most = 100): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}
