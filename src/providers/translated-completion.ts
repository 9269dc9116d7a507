import type { ChatCompletion, FinishReason, Usage } from "../openai/chat-completion.ts";
import type { ToolCall } from "../openai/chat-request.ts";
import type { Stamp } from "./provider.ts";

export interface Said {
  /** As the provider names it. */
  readonly model: string | null | undefined;
  readonly text: string;
  readonly thoughts: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: FinishReason;
  readonly usage: Usage | null;
}

/** A translated answer. There is one choice: `n` above 1 makes these providers incapable. */
export function translatedCompletion(stamp: Stamp, said: Said): ChatCompletion {
  const { text, thoughts, toolCalls, usage } = said;
  return {
    id: stamp.id,
    object: "chat.completion",
    created: stamp.createdSeconds,
    model: said.model ?? stamp.model,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: text === "" ? null : text,
          refusal: null,
          ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
          ...(thoughts !== "" && { reasoning_content: thoughts }),
        },
        finish_reason: said.finishReason,
        logprobs: null,
      },
    ],
    ...(usage !== null && { usage }),
  };
}
