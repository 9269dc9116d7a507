/** `/dashboard`: the page and its files, and `/openapi.json`, built into static assets. They hold no secret; what they show needs the admin key. */
import type { WorkerDeps } from "../worker-deps.ts";
import { refusalResponse } from "./refusal-response.ts";

/** The page runs its own script and nobody else's, and talks to this Worker alone. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export async function dashboard(request: Request, { assets }: WorkerDeps): Promise<Response> {
  const found = await assets?.(request);
  if (found === undefined || found.status === 404)
    return refusalResponse({ kind: "not_found", path: new URL(request.url).pathname });
  const response = new Response(found.body, found);
  response.headers.set("content-security-policy", POLICY);
  response.headers.set("referrer-policy", "no-referrer");
  response.headers.set("x-content-type-options", "nosniff");
  return response;
}
