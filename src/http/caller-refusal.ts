/** Why somebody may not call, or not this, as HTTP tells it. */
import type { Refusal } from "../domain/refusal.ts";
import { assertNever } from "../lib/assert-never.ts";
import type { HttpRefusal } from "./http-refusal.ts";

type CallerRefusal = Extract<
  Refusal,
  {
    readonly kind:
      | "unauthorized"
      | "token_expired"
      | "invalid_token"
      | "key_revoked"
      | "server_key_needed"
      | "origin_not_allowed"
      | "kind_not_allowed"
      | "faults_off"
      | "limit_reached"
      | "budget_exhausted";
  }
>;

export function callerRefusal(refusal: CallerRefusal): HttpRefusal {
  switch (refusal.kind) {
    case "unauthorized":
      return {
        status: 401,
        type: "authentication_error",
        code: "invalid_api_key",
        message: "Missing or wrong key. Send it as `Authorization: Bearer <key>`.",
      };
    case "token_expired":
      return { status: 401, type: "authentication_error", message: "This token has expired. Fetch a new one." };
    case "invalid_token":
      return { status: 401, type: "authentication_error", message: `This token is not accepted: ${refusal.why}.` };
    case "key_revoked":
      return {
        status: 401,
        type: "authentication_error",
        message: "This key was revoked, and what was signed with it went with it.",
      };
    case "server_key_needed":
      return {
        status: 403,
        type: "permission_error",
        message: "This needs a server key. Tokens of browsers and phones cannot do it.",
      };
    case "origin_not_allowed":
      return {
        status: 403,
        type: "permission_error",
        message: `Pages of ${refusal.origin.slice(0, 200)} may not call for this tenant. Its origins are in the routing map (tenants) or in ALLOWED_ORIGINS.`,
      };
    case "kind_not_allowed":
      return {
        status: 403,
        type: "permission_error",
        param: "model",
        message: `This caller may not ask for "${refusal.model.slice(0, 100)}", but for: ${refusal.allowed.join(", ")}.`,
      };
    case "faults_off":
      return {
        status: 403,
        type: "permission_error",
        message: "This deployment takes no faults: x-lisbon-fault needs CHAOS=on, and works nowhere in production.",
      };
    case "limit_reached":
      return {
        status: 429,
        type: "rate_limit_error",
        retryAfterMs: refusal.retryAfterMs,
        limit: `${kindOfScope(refusal.scope)}.${refusal.limit}`,
        message: `The limit ${refusal.limit} of ${whoseOf(refusal.scope)} is reached.`,
      };
    case "budget_exhausted":
      return {
        status: 429,
        type: "rate_limit_error",
        retryAfterMs: refusal.retryAfterMs,
        limit: `${kindOfScope(refusal.scope)}.monthlyUsd`,
        ...(refusal.resetsInMs !== null && { resetsInMs: refusal.resetsInMs }),
        message: `What is left of the budget of ${whoseOf(refusal.scope)} does not cover this call.`,
      };
    default:
      return assertNever(refusal);
  }
}

/** `tenant`, `user`, `token` or `router`. */
function kindOfScope(scope: string): string {
  const [what = ""] = scope.split(":");
  return what === "tenant" || what === "user" || what === "token" ? what : "router";
}

/** An account's name is the operator's business, and a token's id nobody's. */
function whoseOf(scope: string): string {
  const what = kindOfScope(scope);
  return what === "tenant" ? "your tenant" : `this ${what}`;
}
