import type { Routing } from "./routing.ts";
import type { Tenant } from "./tenant.ts";

/** What the map says of this tenant, or of all that it does not list; null: nothing. */
export function tenantOf(name: string, { tenants }: Pick<Routing, "tenants">): Tenant | null {
  return tenants.get(name) ?? tenants.get("*") ?? null;
}
