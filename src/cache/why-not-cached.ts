/** Which requests the cache never sees: neither are they answered from it, nor is their answer kept. */
import type { ChatRequest, Message } from "../openai/chat-request.ts";
import { isTextPart, partsOf } from "../openai/parts.ts";

export type NotCached = "private" | "tools" | "not_text" | "many_answers" | "no_question";

/** Null: it may be cached. `isPrivate`: the caller says so outside of the request, by a header. */
export function whyNotCached(request: ChatRequest, isPrivate: boolean): NotCached | null {
  const fields: Readonly<Record<string, unknown>> = request;
  if (isPrivate || fields["private"] === true || fields["store"] === false) return "private";
  if (TOOL_FIELDS.some((name) => isGiven(fields[name])) || request.messages.some(usesTools)) return "tools";
  if ((request.n ?? 1) > 1) return "many_answers";
  if (BEYOND_TEXT.some((name) => isGiven(fields[name])) || !request.messages.every(isText)) return "not_text";
  return request.messages.at(-1)?.role === "user" ? null : "no_question";
}

/** What the answer of a tool was, or will be, is nothing that a hash of the request could know. */
const TOOL_FIELDS = ["tools", "functions", "function_call", "web_search_options"] as const;
/** An answer is kept as text and no more. */
const BEYOND_TEXT = ["logprobs", "top_logprobs", "audio"] as const;

function isGiven(value: unknown): boolean {
  return value != null && value !== false && !(Array.isArray(value) && value.length === 0);
}

function usesTools(message: Message): boolean {
  if (message.role === "tool" || message.role === "function") return true;
  return message.role === "assistant" && (isGiven(message.tool_calls) || isGiven(message["function_call"]));
}

function isText(message: Message): boolean {
  return partsOf(message.content).every(isTextPart);
}
