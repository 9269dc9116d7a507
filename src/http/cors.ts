/** Cross-origin rules: exact origins, `OPTIONS` answered before any key check, every header of ours exposed. */
import type { Settings } from "../settings.ts";
import { LISBON_HEADERS } from "./reply-headers.ts";

const LOCALHOST = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
/** A day; browsers cap it at less. */
const PREFLIGHT_SECONDS = "86400";

/** `OPTIONS` on any path: what a browser asks before it calls. */
export function preflight(request: Request, { settings }: { readonly settings: Settings }): Response {
  const headers = corsHeaders(request, settings);
  if (headers) {
    headers["access-control-allow-methods"] = "GET, POST, DELETE, OPTIONS";
    // SDKs send many headers of their own (`x-stainless-*`); what a page may send is no secret.
    headers["access-control-allow-headers"] =
      request.headers.get("access-control-request-headers") ?? "authorization, content-type";
    headers["access-control-max-age"] = PREFLIGHT_SECONDS;
  }
  return new Response(null, { status: 204, headers: headers ?? { vary: "Origin" } });
}

/** The same response, readable by the page that asked, where it may. */
export function withCors(request: Request, response: Response, settings: Settings): Response {
  const headers = corsHeaders(request, settings);
  for (const name in headers) response.headers.set(name, headers[name] ?? "");
  return response;
}

/** Null where the request comes from no page, or from one that may not read the answer. */
export function corsHeaders(request: Request, settings: Settings): Record<string, string> | null {
  const origin = request.headers.get("origin");
  if (origin === null || !allowed(origin, settings)) return null;
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": LISBON_HEADERS,
    vary: "Origin",
  };
}

function allowed(origin: string, settings: Settings): boolean {
  if (settings.allowedOrigins.includes(origin)) return true;
  return settings.environment === "development" && LOCALHOST.test(origin);
}
