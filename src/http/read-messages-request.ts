import { isMessagesRequest, MessagesRequest } from "../anthropic-api/messages-request.ts";
import { toChatRequest } from "../anthropic-api/to-chat-request.ts";
import type { Refusal } from "../domain/refusal.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import type { ReadRequest } from "./read-chat-request.ts";
import { readJsonBody } from "./read-json-body.ts";
import { problemOf } from "./schema-problem.ts";
import { OURS } from "./read-wishes.ts";

/** A body of `POST /v1/messages`: as it came, for Anthropic's own routes, and in OpenAI's language for all others. */
export async function readMessagesRequest(request: Request, maxBytes: number): Promise<Result<ReadRequest, Refusal>> {
  const read = await readJsonBody(request, maxBytes);
  if (!read.ok) return read;
  const whole = read.value;
  if (!isMessagesRequest(whole)) {
    const parsed = MessagesRequest.safeParse(whole);
    return fail({
      kind: "invalid_request",
      ...(parsed.success ? { param: null, reason: "not a request" } : problemOf(parsed.error)),
    });
  }
  const ours = OURS.filter((name) => whole[name] !== undefined);
  const body = ours.length === 0 ? whole : without(whole, ours);
  const { request: translated, onlyNative } = toChatRequest(body);
  const beta = request.headers.get("anthropic-beta");
  return ok({
    // Our own fields stand in the translation, where they are read and taken out.
    request: { ...translated, ...Object.fromEntries(ours.map((name) => [name, whole[name]])) },
    native: { body, headers: beta === null ? {} : { "anthropic-beta": beta }, onlyNative },
  });
}

function without(body: MessagesRequest, names: readonly string[]): MessagesRequest {
  const { model, messages, max_tokens, ...rest } = body;
  const kept = Object.entries(rest).filter(([name]) => !names.includes(name));
  return { model, messages, max_tokens, ...Object.fromEntries(kept) };
}
