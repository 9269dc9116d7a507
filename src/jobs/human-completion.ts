import type { ChatCompletion } from "../openai/chat-completion.ts";

/** A human's words as the completion that the caller's SDK expects. */
export function humanCompletion(jobId: string, text: string, now: number): ChatCompletion {
  const message = { role: "assistant", content: text, refusal: null } as const;
  return {
    id: `chatcmpl-${jobId}`,
    object: "chat.completion",
    created: Math.floor(now / 1000),
    model: "human",
    choices: [{ index: 0, message, finish_reason: "stop", logprobs: null }],
  };
}
