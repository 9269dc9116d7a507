import type { Delta, ToolCallDelta } from "../../openai/chat-chunk.ts";
import { type JsonObject, isJsonObject } from "../json-object.ts";

/** What of a delta has the right form, further fields included; what has not is dropped, as a malformed event is. */
export function deltaOf(value: unknown): Delta {
  if (!isJsonObject(value)) return {};
  const { role: _role, content, refusal, reasoning, reasoning_content: thoughts, tool_calls: calls, ...rest } = value;
  const reasoningContent = textOf(thoughts) ?? textOf(reasoning) ?? textIn(content, "thinking");
  const text = Array.isArray(content) ? (textIn(content, "text") ?? "") : content;
  return {
    ...rest,
    ...(value["role"] === "assistant" && { role: "assistant" }),
    ...(isTextOrNull(text) && { content: text }),
    ...(isTextOrNull(refusal) && { refusal }),
    // OpenRouter and Ollama say `reasoning`, DeepSeek and vLLM `reasoning_content`.
    ...(reasoningContent !== undefined && { reasoning_content: reasoningContent }),
    ...(Array.isArray(calls) && { tool_calls: calls.flatMap(toolCallOf) }),
  };
}

function toolCallOf(call: unknown, at: number): ToolCallDelta[] {
  if (!isJsonObject(call)) return [];
  const { index, id, type: _type, function: named, ...rest } = call;
  const { name, arguments: args }: JsonObject = isJsonObject(named) ? named : {};
  return [
    {
      ...rest,
      index: typeof index === "number" ? index : at,
      ...(typeof id === "string" && { id, type: "function" }),
      function: {
        ...(typeof name === "string" && { name }),
        ...(typeof args === "string" && { arguments: args }),
      },
    },
  ];
}

/**
 * Mistral's reasoning models send lists: `[{"type":"thinking","thinking":[{"type":"text","text":…}]}]`.
 * https://docs.mistral.ai/capabilities/reasoning/
 */
function textIn(content: unknown, type: "text" | "thinking"): string | undefined {
  if (!Array.isArray(content)) return undefined;
  const texts = content.filter(isJsonObject).flatMap((part) => {
    if (part["type"] !== type) return [];
    return type === "text" ? (textOf(part["text"]) ?? []) : (textIn(part["thinking"], "text") ?? []);
  });
  return texts.length === 0 ? undefined : texts.join("");
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isTextOrNull(value: unknown): value is string | null {
  return typeof value === "string" || value === null;
}
