import type { Deps } from "../deps.ts";
import type { PlannedCall } from "../domain/call.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Result } from "../lib/result.ts";
import type { Answer } from "./attempt-context.ts";
import { contextFit } from "./fit-context.ts";
import { planCandidates } from "./plan-candidates.ts";
import { tryCandidates } from "./try-candidates.ts";
import { furtherProgress, type Progress } from "./try-in-turn.ts";

/** The map's `smaller` routes, in order. Null: none of them could take this call. */
export async function smallerModel(
  call: PlannedCall,
  before: Progress,
  deps: Deps,
): Promise<Result<Answer, Refusal> | null> {
  const tried = new Set(call.routes);
  const routes = deps.routing.routes.filter((route) => route.tier === "smaller" && !tried.has(route));
  const smaller = { ...call, routes };
  const plan = planCandidates({ ...smaller, context: contextFit(smaller) }, deps);
  if (!plan.ok || routes.length === 0) return null;
  return await tryCandidates(plan.value, furtherProgress(before, plan.value, smaller, deps), deps);
}
