/** `POST /v1/tokens`: a tenant's own server makes a short-lived token for one of its users' browsers or phones. */
import type { Caller } from "../domain/caller.ts";
import { signClientToken, TokenWishes } from "../identity/client-token.ts";
import { readServerKey } from "../identity/server-key.ts";
import type { WorkerDeps } from "../worker-deps.ts";
import { presentedIn } from "./authenticate.ts";
import { readAdminBody } from "./read-admin-body.ts";
import { refusalResponse } from "./refusal-response.ts";

const MAX_BYTES = 8_192;

export async function makeToken(
  request: Request,
  deps: WorkerDeps,
  _requestId: string,
  caller: Caller,
): Promise<Response> {
  const key = presentedIn(request.headers);
  const name = caller.by === "server_key" ? await readServerKey(key, deps.settings.keySecrets) : null;
  if (name === null) return refusalResponse({ kind: "server_key_needed" });
  const wishes = await readAdminBody(request, TokenWishes, MAX_BYTES);
  if (!wishes.ok) return refusalResponse(wishes.failure);
  const { token, expiresAtMs, expiresIn } = await signClientToken(wishes.value, key, name, deps.clock.now());
  const expires_at = new Date(expiresAtMs).toISOString();
  const body = { object: "token", token, expires_at, expires_in: expiresIn };
  return Response.json(body, { headers: { "cache-control": "no-store" } });
}
