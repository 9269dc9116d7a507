import { hashOf } from "../breaker/error-text.ts";
import type { Call } from "../domain/call.ts";
import type { Route } from "../domain/route.ts";

/**
 * Is the caller's user one of the `rollout` per cent whom this route serves? By a hash of tenant, user and route alone,
 * so the same everywhere and after every deploy: a larger percentage takes the route from nobody, and each route has
 * other users. A call of a tenant's own server that names no `user` counts as one user, the tenant. Who names the route
 * by its id gets it, so that it can be tried before anybody else does.
 */
export function isRolledOut({ id, rollout }: Route, { from, request }: Pick<Call, "from" | "request">): boolean {
  const hash = hashOf(`${from.tenant}\n${from.user ?? request.user ?? ""}\n${id}`);
  // Stirred, because names that differ in their last letter lie close by.
  const place = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  return request.model === id || place * 100 < rollout * 2 ** 32;
}
