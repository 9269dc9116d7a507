import type { PlannedCall } from "../domain/call.ts";

/** The same call, and never more output than was put aside for it. A number that the caller gave stands as it is. */
export function withinBudget(call: PlannedCall, maxTokens: number | null): PlannedCall {
  const { request } = call;
  if (maxTokens === null || request.max_tokens != null || request.max_completion_tokens != null) return call;
  return { ...call, request: { ...request, max_tokens: maxTokens } };
}
