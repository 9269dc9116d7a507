/** What Anthropic and Gemini cannot take in a conversation, the same for both; each adds its own images and models. */
import type { ChatRequest, ContentPart, Message } from "../openai/chat-request.ts";
import { isFunctionCall, isFunctionTool, isImagePart, isRefusalPart, isTextPart, partsOf } from "../openai/parts.ts";

/** `imageFits`: can this provider look at the image with this URL? */
export function cannotReadMessages(request: ChatRequest, imageFits: (url: string) => boolean): string | null {
  let somethingIsSaid = false;
  for (const message of request.messages) {
    const cannot = cannotReadMessage(message, imageFits);
    if (cannot !== null) return cannot;
    somethingIsSaid ||= message.role !== "system" && message.role !== "developer" && !isEmpty(message);
  }
  return somethingIsSaid ? null : "messages (nothing but instructions)";
}

/** Tools of other kinds than functions, and choices among several. */
export function cannotOfferTools({ tools, tool_choice: choice }: ChatRequest): string | null {
  const other = tools?.find((tool) => !isFunctionTool(tool));
  if (other !== undefined) return `tools (${other.type})`;
  return typeof choice === "object" && choice !== null && choice.type !== "function"
    ? `tool_choice (${choice.type})`
    : null;
}

function cannotReadMessage(message: Message, imageFits: (url: string) => boolean): string | null {
  if (message.role === "function") return "messages (function)";
  for (const part of partsOf(message.content)) {
    const cannot = cannotReadPart(part, message.role, imageFits);
    if (cannot !== null) return cannot;
  }
  if (message.role !== "assistant") return null;
  const otherCall = message.tool_calls?.find((call) => !isFunctionCall(call));
  if (otherCall !== undefined) return `messages (tool_calls: ${otherCall.type})`;
  // Both are null in answers that clients put back into the conversation as they came.
  if (message["audio"]) return "messages (audio)";
  return message["function_call"] ? "messages (function_call)" : null;
}

function cannotReadPart(part: ContentPart, role: Message["role"], imageFits: (url: string) => boolean): string | null {
  if (isTextPart(part) || isRefusalPart(part)) return null;
  if (!isImagePart(part)) return `messages (${part.type})`;
  if (role !== "user" && role !== "tool") return `messages (image_url from ${role})`;
  return imageFits(part.image_url.url) ? null : "messages (image_url)";
}

function isEmpty(message: Message): boolean {
  if (message.role === "tool") return false;
  if (message.role === "assistant" && (message.tool_calls?.length ?? 0) > 0) return false;
  return partsOf(message.content).every((part) => isTextPart(part) && part.text.trim() === "");
}
