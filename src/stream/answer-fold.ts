/**
 * The answer so far, folded out of a stream's chunks: raw events are 50 times
 * their text, so the text is all that is kept.
 */
import type { CallUsage } from "../domain/call-usage.ts";
import { estimateUsage } from "../domain/call-usage.ts";
import type { ChatChunk, Delta } from "../openai/chat-chunk.ts";
import type { FinishReason, Usage } from "../openai/chat-completion.ts";

export class AnswerFold {
  /** The text that the caller was given, of the first choice: what a continuation will go on from. */
  text = "";
  /** Bytes, roughly, of everything said: text, refusals, reasoning, tool arguments. */
  saidBytes = 0;
  /** True from the first words on. */
  hasWords = false;
  hasToolCalls = false;
  finishReason: FinishReason | null = null;
  usage: Usage | null = null;

  /** True where the chunk holds content; a role, a ping or an empty delta is none. */
  take(chunk: ChatChunk): boolean {
    let content = false;
    if (chunk.usage) this.usage = chunk.usage;
    for (const choice of chunk.choices) {
      if (this.#takeDelta(choice.delta, choice.index === 0)) content = true;
      if (choice.finish_reason) this.finishReason = choice.finish_reason;
    }
    if (content) this.hasWords = true;
    return content;
  }

  /** What the provider reported, else an estimate from what was said. */
  callUsage(promptBytes: number): CallUsage {
    if (!this.usage) return estimateUsage(promptBytes, this.saidBytes);
    return {
      promptTokens: this.usage.prompt_tokens,
      completionTokens: this.usage.completion_tokens,
      source: "reported",
    };
  }

  #takeDelta(delta: Delta, isFirst: boolean): boolean {
    let said = 0;
    if (delta.content) {
      if (isFirst) this.text += delta.content;
      said += delta.content.length;
    }
    said += (delta.refusal?.length ?? 0) + (delta.reasoning_content?.length ?? 0);
    for (const call of delta.tool_calls ?? []) {
      this.hasToolCalls = true;
      said += (call.function?.name?.length ?? 0) + (call.function?.arguments?.length ?? 0);
    }
    this.saidBytes += said;
    return said > 0;
  }
}
