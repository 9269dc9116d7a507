import type { ChatChunk, Delta } from "../openai/chat-chunk.ts";
import type { FinishReason, Usage } from "../openai/chat-completion.ts";
import type { Stamp } from "./provider.ts";

/** One piece of a translated answer. There is one choice: `n` above 1 makes these providers incapable. */
export function deltaChunk(stamp: Stamp, delta: Delta, finishReason: FinishReason | null = null): ChatChunk {
  return { ...head(stamp), choices: [{ index: 0, delta, finish_reason: finishReason }] };
}

/** The last chunk: usage alone. */
export function usageChunk(stamp: Stamp, usage: Usage): ChatChunk {
  return { ...head(stamp), choices: [], usage };
}

function head({ id, createdSeconds, model }: Stamp): Omit<ChatChunk, "choices"> {
  return { id, object: "chat.completion.chunk", created: createdSeconds, model };
}
