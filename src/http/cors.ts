/** Cross-origin rules: exact origins, `OPTIONS` answered before any key check, every header of ours exposed. */
import type { Caller } from "../domain/caller.ts";
import { tenantOf } from "../domain/tenant-of.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { LISBON_HEADERS } from "./reply-headers.ts";

type CorsDeps = Pick<WorkerDeps, "settings" | "routing">;

const LOCALHOST = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
/** A day; browsers cap it at less. */
const PREFLIGHT_SECONDS = "86400";

/** `OPTIONS` on any path: what a browser asks before it calls. */
export function preflight(request: Request, deps: CorsDeps): Response {
  const headers = corsHeaders(request, deps);
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
export function withCors(request: Request, response: Response, deps: CorsDeps): Response {
  const headers = corsHeaders(request, deps);
  for (const name in headers) response.headers.set(name, headers[name] ?? "");
  return response;
}

/** Null where the request comes from no page, or from one that nobody's calls may come from. */
export function corsHeaders(request: Request, deps: CorsDeps): Record<string, string> | null {
  const origin = request.headers.get("origin");
  if (origin === null || !anybodysPage(origin, deps)) return null;
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": LISBON_HEADERS,
    vary: "Origin",
  };
}

/** A preflight says not whose call it is for, so it is answered for the pages of all tenants. */
function anybodysPage(origin: string, deps: CorsDeps): boolean {
  if (deps.settings.allowedOrigins.includes(origin) || isLocal(origin, deps)) return true;
  for (const { origins } of deps.routing.tenants.values()) if (origins?.includes(origin)) return true;
  return false;
}

/** May this page call in this caller's name? */
export function mayCall(origin: string, request: Request, { tenant, origins }: Caller, deps: CorsDeps): boolean {
  if (origins !== null && !origins.includes(origin)) return false;
  const ofTenant = tenantOf(tenant, deps.routing)?.origins ?? deps.settings.allowedOrigins;
  // Our own pages need no leave; what a browser sends from them is the Worker's own address.
  return ofTenant.includes(origin) || isLocal(origin, deps) || new URL(request.url).origin === origin;
}

function isLocal(origin: string, { settings }: CorsDeps): boolean {
  return settings.environment === "development" && LOCALHOST.test(origin);
}
