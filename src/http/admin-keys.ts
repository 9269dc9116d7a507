/** `/admin/keys`: the tenants' server keys, made, listed and revoked. A key itself is shown once, and kept nowhere. */
import * as z from "zod/mini";
import { TENANT_NAME } from "../domain/tenant.ts";
import { keyLabel, newKeyId, signKey } from "../identity/server-key.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { readAdminBody } from "./read-admin-body.ts";
import { refusalResponse } from "./refusal-response.ts";

export const NewKey = z.strictObject({
  tenant: z.string().check(z.regex(TENANT_NAME, "expected small letters, digits and -, at most 40, such as acme")),
  /** For people: where it is used. */
  name: z.optional(z.string().check(z.maxLength(100))),
});

/** `GET ?tenant=acme`; without a tenant those of all. The latest first. */
export async function listKeys(request: Request, deps: WorkerDeps): Promise<Response> {
  const tenant = new URL(request.url).searchParams.get("tenant");
  const keys = await deps.switchboard().keys(tenant);
  return Response.json({
    keys: keys.map(({ id, tenant: of, name, createdAtMs, revokedAtMs }) => ({
      id,
      tenant: of,
      name,
      created_at: new Date(createdAtMs).toISOString(),
      revoked_at: revokedAtMs === null ? null : new Date(revokedAtMs).toISOString(),
    })),
  });
}

/** `POST { "tenant": "acme", "name": "the web shop" }` */
export async function makeKey(request: Request, deps: WorkerDeps): Promise<Response> {
  const body = await readAdminBody(request, NewKey);
  if (!body.ok) return refusalResponse(body.failure);
  const [secret] = deps.settings.keySecrets;
  if (secret === undefined) return refusalResponse({ kind: "not_configured", variable: "LISBON_KEY_SECRET" });
  const { tenant, name = "" } = body.value;
  const id = newKeyId();
  const development = deps.settings.environment === "development";
  const key = await signKey(keyLabel({ tenant, id, development }), secret);
  const createdAtMs = deps.clock.now();
  // Written down before it is shown: a key that nobody could revoke by name must not be about.
  await deps.switchboard().addKey({ id, tenant, name, createdAtMs });
  const created_at = new Date(createdAtMs).toISOString();
  return Response.json(
    { id, tenant, name, key, created_at },
    { status: 201, headers: { "cache-control": "no-store" } },
  );
}

/** `POST /admin/keys/:id/revoke`: within 5 s nobody is served by it, nor by what was signed with it. */
export async function revokeKey(request: Request, deps: WorkerDeps): Promise<Response> {
  const id = new URL(request.url).pathname.split("/")[3] ?? "";
  const revoked = await deps.switchboard().revokeKey(id);
  deps.breakers.outdated();
  if (revoked === null) return refusalResponse({ kind: "no_such_key", id });
  return new Response(null, { status: 204 });
}
