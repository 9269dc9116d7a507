import type { Caller } from "../domain/caller.ts";
import type { Refusal } from "../domain/refusal.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { ReadRequest } from "./read-chat-request.ts";

const BOUNDS = ["max_tokens", "max_completion_tokens"] as const;

/**
 * Never more output than the caller's token allows, over all choices: asked for more it is refused, asked for none it
 * gets the bound. Each of the two words counts, for a server may know only one of them.
 */
export function boundOutput(read: ReadRequest, { maxTokens }: Caller): Result<ReadRequest, Refusal> {
  if (maxTokens === null) return ok(read);
  const { request } = read;
  const choices = request.n ?? 1;
  const most = Math.floor(maxTokens / choices);
  const tooMuch = most < 1 ? "n" : BOUNDS.find((name) => (request[name] ?? 0) > most);
  if (tooMuch !== undefined) {
    const reason = `${tooMuch}: this token allows at most ${maxTokens} tokens of output${choices > 1 ? ", all choices together" : ""}.`;
    return fail({ kind: "invalid_request", param: tooMuch, reason });
  }
  if (BOUNDS.some((name) => request[name] != null)) return ok(read);
  return ok({ ...read, request: { ...request, max_tokens: most } });
}
