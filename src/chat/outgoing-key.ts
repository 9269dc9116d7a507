/**
 * The `Idempotency-Key` that a provider gets: one that heeds it bills a
 * repeated try once. SHA-256 of tenant and user, kind, route and what is sent,
 * so it is the same for each try on one route, of this call and of its job's
 * later runs.
 */
import type { PlannedCall } from "../domain/call.ts";
import type { Route } from "../domain/route.ts";
import { sha256Hex } from "../lib/sha256.ts";

export function outgoingKey({ from, request, kind }: PlannedCall, route: Route, body: string): Promise<string> {
  return sha256Hex(`${from.tenant}\n${request.user ?? ""}\n${kind.name}\n${route.id}\n${body}`);
}
