import type { ChatCompletion } from "../openai/chat-completion.ts";
import type { CacheFound } from "./cache-port.ts";

/**
 * A cached answer as the completion that it was. `created` is when it was kept, and `usage` what it cost then: whoever
 * counts tokens must know that this call used none.
 */
export function cachedCompletion({ answer, ageMs }: CacheFound, id: string, nowMs: number): ChatCompletion {
  const { text, model, usage } = answer;
  return {
    id,
    object: "chat.completion",
    created: Math.floor((nowMs - ageMs) / 1000),
    model,
    choices: [
      { index: 0, message: { role: "assistant", content: text, refusal: null }, finish_reason: "stop", logprobs: null },
    ],
    ...(usage && { usage }),
  };
}
