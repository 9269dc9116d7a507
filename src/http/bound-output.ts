import type { Caller } from "../domain/caller.ts";
import type { Refusal } from "../domain/refusal.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { ReadRequest } from "./read-chat-request.ts";

/** Never more output than the caller's token allows: asked for more it is refused, asked for none it gets the bound. */
export function boundOutput(read: ReadRequest, { maxTokens }: Caller): Result<ReadRequest, Refusal> {
  if (maxTokens === null) return ok(read);
  const { request } = read;
  const param = request.max_completion_tokens == null ? "max_tokens" : "max_completion_tokens";
  const asked = request[param];
  if (asked == null) return ok({ ...read, request: { ...request, max_tokens: maxTokens } });
  if (asked <= maxTokens) return ok(read);
  return fail({ kind: "invalid_request", param, reason: `${param}: this token allows at most ${maxTokens}.` });
}
