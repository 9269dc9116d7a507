/** `/admin/pause`: what a budget, a hand or an operator keeps new work off, and the operator's own pause. */
import * as z from "zod/mini";
import type { PauseView } from "../budget/pause.ts";
import { readAdminBody } from "./read-admin-body.ts";
import { refusalResponse } from "./refusal-response.ts";
import { type BudgetDeps, tellSwitchboard } from "./tell-switchboard.ts";

export const Pause = z.strictObject({
  /** As anybody writes it; absent: everything. */
  provider: z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(256))),
  reason: z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(500))),
});

export async function pauses(_request: Request, deps: BudgetDeps, requestId: string): Promise<Response> {
  let views: readonly PauseView[];
  try {
    views = await deps.switchboard().pauses();
  } catch (cause) {
    deps.logError(requestId, cause);
    return refusalResponse({ kind: "unavailable", what: "The switchboard", retryAfterMs: 30_000 });
  }
  return Response.json({
    paused: views.map(({ scope }) => scope),
    pauses: views.map(({ scope, by, sinceMs, reason, percent }) => ({
      scope,
      by,
      since: new Date(sinceMs).toISOString(),
      reason,
      percent,
    })),
  });
}

/** `POST { "provider": "google", "reason": "…" }`: at once, and until somebody resumes. A name that no route has pauses everything. */
export async function pause(request: Request, deps: BudgetDeps, requestId: string): Promise<Response> {
  const body = await readAdminBody(request, Pause);
  if (!body.ok) return refusalResponse(body.failure);
  const { provider = null, reason = "An operator paused it." } = body.value;
  const refusal = await tellSwitchboard({ kind: "pause", provider, reason }, deps, requestId);
  return refusal === null ? new Response(null, { status: 204 }) : refusalResponse(refusal);
}
