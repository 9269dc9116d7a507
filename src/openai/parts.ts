/** Small questions about a request's content and tools, asked by every translation. */
import type {
  Content,
  ContentPart,
  FunctionTool,
  ImagePart,
  RefusalPart,
  TextPart,
  Tool,
  ToolCall,
} from "./chat-request.ts";

export function partsOf(content: Content | null | undefined): readonly ContentPart[] {
  if (content === null || content === undefined || content === "") return [];
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

export function isTextPart(part: ContentPart): part is TextPart {
  return part.type === "text";
}

export function isImagePart(part: ContentPart): part is ImagePart {
  return part.type === "image_url";
}

export function isRefusalPart(part: ContentPart): part is RefusalPart {
  return part.type === "refusal";
}

export function isFunctionTool(tool: Tool): tool is FunctionTool {
  return tool.type === "function";
}

export function isFunctionCall(call: { readonly type: string }): call is ToolCall {
  return call.type === "function";
}

/** `data:image/png;base64,…` taken apart; null: another kind of URL, or not base64. The data may be megabytes long. */
export function dataUrlOf(url: string): { readonly mediaType: string; readonly base64: string } | null {
  if (!url.startsWith("data:")) return null;
  const comma = url.indexOf(",");
  const head = comma === -1 ? "" : url.slice("data:".length, comma);
  if (!head.endsWith(";base64")) return null;
  const [mediaType = ""] = head.split(";");
  const lower = mediaType.toLowerCase();
  // What many call it, and no registry.
  return { mediaType: lower === "image/jpg" ? "image/jpeg" : lower, base64: url.slice(comma + 1) };
}
