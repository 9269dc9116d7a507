/**
 * The request that asks another model to go on where an answer broke off: with
 * the answer so far as its own beginning where it takes such a prefill, else in
 * words. Nothing else of the request changes, but what is left of its bound.
 */
import type { NativeRequest } from "../domain/call.ts";
import { estimateUsage } from "../domain/call-usage.ts";
import type { ChatRequest, Message } from "../openai/chat-request.ts";
import { isTextPart, partsOf } from "../openai/parts.ts";
import { isJsonObject } from "../providers/json-object.ts";
import { lastWords } from "../stream/last-words.ts";

export interface HowToAsk {
  readonly prefill: boolean;
  /** Canonical: some want the prefill marked. */
  readonly provider: string;
}

export function askToContinue(request: ChatRequest, said: string, { prefill, provider }: HowToAsk): ChatRequest {
  const { messages, max_tokens: most, max_completion_tokens: mostCompleted, reasoning_effort: _, ...rest } = request;
  const last = messages.at(-1);
  const own = last?.role === "assistant" ? textOf(last) : null;
  const quote = prefill ? "" : lastWords(said);
  return {
    // Nobody is shown the thoughts of a continuation, and Claude refuses a prefill with them.
    ...(prefill ? rest : request),
    messages: asked<Message>(messages, own, said, quote, (content) => ({
      role: "assistant",
      content,
      // https://docs.mistral.ai/capabilities/completion/prefix and https://api-docs.deepseek.com/guides/chat_prefix_completion
      ...(prefill && WANT_A_MARK.has(provider) && { prefix: true }),
    })),
    ...(most != null && { max_tokens: left(most, said, quote) }),
    ...(mostCompleted != null && { max_completion_tokens: left(mostCompleted, said, quote) }),
  };
}

/** The same for Anthropic's own routes, in the caller's own words. */
export function askToContinueNative(
  native: NativeRequest,
  said: string,
  { prefill }: Pick<HowToAsk, "prefill">,
): NativeRequest {
  // As above; and a budget of thoughts must be smaller than what is left of the bound.
  const { thinking: _thinking, context_management: managed, ...rest } = native.body;
  const { messages, max_tokens: most, model } = native.body;
  const last = messages.at(-1);
  const own = isAssistantText(last) ? last.content : null;
  const quote = prefill ? "" : lastWords(said);
  const turns = asked<unknown>(messages, own, said, quote, (content) => ({ role: "assistant", content }));
  const body = { ...rest, ...withoutThoughts(managed), model, messages: turns, max_tokens: left(most, said, quote) };
  return { ...native, body };
}

const WANT_A_MARK: ReadonlySet<string> = new Set(["mistral", "deepseek"]);

/** `own`: a caller's own prefill is the beginning of the same answer. */
function asked<Turn>(
  messages: readonly Turn[],
  own: string | null,
  said: string,
  quote: string,
  turn: (content: string) => Turn,
): (Turn | { role: "user"; content: string })[] {
  // An answer of white space alone has not begun: then the same is asked again.
  if (said.trim() === "") return [...messages];
  // Anthropic: "final assistant content cannot end with trailing whitespace". To others it is a token cut in two.
  const soFar = turn(((own ?? "") + said).trimEnd());
  const asks = quote === "" ? [] : [{ role: "user" as const, content: goOn(quote) }];
  return [...messages.slice(0, own === null ? undefined : -1), soFar, ...asks];
}

function goOn(quote: string): string {
  return `Your answer above was cut off. Write the rest of it. Begin by repeating its last words exactly: ${JSON.stringify(quote)} and go on from there in the same language and form, to the end. Do not begin again, do not apologise, do not comment.`;
}

/** The caller's bound holds for the whole answer; the words that are repeated are none of it. More no model may write. */
function left(most: number, said: string, quote: string): number {
  const again = quote === "" ? 0 : tokensOf(quote) + ROOM_TOKENS;
  return Math.min(most, Math.max(1, most - tokensOf(said)) + again);
}

/** A quote often takes more tokens than its length says, and without a word behind it nothing is proven. */
const ROOM_TOKENS = 15;

/** From U+2E80 on, the scripts of East Asia, a character is about a token. */
function tokensOf(text: string): number {
  const others = text.replaceAll(/[\u2e80-\uffff]/g, "").length;
  return text.length - others + estimateUsage(0, others).completionTokens;
}

/** `clear_thinking` is refused where no thoughts are asked for. https://platform.claude.com/docs/en/build-with-claude/context-editing */
function withoutThoughts(managed: unknown): object {
  if (!isJsonObject(managed) || !Array.isArray(managed["edits"])) return {};
  const edits = managed["edits"].filter((edit: unknown) => !/"clear_thinking/.test(JSON.stringify(edit)));
  return edits.length === 0 ? {} : { context_management: { ...managed, edits } };
}

/** Null: it holds more than text, and stands by itself. */
function textOf(message: Message): string | null {
  const parts = partsOf(message.content);
  return parts.every(isTextPart) ? parts.map(({ text }) => text).join("") : null;
}

function isAssistantText(message: unknown): message is { readonly role: "assistant"; readonly content: string } {
  return isJsonObject(message) && message["role"] === "assistant" && typeof message["content"] === "string";
}
