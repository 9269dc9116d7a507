import type { FinishReason } from "../../openai/chat-completion.ts";

/** Null: the answer was broken off, and what there is of it is not an answer. https://ai.google.dev/api/generate-content#FinishReason */
export function finishReasonOf(reason: string, calledTools: boolean): FinishReason | null {
  switch (reason) {
    case "MAX_TOKENS":
    case "CONTINUATION":
      return "length";
    case "SAFETY":
    case "RECITATION":
    case "LANGUAGE":
    case "BLOCKLIST":
    case "PROHIBITED_CONTENT":
    case "SPII":
    case "IMAGE_SAFETY":
    case "IMAGE_PROHIBITED_CONTENT":
    case "IMAGE_RECITATION":
      return "content_filter";
    case "MALFORMED_FUNCTION_CALL":
    case "UNEXPECTED_TOOL_CALL":
    case "TOO_MANY_TOOL_CALLS":
    case "MALFORMED_RESPONSE":
    case "OTHER":
    case "FINISH_REASON_UNSPECIFIED":
      return null;
    default:
      return calledTools ? "tool_calls" : "stop";
  }
}
