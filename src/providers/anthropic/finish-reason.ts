import type { FinishReason } from "../../openai/chat-completion.ts";

/** https://docs.anthropic.com/en/api/handling-stop-reasons */
export function finishReasonOf(stopReason: string | null | undefined): FinishReason {
  switch (stopReason) {
    case "max_tokens":
    case "model_context_window_exceeded":
      return "length";
    case "tool_use":
      return "tool_calls";
    case "refusal":
      return "content_filter";
    default:
      return "stop";
  }
}
