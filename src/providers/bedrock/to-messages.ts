/**
 * A conversation as Converse wants it: instructions apart, turns that alternate
 * and begin with the user's, a tool's results in the user's turn, no blank text.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
 */
import { assertNever } from "../../lib/assert-never.ts";
import type { ContentPart, Message, ToolCall } from "../../openai/chat-request.ts";
import { dataUrlOf, isFunctionCall, isImagePart, isRefusalPart, isTextPart, partsOf } from "../../openai/parts.ts";
import { trimmedEnd } from "../anthropic/to-messages.ts";
import type { JsonObject } from "../json-object.ts";
import { toolInputOf } from "../tool-input.ts";

export interface Turn {
  readonly role: "user" | "assistant";
  readonly content: readonly JsonObject[];
}

export function toSystem(messages: readonly Message[]): readonly JsonObject[] | undefined {
  const blocks = messages
    .filter((message) => message.role === "system" || message.role === "developer")
    .flatMap((message) => partsOf(message.content).flatMap(textBlock));
  return blocks.length === 0 ? undefined : blocks;
}

export function toMessages(messages: readonly Message[]): readonly Turn[] {
  const turns: { readonly role: Turn["role"]; readonly content: JsonObject[] }[] = [];
  for (const message of messages) {
    const role = message.role === "assistant" ? "assistant" : "user";
    const blocks = blocksOf(message);
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else if (blocks.length > 0) turns.push({ role, content: blocks });
  }
  return turns.map(({ role, content }, at) => ({
    role,
    content: role === "assistant" && at === turns.length - 1 ? trimmedEnd(content) : content,
  }));
}

/** Is a tool called or answered anywhere in it? */
export function usesTools(messages: readonly Message[]): boolean {
  return messages.some(
    (message) => message.role === "tool" || (message.role === "assistant" && (message.tool_calls?.length ?? 0) > 0),
  );
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ImageBlock.html */
export function imageFormatOf(mediaType: string): string | null {
  return /^image\/(png|jpeg|gif|webp)$/.exec(mediaType)?.[1] ?? null;
}

function blocksOf(message: Message): JsonObject[] {
  switch (message.role) {
    case "system":
    case "developer":
    // Incapable of it: such a request never comes here.
    case "function":
      return [];
    case "user":
      return partsOf(message.content).flatMap(contentBlock);
    case "tool": {
      const content = partsOf(message.content).flatMap(contentBlock);
      // Something must stand there, and blank text may not.
      const said = content.length > 0 ? content : [{ json: { output: "" } }];
      return [{ toolResult: { toolUseId: toolUseId(message.tool_call_id), content: said } }];
    }
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

function contentBlock(part: ContentPart): JsonObject[] {
  if (!isImagePart(part)) return textBlock(part);
  const data = dataUrlOf(part.image_url.url);
  // Incapable of any other: such a request never comes here.
  return data === null ? [] : [{ image: { format: imageFormatOf(data.mediaType), source: { bytes: data.base64 } } }];
}

/** "The text field in the ContentBlock object is blank. Add text to the text field, and try again." */
function textBlock(part: ContentPart): JsonObject[] {
  const text = isTextPart(part) ? part.text : isRefusalPart(part) ? part.refusal : "";
  return text.trim() === "" ? [] : [{ text: text.toWellFormed() }];
}

function toolUse({ id, function: { name, arguments: args } }: ToolCall): JsonObject {
  return { toolUse: { toolUseId: toolUseId(id), name, input: toolInputOf(args) } };
}

/** "Length Constraints: Minimum length of 1. Maximum length of 64. Pattern: [a-zA-Z0-9_-]+"; ids differ at their ends. */
function toolUseId(id: string): string {
  return id.replaceAll(/[^a-zA-Z0-9_-]/g, "_").slice(-64) || "_";
}
