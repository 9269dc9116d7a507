/**
 * Anthropic's conversation as OpenAI's messages. Its instructions come first,
 * a turn's tool results before the rest of it. Thoughts of earlier turns are
 * left out: their signatures are for Claude alone.
 */
import type { ContentPart, Message, ToolCall } from "../openai/chat-request.ts";
import { type Fields, isFields } from "./message.ts";
import type { MessagesRequest } from "./messages-request.ts";

interface Conversation {
  readonly messages: Message[];
  /** What of it OpenAI's language cannot say; null: nothing. */
  readonly lost: string | null;
}

export function toChatMessages(body: MessagesRequest): Conversation {
  const lost = new Set<string>();
  const system = partsOf(body["system"], lost);
  const turns = body.messages.flatMap((turn) => (isFields(turn) ? messagesOf(turn, lost) : []));
  const [first = null] = lost;
  return {
    messages: system.length === 0 ? turns : [{ role: "system", content: asContent(system) }, ...turns],
    lost: first === null ? null : `messages (${first})`,
  };
}

function messagesOf({ role, content }: Fields, lost: Set<string>): Message[] {
  const parts = partsOf(content, lost);
  if (role === "system") return [{ role, content: asContent(parts) }];
  const blocks = blocksOf(content);
  if (role === "assistant") {
    const calls = blocks.filter(({ type }) => type === "tool_use").map(toolCall);
    if (calls.length === 0) return [{ role, content: asContent(parts) }];
    return [{ role, content: parts.length === 0 ? null : asContent(parts), tool_calls: calls }];
  }
  const results = blocks.filter(({ type }) => type === "tool_result").map((block) => toolMessage(block, lost));
  return results.length > 0 && parts.length === 0 ? results : [...results, { role: "user", content: asContent(parts) }];
}

/** A call's input is JSON; the order of text and calls within a turn is not kept. */
function toolCall({ id, name, input }: Fields): ToolCall {
  return {
    id: textOf(id),
    type: "function",
    function: { name: textOf(name), arguments: JSON.stringify(input ?? {}) },
  };
}

/** OpenAI has no mark for a result that is an error, so the words say it. */
function toolMessage({ tool_use_id: id, content, is_error: isError }: Fields, lost: Set<string>): Message {
  const parts = partsOf(content, lost);
  return { role: "tool", tool_call_id: textOf(id), content: asContent(isError === true ? asError(parts) : parts) };
}

function asError(parts: readonly ContentPart[]): readonly ContentPart[] {
  const [first, ...rest] = parts;
  const text = first?.type === "text" ? textOf(first["text"]) : null;
  if (text === null) return [{ type: "text", text: "Error:" }, ...parts];
  return /^\W*error/i.test(text) ? parts : [{ type: "text", text: `Error: ${text}` }, ...rest];
}

/** Said elsewhere, or for Claude alone. */
const LEFT_OUT: ReadonlySet<unknown> = new Set(["tool_use", "tool_result", "thinking", "redacted_thinking"]);

/** Text and images. What a text quotes (`citations`) and what is cached are no part of what is said. */
function partsOf(content: unknown, lost: Set<string>): ContentPart[] {
  return blocksOf(content).flatMap((block): ContentPart[] => {
    const { type, text, source } = block;
    if (LEFT_OUT.has(type)) return [];
    if (type === "text") return [{ type, text: textOf(text) }];
    const url = type === "image" && isFields(source) ? imageUrl(source) : null;
    if (url !== null) return [{ type: "image_url", image_url: { url } }];
    lost.add(type === "image" ? "image of another source" : textOf(type));
    return [];
  });
}

/** Null: a file that only Anthropic has. */
function imageUrl({ type, url, media_type: mediaType, data }: Fields): string | null {
  if (type === "base64") return `data:${textOf(mediaType)};base64,${textOf(data)}`;
  return type === "url" ? textOf(url) : null;
}

function blocksOf(content: unknown): readonly Fields[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  return Array.isArray(content) ? content.filter(isFields) : [];
}

/** One text is a string, which servers take that know no parts. */
function asContent(parts: readonly ContentPart[]): string | ContentPart[] {
  const [first] = parts;
  if (first === undefined) return "";
  return parts.length === 1 && first.type === "text" ? textOf(first["text"]) : [...parts];
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
