/**
 * The request that asks another model to go on where an answer broke off: with
 * the answer so far as its own beginning where it takes such a prefill, else in
 * words. Nothing else of the request changes, but what is left of its bound.
 */
import type { NativeRequest } from "../domain/call.ts";
import { estimateUsage } from "../domain/call-usage.ts";
import type { ChatRequest, Message } from "../openai/chat-request.ts";
import { isTextPart, partsOf } from "../openai/parts.ts";

export interface HowToAsk {
  readonly prefill: boolean;
  /** Canonical: some want the prefill marked. */
  readonly provider: string;
}

export function askToContinue(request: ChatRequest, said: string, { prefill, provider }: HowToAsk): ChatRequest {
  const {
    messages,
    max_tokens: most,
    max_completion_tokens: mostCompleted,
    reasoning_effort: _effort,
    ...rest
  } = request;
  const last = messages.at(-1);
  // A caller's own prefill is the beginning of the same answer.
  const own = last?.role === "assistant" ? textOf(last) : null;
  const soFar: Message = {
    role: "assistant",
    content: (own ?? "") + said,
    // https://docs.mistral.ai/capabilities/completion/prefix and https://api-docs.deepseek.com/guides/chat_prefix_completion
    ...(prefill && WANT_A_MARK.has(provider) && { prefix: true }),
  };
  const before = own === null ? messages : messages.slice(0, -1);
  return {
    // Nobody is shown the thoughts of a continuation, and Claude refuses a prefill with them.
    ...(prefill ? rest : request),
    messages: prefill ? [...before, soFar] : [...before, soFar, { role: "user", content: goOn(said) }],
    ...(most != null && { max_tokens: left(most, said) }),
    ...(mostCompleted != null && { max_completion_tokens: left(mostCompleted, said) }),
  };
}

/** The same for Anthropic's own routes, in the caller's own words. */
export function askToContinueNative(
  native: NativeRequest,
  said: string,
  { prefill }: Pick<HowToAsk, "prefill">,
): NativeRequest {
  const { messages, max_tokens: most } = native.body;
  const last = messages.at(-1);
  const own = isAssistantText(last) ? last.content : null;
  // "final assistant content cannot end with trailing whitespace"
  const soFar = { role: "assistant", content: ((own ?? "") + said).trimEnd() };
  const before = own === null ? messages : messages.slice(0, -1);
  const asked = prefill ? [...before, soFar] : [...before, soFar, { role: "user", content: goOn(said) }];
  // As above; and a budget of thoughts must be smaller than what is left of the bound.
  const { thinking: _thinking, ...rest } = native.body;
  const { model } = native.body;
  return { ...native, body: { ...rest, model, messages: asked, max_tokens: left(most, said) } };
}

const WANT_A_MARK: ReadonlySet<string> = new Set(["mistral", "deepseek"]);

/** So many of the last characters are to be repeated: what `stream/seam.ts` looks for, and room to spare. */
const QUOTED_CHARS = 60;

function goOn(said: string): string {
  const cut = said.length - QUOTED_CHARS;
  // Not through the middle of a character, and from a word's beginning where there is one.
  const quote = said
    .slice(Math.max(0, cut))
    .replace(/^[\udc00-\udfff]/, "")
    .replace(/^\S{0,15}\s+(?=\S)/, cut > 0 ? "" : "$&");
  return `Your answer above was cut off. Write the rest of it. Begin by repeating its last words exactly: ${JSON.stringify(quote)} and go on from there in the same language and form, to the end. Do not begin again, do not apologise, do not comment.`;
}

/** The caller's bound holds for the whole answer. */
function left(most: number, said: string): number {
  return Math.max(1, most - estimateUsage(0, said.length).completionTokens);
}

/** Null: it holds more than text, and stands by itself. */
function textOf(message: Message): string | null {
  const parts = partsOf(message.content);
  return parts.every(isTextPart) ? parts.map(({ text }) => text).join("") : null;
}

function isAssistantText(message: unknown): message is { readonly role: "assistant"; readonly content: string } {
  if (typeof message !== "object" || message === null || !("role" in message) || !("content" in message)) return false;
  return message.role === "assistant" && typeof message.content === "string";
}
