/** Error bodies as the providers write them, and what becomes of them. */
import type { ApiId } from "../../src/domain/route.ts";
import { providers } from "../../src/providers/all.ts";

/** A day before midnight in California, less six hours: 18:00 PST. */
const NOW = Date.parse("2026-11-19T02:00:00Z");

export function failure(api: ApiId, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const raw = typeof body === "string" ? body : JSON.stringify(body);
  return providers[api].fromError(status, new Headers(headers), raw, NOW);
}

export const openaiError = (
  message: string,
  code: string | null = null,
  type = "invalid_request_error",
  param?: string,
) => ({
  error: { message, type, param: param ?? null, code },
});
export const anthropicError = (type: string, message: string, errorCode?: string) => ({
  type: "error",
  error: { type, message, details: errorCode === undefined ? null : { error_code: errorCode } },
  request_id: "req_011CSHoEeqs5C35K2UUqR7Fy",
});
export const geminiError = (code: number, status: string, message: string, ...details: readonly unknown[]) => ({
  error: { code, message, status, details },
});
export const quotaFailure = (...quotaIds: readonly string[]) => ({
  "@type": "type.googleapis.com/google.rpc.QuotaFailure",
  violations: quotaIds.map((quotaId) => ({ quotaId, quotaDimensions: { location: "global" } })),
});
export const retryInfo = (retryDelay: string) => ({ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay });
