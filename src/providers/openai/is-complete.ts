import type { ChatCompletion } from "../../openai/chat-completion.ts";
import { isJsonObject, type JsonObject } from "../json-object.ts";

/**
 * Is this already all that our own schema promises, so that nothing has to be
 * filled in and the provider's bytes can go out as they came? Most answers
 * are, and looking is cheaper than building them anew; the others take the
 * careful way in `from-response.ts`.
 */
export function isComplete(body: unknown): body is ChatCompletion {
  if (!isJsonObject(body)) return false;
  const { id, object, created, model, choices, usage } = body;
  return (
    typeof id === "string" &&
    object === "chat.completion" &&
    typeof created === "number" &&
    typeof model === "string" &&
    Array.isArray(choices) &&
    choices.length > 0 &&
    choices.every(isCompleteChoice) &&
    (usage === undefined || isCompleteUsage(usage))
  );
}

const FINISH_REASONS: readonly unknown[] = ["stop", "length", "tool_calls", "content_filter"];

function isCompleteChoice(choice: unknown): boolean {
  if (!isJsonObject(choice) || !isJsonObject(choice["message"])) return false;
  const { index, finish_reason: reason, logprobs } = choice;
  return (
    typeof index === "number" &&
    logprobs !== undefined &&
    FINISH_REASONS.includes(reason) &&
    isCompleteMessage(choice["message"])
  );
}

function isCompleteMessage(message: JsonObject): boolean {
  const { role, content, refusal, tool_calls: toolCalls, reasoning } = message;
  // A server's own name for its thoughts has to be ours.
  if (role !== "assistant" || reasoning !== undefined) return false;
  if (refusal !== null && typeof refusal !== "string") return false;
  const speaks = typeof content === "string" && content !== "";
  if (toolCalls === undefined) return speaks;
  return (speaks || content === null) && isNonEmpty(toolCalls) && toolCalls.every(isCompleteToolCall);
}

function isNonEmpty(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}

function isCompleteToolCall(call: unknown): boolean {
  if (!isJsonObject(call) || !isJsonObject(call["function"])) return false;
  const { name, arguments: input } = call["function"];
  return (
    typeof call["id"] === "string" &&
    call["id"] !== "" &&
    call["type"] === "function" &&
    typeof name === "string" &&
    typeof input === "string"
  );
}

function isCompleteUsage(usage: unknown): boolean {
  if (!isJsonObject(usage)) return false;
  return (
    typeof usage["prompt_tokens"] === "number" &&
    typeof usage["completion_tokens"] === "number" &&
    typeof usage["total_tokens"] === "number" &&
    hasNumber(usage["prompt_tokens_details"], "cached_tokens") &&
    hasNumber(usage["completion_tokens_details"], "reasoning_tokens")
  );
}

/** Details may be left out; where they are there, so is the figure. */
function hasNumber(details: unknown, name: string): boolean {
  return details === undefined || (isJsonObject(details) && typeof details[name] === "number");
}
