import type { NativeRequest } from "../domain/call.ts";
import type { Refusal } from "../domain/refusal.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { ChatRequest, isChatRequest } from "../openai/chat-request.ts";
import { readJsonBody } from "./read-json-body.ts";
import { problemOf } from "./schema-problem.ts";

/** What a caller asks for, whatever its dialect. */
export interface ReadRequest {
  readonly request: ChatRequest;
  /** As it came, where that was not OpenAI's language. */
  readonly native: NativeRequest | null;
}

/** A caller's body as a request; what is wrong with it is named, field and all. */
export async function readChatRequest(request: Request, maxBytes: number): Promise<Result<ReadRequest, Refusal>> {
  const read = await readJsonBody(request, maxBytes);
  if (!read.ok) return read;
  const body = read.value;
  if (isChatRequest(body)) return ok({ request: body, native: null });
  const parsed = ChatRequest.safeParse(body);
  return parsed.success
    ? ok({ request: parsed.data, native: null })
    : fail({ kind: "invalid_request", ...problemOf(parsed.error) });
}
