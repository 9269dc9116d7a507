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
  usage: Usage | null = null;
  /** For each choice seen, by its index: why it ended; null: it has not. */
  readonly #endings = new Map<number, FinishReason | null>();

  /** True where the chunk holds content; a role, a ping or an empty delta is none. */
  take(chunk: ChatChunk): boolean {
    let content = false;
    if (chunk.usage) this.usage = chunk.usage;
    for (const choice of chunk.choices) {
      if (this.#takeDelta(choice.delta, choice.index === 0)) content = true;
      this.#endings.set(choice.index, choice.finish_reason ?? this.#endings.get(choice.index) ?? null);
    }
    if (content) this.hasWords = true;
    return content;
  }

  /** Why the answer ended; null as long as any of its choices has not. */
  get finishReason(): FinishReason | null {
    let first: FinishReason | null = null;
    for (const reason of this.#endings.values()) {
      if (reason === null) return null;
      first ??= reason;
    }
    return first;
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
    return said > 0 || saysSomethingElse(delta);
  }
}

/** Audio, images, an old function call, and what is yet to come: content is whatever is not empty, but the role. */
function saysSomethingElse(delta: Delta): boolean {
  return Object.entries(delta).some(([name, value]) => !READ.has(name) && isSomething(value));
}

const READ: ReadonlySet<string> = new Set(["role", "content", "refusal", "reasoning_content", "tool_calls"]);

function isSomething(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return typeof value === "string" && value !== "";
}
