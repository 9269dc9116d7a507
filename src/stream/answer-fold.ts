/**
 * The answer so far, folded out of a stream's chunks: raw events are 50 times
 * their text, so the text is all that is kept.
 */
import type { CallUsage } from "../domain/call-usage.ts";
import { estimateUsage, reportedUsage } from "../domain/call-usage.ts";
import type { ChatChunk, Delta } from "../openai/chat-chunk.ts";
import type { FinishReason, Usage } from "../openai/chat-completion.ts";

export class AnswerFold {
  /** The text that the caller was given, of the first choice: what a continuation will go on from. */
  text = "";
  /** Bytes, roughly, of everything said: text, refusals, reasoning, tool arguments. */
  saidBytes = 0;
  /** True from the first words on. */
  hasWords = false;
  /** The last UTF-16 unit of the text when its pieces were last joined; public so that looking is not optimised away. */
  lastUnit = 0;
  /** The model refused in so many words. */
  refused = false;
  usage: Usage | null = null;
  /** The first chunk: the answer's id, which a continuation keeps. */
  head: ChatChunk | null = null;
  /** What the last content was. Text alone can be gone on with: half a tool call, a refusal or a thought cannot. */
  #last: "text" | "other" | null = null;
  /** A tool call, audio or a second choice: an answer with one of these in it is never gone on with. */
  #mixed = false;
  #joinAt = MOST_UNJOINED;
  /** For each choice seen, by its index: why it ended; null: it has not. */
  readonly #endings = new Map<number, FinishReason | null>();

  /** True where the chunk holds content; a role, a ping or an empty delta is none. */
  take(chunk: ChatChunk): boolean {
    let content = false;
    this.head ??= chunk;
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

  /** Can another route go on where this ends? Only with plain text: everything else must come whole from one. */
  get canBeContinued(): boolean {
    return this.text !== "" && this.#last === "text" && !this.#mixed;
  }

  /** Does it hold more than text, thoughts and refusals? */
  get hasMore(): boolean {
    return this.#mixed;
  }

  /** What the provider reported, else an estimate from what was said. */
  callUsage(promptBytes: number): CallUsage {
    return this.usage ? reportedUsage(this.usage) : estimateUsage(promptBytes, this.saidBytes);
  }

  /**
   * V8 keeps a text that grows piece by piece as a tree of its pieces, which is five times its size; looking at its end
   * joins them. Seldom enough to cost no more than the text is long.
   */
  #addText(more: string): void {
    this.text += more;
    if (this.text.length < this.#joinAt) return;
    this.lastUnit = this.text.charCodeAt(this.text.length - 1);
    this.#joinAt = this.text.length + Math.max(MOST_UNJOINED, this.text.length >> 3);
  }

  #takeDelta(delta: Delta, isFirst: boolean): boolean {
    const text = delta.content?.length ?? 0;
    const thoughts = (delta.refusal?.length ?? 0) + (delta.reasoning_content?.length ?? 0);
    if (delta.refusal) this.refused = true;
    let calls = 0;
    for (const call of delta.tool_calls ?? []) {
      this.#mixed = true;
      calls += (call.function?.name?.length ?? 0) + (call.function?.arguments?.length ?? 0);
    }
    if (delta.content && isFirst) this.#addText(delta.content);
    if (thoughts > 0) this.#last = "other";
    if (text > 0) this.#last = "text";
    const said = text + thoughts + calls;
    this.saidBytes += said;
    const saysMore = saysSomethingElse(delta);
    if (saysMore || !isFirst) this.#mixed = true;
    return said > 0 || saysMore;
  }
}

/** Pieces that wait to be joined, in UTF-16 units: so many, or an eighth of the text. */
const MOST_UNJOINED = 2_048;

/** Audio, images, an old function call, and what is yet to come: content is whatever is not empty, but the role. */
function saysSomethingElse(delta: Delta): boolean {
  return Object.entries(delta).some(([name, value]) => !READ.has(name) && isSomething(value));
}

const READ: ReadonlySet<string> = new Set(["role", "content", "refusal", "reasoning_content", "tool_calls"]);

function isSomething(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return typeof value === "string" && value !== "";
}
