import type { FinishReason } from "../../openai/chat-completion.ts";

/** Compatible servers have words of their own (`eos`, none at all); the answer then tells. */
export function finishReasonOf(reason: unknown, calledTools: boolean): FinishReason {
  switch (reason) {
    case "stop":
    case "length":
    case "tool_calls":
    case "content_filter":
    // The old way to call a function; who asks for it looks for this word.
    case "function_call":
      return reason;
    case "max_tokens":
      return "length";
    default:
      return calledTools ? "tool_calls" : "stop";
  }
}
