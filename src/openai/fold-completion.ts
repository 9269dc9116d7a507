/**
 * A stream's chunks become the completion that the provider would have sent
 * whole. What this version knows nothing of is kept too: texts are joined,
 * lists are put behind each other, of everything else the last one counts.
 * https://platform.openai.com/docs/api-reference/chat/streaming
 */
import type { ChatChunk, ChunkChoice, Delta, ToolCallDelta } from "./chat-chunk.ts";
import type { ChatCompletion, CompletionChoice, FinishReason, Usage } from "./chat-completion.ts";
import type { ToolCall } from "./chat-request.ts";

export class CompletionFold {
  #head: ChatChunk | null = null;
  #rest: Fields = {};
  #usage: Usage | null = null;
  readonly #choices = new Map<number, Choice>();

  take(chunk: ChatChunk): void {
    this.#head ??= chunk;
    this.#rest = joined(this.#rest, without(chunk, CHUNK_FIELDS), "last");
    if (chunk.usage) this.#usage = chunk.usage;
    for (const choice of chunk.choices) this.#choiceAt(choice.index).take(choice);
  }

  /** The first choice's text so far. */
  get text(): string {
    return this.#choices.get(0)?.content ?? "";
  }

  /**
   * The first chunk and the text, where another model can go on with it: one choice, and nothing but text, after
   * thoughts that were at an end. Null: it must come whole.
   */
  continuable(): { readonly head: ChatChunk; readonly text: string } | null {
    const text = this.#choices.size === 1 ? (this.#choices.get(0)?.plainText() ?? null) : null;
    return this.#head === null || text === null ? null : { head: this.#head, text };
  }

  /** Null: nothing came, or not every choice has said why it ended. */
  completion(): ChatCompletion | null {
    const head = this.#head;
    if (head === null || this.#choices.size === 0) return null;
    const choices: CompletionChoice[] = [];
    for (const [, choice] of [...this.#choices].toSorted(([left], [right]) => left - right)) {
      const whole = choice.whole();
      if (whole === null) return null;
      choices.push(whole);
    }
    const { id, created, model } = head;
    return {
      id,
      object: "chat.completion",
      created,
      model,
      choices,
      ...(this.#usage && { usage: this.#usage }),
      ...this.#rest,
    };
  }

  #choiceAt(index: number): Choice {
    const known = this.#choices.get(index);
    if (known) return known;
    const made = new Choice(index);
    this.#choices.set(index, made);
    return made;
  }
}

type Fields = Readonly<Record<string, unknown>>;

const CHUNK_FIELDS: ReadonlySet<string> = new Set(["id", "object", "created", "model", "choices", "usage"]);
const CHOICE_FIELDS: ReadonlySet<string> = new Set(["index", "delta", "finish_reason"]);
const DELTA_FIELDS: ReadonlySet<string> = new Set(["role", "content", "refusal", "reasoning_content", "tool_calls"]);

class Choice {
  content: string | null = null;
  readonly #index: number;
  #refusal: string | null = null;
  #reasoning = "";
  #finishReason: FinishReason | null = null;
  /** Its last words were thoughts. */
  #thinks = false;
  #otherOfMessage: Fields = {};
  #otherOfChoice: Fields = {};
  readonly #calls = new Map<number, Call>();

  constructor(index: number) {
    this.#index = index;
  }

  take(choice: ChunkChoice): void {
    this.#takeDelta(choice.delta);
    this.#finishReason = choice.finish_reason ?? this.#finishReason;
    this.#otherOfChoice = joined(this.#otherOfChoice, without(choice, CHOICE_FIELDS), "join");
  }

  /** Null: it holds more than text, has ended, or has no text yet. */
  plainText(): string | null {
    const mixed = this.#refusal !== null || this.#calls.size > 0 || Object.keys(this.#otherOfMessage).length > 0;
    return mixed || this.#thinks || this.#finishReason !== null || !this.content ? null : this.content;
  }

  whole(): CompletionChoice | null {
    if (this.#finishReason === null) return null;
    const calls = [...this.#calls].toSorted(([left], [right]) => left - right).map(([, call]) => toolCall(call));
    return {
      index: this.#index,
      message: {
        role: "assistant",
        content: this.content,
        refusal: this.#refusal,
        ...(calls.length > 0 && { tool_calls: calls }),
        ...(this.#reasoning !== "" && { reasoning_content: this.#reasoning }),
        ...this.#otherOfMessage,
      },
      finish_reason: this.#finishReason,
      logprobs: null,
      ...this.#otherOfChoice,
    };
  }

  #takeDelta(delta: Delta): void {
    if (typeof delta.content === "string") this.content = (this.content ?? "") + delta.content;
    if (typeof delta.refusal === "string") this.#refusal = (this.#refusal ?? "") + delta.refusal;
    this.#reasoning += delta.reasoning_content ?? "";
    if (delta.content || delta.reasoning_content) this.#thinks = !delta.content;
    for (const [place, call] of (delta.tool_calls ?? []).entries()) this.#takeCall(call.index ?? place, call);
    this.#otherOfMessage = joined(this.#otherOfMessage, without(delta, DELTA_FIELDS), "join");
  }

  #takeCall(index: number, { id, type, function: named, index: _index, ...rest }: ToolCallDelta): void {
    const known = this.#calls.get(index) ?? { id: "", name: "", arguments: "", type: undefined, rest: {} };
    this.#calls.set(index, {
      id: known.id === "" ? (id ?? "") : known.id,
      // Some repeat the name with every piece; none sends it in two.
      name: known.name === "" ? (named?.name ?? "") : known.name,
      arguments: known.arguments + (named?.arguments ?? ""),
      type: known.type ?? type,
      rest: joined(known.rest, rest, "last"),
    });
  }
}

interface Call {
  readonly id: string;
  readonly type: "function" | undefined;
  readonly name: string;
  readonly arguments: string;
  readonly rest: Fields;
}

function toolCall(call: Call): ToolCall {
  const { id, type = "function", name, arguments: given, rest } = call;
  return { ...rest, id, type, function: { name, arguments: given } };
}

function without(value: object, known: ReadonlySet<string>): Fields {
  return Object.fromEntries(Object.entries(value).filter(([name, one]) => !known.has(name) && one != null));
}

function joined(before: Fields, more: Fields, how: "join" | "last"): Fields {
  const names = Object.keys(more);
  if (names.length === 0) return before;
  return { ...before, ...Object.fromEntries(names.map((name) => [name, join(before[name], more[name], how)])) };
}

function join(before: unknown, more: unknown, how: "join" | "last"): unknown {
  if (how === "last" || before === undefined) return more;
  if (typeof before === "string" && typeof more === "string") return before + more;
  if (Array.isArray(before) && Array.isArray(more)) return [...before, ...more];
  if (isFields(before) && isFields(more)) return joined(before, more, "join");
  return more;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
