import type { PlannedCall } from "../domain/call.ts";
import type { Route } from "../domain/route.ts";
import { isOpenAi } from "../providers/openai/to-request.ts";

/** The same call, and never more output than was put aside for it: in the older word, for many servers know no other. */
export function withinBudget(call: PlannedCall, route: Pick<Route, "host">, maxTokens: number | null): PlannedCall {
  const { request } = call;
  const isBound = request.max_tokens != null || (request.max_completion_tokens != null && isOpenAi(route));
  return maxTokens === null || isBound ? call : { ...call, request: { ...request, max_tokens: maxTokens } };
}
