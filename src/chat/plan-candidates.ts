import type { Breakers } from "../breaker/breakers.ts";
import type { SkipReason } from "../domain/attempt.ts";
import type { PlannedCall } from "../domain/call.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Route } from "../domain/route.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { ChatRequest } from "../openai/chat-request.ts";
import { whatCannot } from "../providers/capabilities.ts";
import type { Trail } from "./trail.ts";

/**
 * The routes of the kind, less those killed, open, out or incapable. The list
 * may be empty: then nobody is asked, and the call is queued or refused. Only
 * a request that no route could ever serve is refused here.
 */
export function planCandidates(
  call: PlannedCall,
  trail: Trail,
  deps: { readonly breakers: Breakers },
): Result<readonly Route[], Refusal> {
  const candidates: Route[] = [];
  const lacking: string[] = [];
  for (const route of call.routes) {
    const why = whyNot(route, call.request, deps.breakers);
    if (why === null) candidates.push(route);
    else trail.add({ routeId: route.id, result: "skipped", why });
    if (why?.startsWith(INCAPABLE)) lacking.push(why.slice(INCAPABLE.length));
  }
  if (lacking.length === call.routes.length) return fail({ kind: "not_capable", what: [...new Set(lacking)] });
  return ok(candidates);
}

const INCAPABLE = "incapable:";

function whyNot(route: Route, request: ChatRequest, breakers: Breakers): SkipReason | null {
  const cannot = whatCannot(request, route);
  if (cannot !== null) return `incapable:${cannot}`;
  if (route.tier === "warm" && !breakers.flags().enable_warm_fallback) return "warm_off";
  return breakers.blocked(route)?.why ?? null;
}
