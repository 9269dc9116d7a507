/** `/admin/cache`: what is kept of a tenant's answers, and how it is erased. The answers themselves are not shown. */
import { TENANT_NAME } from "../domain/tenant.ts";
import type { CacheOwner } from "../cache/cache-port.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { refusalResponse } from "./refusal-response.ts";

/** `GET ?tenant=acme` */
export async function showCache(request: Request, { cacheOf }: WorkerDeps): Promise<Response> {
  const tenant = tenantIn(request);
  if (tenant === null) return noTenant();
  const { entries, compared, oldestAtMs, bytes } = await cacheOf(tenant).view();
  const oldest_at = oldestAtMs === null ? null : new Date(oldestAtMs).toISOString();
  return Response.json({ tenant, entries, compared, bytes, oldest_at });
}

/** `DELETE ?tenant=acme`, or `?tenant=acme&user=u1`: what was kept of this user's calls. */
export async function eraseCache(request: Request, { cacheOf }: WorkerDeps): Promise<Response> {
  const tenant = tenantIn(request);
  if (tenant === null) return noTenant();
  const user = new URL(request.url).searchParams.get("user");
  // An empty user is nobody, and surely not everybody.
  if (user === "") return refusalResponse({ kind: "invalid_request", param: "user", reason: "user: it is empty" });
  const whose: CacheOwner = user === null ? { of: "tenant" } : { of: "user", user };
  return Response.json({ tenant, erased: await cacheOf(tenant).erase(whose) });
}

function tenantIn(request: Request): string | null {
  const tenant = new URL(request.url).searchParams.get("tenant");
  return tenant !== null && TENANT_NAME.test(tenant) ? tenant : null;
}

function noTenant(): Response {
  const reason = "tenant: expected ?tenant= with a tenant's name, such as acme";
  return refusalResponse({ kind: "invalid_request", param: "tenant", reason });
}
