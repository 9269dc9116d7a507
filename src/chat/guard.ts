import type { Deps } from "../deps.ts";
import type { Call, PlannedCall } from "../domain/call.ts";
import type { Kind } from "../domain/kind.ts";
import type { Refusal } from "../domain/refusal.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { listModels, resolveModel } from "../routing/resolve-model.ts";
import { checkMessages } from "./check-messages.ts";
import { fitContext } from "./fit-context.ts";
import type { Trail } from "./trail.ts";

/** What the caller means by `model`, whether there is any route at all for it, and whether any provider could take it. */
export function guard(call: Call, trail: Trail, deps: Pick<Deps, "routing">): Result<PlannedCall, Refusal> {
  const meant = resolveModel(deps.routing, call.request.model);
  if (!meant) {
    return fail({ kind: "model_not_found", model: call.request.model, available: listModels(deps.routing) });
  }
  if (meant.kind.answeredBy === "human")
    return ok({ ...call, ...meant, routes: [], deadlineAtMs: deadlineOf(call, meant.kind), context: null });
  if (meant.routes.length === 0) return fail({ kind: "no_route", model: call.request.model });
  const planned = { ...call, ...meant, deadlineAtMs: deadlineOf(call, meant.kind), context: null };
  const checked = checkMessages(planned, trail);
  return checked.ok ? fitContext(checked.value, trail) : checked;
}

/** A job's own run has the time that the job gives it. */
function deadlineOf({ from, readAtMs }: Call, kind: Kind): number {
  return readAtMs + (from.kind === "job" ? from.deadlineMs : kind.deadlineMs);
}
