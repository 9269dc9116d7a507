/** The minimal key check: one bearer key for callers, one for the operator, both Worker secrets. */
import type { Refusal } from "../domain/refusal.ts";
import { sameSecret } from "../lib/constant-time.ts";
import type { Settings } from "../settings.ts";
import { bearerOf } from "./bearer.ts";

/** Null: the caller may go on. */
export function refuseCaller(headers: Headers, settings: Settings): Refusal | null {
  if (settings.apiKey === null) return { kind: "not_configured", variable: "LISBON_API_KEY" };
  // Anthropic's older SDKs send `x-api-key`, its newer ones what everybody sends.
  const given = bearerOf(headers) || (headers.get("x-api-key") ?? "");
  return sameSecret(given, settings.apiKey) ? null : { kind: "unauthorized" };
}

/** Null: the operator may go on. */
export function refuseAdmin(headers: Headers, settings: Settings): Refusal | null {
  if (settings.adminKey === null) return { kind: "not_configured", variable: "LISBON_ADMIN_KEY" };
  return sameSecret(bearerOf(headers), settings.adminKey) ? null : { kind: "admin_only" };
}
