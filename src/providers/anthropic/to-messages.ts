/**
 * A conversation as Anthropic wants it: instructions apart, turns that
 * alternate, a tool's results as blocks of the user's turn, no empty text.
 * https://docs.anthropic.com/en/api/messages#body-messages
 */
import { assertNever } from "../../lib/assert-never.ts";
import type { ContentPart, Message, ToolCall } from "../../openai/chat-request.ts";
import { dataUrlOf, isFunctionCall, isImagePart, isRefusalPart, isTextPart, partsOf } from "../../openai/parts.ts";
import type { JsonObject } from "../json-object.ts";
import { toolInputOf } from "../tool-input.ts";

export interface Turn {
  readonly role: "user" | "assistant";
  readonly content: string | readonly Block[];
}

type Block = JsonObject & { readonly type: string };

/** Instructions stand above the whole conversation, wherever they came: so does Anthropic's own layer for OpenAI's SDK. */
export function toSystem(messages: readonly Message[]): string | readonly Block[] | undefined {
  const blocks = messages
    .filter((message) => message.role === "system" || message.role === "developer")
    .flatMap((message) => partsOf(message.content).flatMap(textBlock));
  return blocks.length === 0 ? undefined : asContent(blocks);
}

export function toMessages(messages: readonly Message[]): readonly Turn[] {
  const turns: { readonly role: Turn["role"]; readonly blocks: Block[] }[] = [];
  for (const message of messages) {
    const role = message.role === "assistant" ? "assistant" : "user";
    const blocks = blocksOf(message);
    if (blocks.length === 0) continue;
    const last = turns.at(-1);
    // Two turns of one role are one: parallel results, and messages that a client sent one by one.
    if (last?.role === role) last.blocks.push(...blocks);
    else turns.push({ role, blocks });
  }
  return turns.map(({ role, blocks }, at) => ({
    role,
    content: asContent(role === "assistant" && at === turns.length - 1 ? trimmedEnd(blocks) : blocks),
  }));
}

function blocksOf(message: Message): Block[] {
  switch (message.role) {
    case "system":
    case "developer":
    // Incapable of it: such a request never comes here.
    case "function":
      return [];
    case "user":
      return partsOf(message.content).flatMap(contentBlock);
    case "tool":
      return [
        {
          type: "tool_result",
          tool_use_id: toolUseId(message.tool_call_id),
          content: asContent(partsOf(message.content).flatMap(contentBlock)),
        },
      ];
    case "assistant":
      return [
        ...partsOf(message.content).flatMap(textBlock),
        ...partsOf(message.refusal).flatMap(textBlock),
        ...(message.tool_calls ?? []).filter(isFunctionCall).map(toolUse),
      ];
    default:
      return assertNever(message);
  }
}

function contentBlock(part: ContentPart): Block[] {
  return isImagePart(part) ? [imageBlock(part.image_url.url)] : textBlock(part);
}

/** "messages: text content blocks must contain non-whitespace text" */
function textBlock(part: ContentPart): Block[] {
  const text = isTextPart(part) ? part.text : isRefusalPart(part) ? part.refusal : "";
  // Half a surrogate pair cannot be written in UTF-8, and Anthropic refuses its escape.
  return text.trim() === "" ? [] : [{ type: "text", text: text.toWellFormed() }];
}

/** https://docs.anthropic.com/en/docs/build-with-claude/vision */
function imageBlock(url: string): Block {
  const data = dataUrlOf(url);
  return data === null
    ? { type: "image", source: { type: "url", url } }
    : { type: "image", source: { type: "base64", media_type: data.mediaType, data: data.base64 } };
}

function toolUse({ id, function: { name, arguments: args } }: ToolCall): Block {
  return { type: "tool_use", id: toolUseId(id), name, input: toolInputOf(args) };
}

/** "tool_use ids must match ^[a-zA-Z0-9_-]+$": ids of other providers may not. */
function toolUseId(id: string): string {
  return id.replaceAll(/[^a-zA-Z0-9_-]/g, "_") || "_";
}

/** "final assistant content cannot end with trailing whitespace" */
export function trimmedEnd<Any extends JsonObject>(blocks: readonly Any[]): readonly Any[] {
  return blocks.map((block, at) =>
    at === blocks.length - 1 && typeof block["text"] === "string" ? { ...block, text: block["text"].trimEnd() } : block,
  );
}

function asContent(blocks: readonly Block[]): string | readonly Block[] {
  const [first] = blocks;
  if (first === undefined) return "";
  return blocks.length === 1 && typeof first["text"] === "string" ? first["text"] : blocks;
}
