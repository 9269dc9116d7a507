/** A call whose conversation is shorter, in the caller's own dialect and in OpenAI's. */
import { type Fields, isFields } from "../anthropic-api/message.ts";
import { toChatRequest } from "../anthropic-api/to-chat-request.ts";
import type { PlannedCall } from "../domain/call.ts";
import type { Route } from "../domain/route.ts";
import { estimateCallTokens } from "../ledger/estimate-call.ts";
import { fewestTokensIn } from "../ledger/fewest-tokens.ts";
import { type Piece, turnsToKeep } from "./which-turns.ts";

/** `most`: tokens that the whole prompt may have at `route`, by the estimate that errs high. Null: nothing can be left out. */
export function shortenCall(call: PlannedCall, route: Route, most: number): PlannedCall | null {
  const messages: readonly unknown[] = call.native?.body.messages ?? call.request.messages;
  const beside = estimateCallTokens(
    withMessages(call, () => false),
    route,
  );
  const counted = messages.map((message) => fewestTokensIn(message));
  const sum = counted.reduce((total, one) => total + one, 0);
  // The counts of single messages err low: each is given its share of the whole.
  const scale = (estimateCallTokens(call, route) - beside) / Math.max(1, sum);
  const pieces = messages.map((message, at): Piece => ({ role: roleOf(message), tokens: (counted[at] ?? 0) * scale }));
  const kept = turnsToKeep(pieces, most - beside);
  return kept && withMessages(call, (at) => kept[at] === true);
}

function withMessages(call: PlannedCall, keeps: (at: number) => boolean): PlannedCall {
  const { request, native } = call;
  if (native === null) {
    return { ...call, request: { ...request, messages: request.messages.filter((_message, at) => keeps(at)) } };
  }
  const body = { ...native.body, messages: native.body.messages.filter((_turn, at) => keeps(at)) };
  const { messages } = toChatRequest(body).request;
  return { ...call, request: { ...request, messages }, native: { ...native, body } };
}

/** In either dialect; Anthropic's results are in the user's turns. */
function roleOf(message: unknown): Piece["role"] {
  const { role, content }: Fields = isFields(message) ? message : {};
  if (role === "system" || role === "developer") return "system";
  if (role === "assistant") return role;
  if (role === "tool" || role === "function") return "results";
  const answersTools =
    Array.isArray(content) && content.some((part) => isFields(part) && part["type"] === "tool_result");
  return answersTools ? "results" : "user";
}
