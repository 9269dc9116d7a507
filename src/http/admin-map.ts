/** `GET /admin/map`: the routing map as it was deployed, its placeholders unfilled. */
import type { WorkerDeps } from "../worker-deps.ts";

/** Keys never stand in a map; but a header and an address that is told may be written out, and some of those are secrets. */
const MAYBE_SECRET: ReadonlySet<string> = new Set(["headers", "notify", "spend"]);

export function showMap(_request: Request, deps: WorkerDeps): Response {
  const map = deps.map();
  const shown = JSON.stringify(map, function (this: unknown, name: string, value: unknown) {
    // Kinds and tenants may have these names too.
    return MAYBE_SECRET.has(name) && this !== map.kinds && this !== map.tenants ? undefined : value;
  });
  return new Response(shown, { headers: { "content-type": "application/json" } });
}
