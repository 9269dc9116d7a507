import type { Delta, ToolCallDelta } from "../../openai/chat-chunk.ts";
import { type JsonObject, isJsonObject } from "../json-object.ts";

/** What of a delta has the right form, further fields included; what has not is dropped, as a malformed event is. */
export function deltaOf(value: unknown): Delta {
  if (!isJsonObject(value)) return {};
  const { role: _role, content, refusal, reasoning, reasoning_content: thoughts, tool_calls: calls, ...rest } = value;
  const reasoningContent = textOf(thoughts) ?? textOf(reasoning);
  return {
    ...rest,
    ...(value["role"] === "assistant" && { role: "assistant" }),
    ...(isTextOrNull(content) && { content }),
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

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isTextOrNull(value: unknown): value is string | null {
  return typeof value === "string" || value === null;
}
