/** Who may go on: callers by what they present, the operator by the admin key. */
import type { Caller } from "../domain/caller.ts";
import type { Refusal } from "../domain/refusal.ts";
import { tenantOf } from "../domain/tenant-of.ts";
import { identify } from "../identity/identify.ts";
import { sameSecret } from "../lib/constant-time.ts";
import { fail, type Result } from "../lib/result.ts";
import type { Settings } from "../settings.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { bearerOf } from "./bearer.ts";
import { mayCall } from "./cors.ts";

/**
 * At once where this caller was here a moment ago. Whether its key was revoked
 * is another question: `refuseRevoked`, once the snapshot is young enough.
 */
export function callerOf(
  request: Request,
  deps: WorkerDeps,
): Result<Caller, Refusal> | Promise<Result<Caller, Refusal>> {
  const { settings, routing, identities: memory, fetch, clock } = deps;
  const { keySecrets: secrets } = settings;
  if (secrets.length === 0 && routing.identity.length === 0) {
    return fail({ kind: "not_configured", variable: "LISBON_KEY_SECRET" });
  }
  const found = identify(presentedIn(request.headers), { memory, secrets, providers: routing.identity, fetch, clock });
  return found instanceof Promise
    ? found.then((caller) => fromThisPage(request, caller, deps))
    : fromThisPage(request, found, deps);
}

/** Anthropic's older SDKs send `x-api-key`, its newer ones what everybody sends. */
export function presentedIn(headers: Headers): string {
  return bearerOf(headers) || (headers.get("x-api-key") ?? "");
}

function fromThisPage(request: Request, caller: Result<Caller, Refusal>, deps: WorkerDeps): Result<Caller, Refusal> {
  const origin = request.headers.get("origin");
  if (origin === null || !caller.ok || mayCall(origin, request, caller.value, deps)) return caller;
  return fail({ kind: "origin_not_allowed", origin });
}

/** Null: its key still counts, as far as anybody knows. Asked only when the snapshot is young. */
export function refuseRevoked({ keyId }: Caller, deps: WorkerDeps): Refusal | null | Promise<Refusal | null> {
  const revoked = keyId !== null && deps.breakers.revoked(keyId);
  if (keyId !== null && revoked === "unknown") return askIfRevoked(keyId, deps);
  return revoked === false ? null : { kind: "key_revoked" };
}

async function askIfRevoked(keyId: string, deps: WorkerDeps): Promise<Refusal | null> {
  try {
    return (await deps.switchboard().isRevoked(keyId)) ? { kind: "key_revoked" } : null;
  } catch {
    // Nobody can say. To keep everybody out whose key was never revoked would be the greater harm.
    return null;
  }
}

/** Who may do what is not a call: the snapshot is waited for where it is old. */
export async function standingCaller(request: Request, deps: WorkerDeps): Promise<Result<Caller, Refusal>> {
  const caller = await callerOf(request, deps);
  if (!caller.ok) return caller;
  await deps.breakers.ready();
  const refusal = await refuseRevoked(caller.value, deps);
  return refusal === null ? caller : fail(refusal);
}

/** Null: the operator may go on. */
export function refuseAdmin(headers: Headers, settings: Settings): Refusal | null {
  if (settings.adminKey === null) return { kind: "not_configured", variable: "LISBON_ADMIN_KEY" };
  return sameSecret(bearerOf(headers), settings.adminKey) ? null : { kind: "admin_only" };
}

/** The kinds that this caller may name, by its token and by its tenant; null: every one. */
export function kindsOf({ kinds, tenant }: Caller, { routing }: Pick<WorkerDeps, "routing">): readonly string[] | null {
  const ofTenant = tenantOf(tenant, routing)?.kinds ?? null;
  if (kinds === null || ofTenant === null) return kinds ?? ofTenant;
  return kinds.filter((kind) => ofTenant.includes(kind));
}

export function refuseKind(model: string, caller: Caller, deps: Pick<WorkerDeps, "routing">): Refusal | null {
  const allowed = kindsOf(caller, deps);
  return allowed === null || allowed.includes(model) ? null : { kind: "kind_not_allowed", model, allowed };
}
