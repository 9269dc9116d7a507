/** https://platform.openai.com/docs/api-reference/chat/object */
import type { ToolCall } from "./chat-request.ts";

export interface ChatCompletion {
  readonly id: string;
  readonly object: "chat.completion";
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly choices: readonly CompletionChoice[];
  readonly usage?: Usage;
}

export interface CompletionChoice {
  readonly index: number;
  readonly message: {
    readonly role: "assistant";
    readonly content: string | null;
    readonly refusal: string | null;
    readonly tool_calls?: readonly ToolCall[];
    /** What DeepSeek, vLLM and others call the visible reasoning; OpenAI has no field for it. */
    readonly reasoning_content?: string;
  };
  readonly finish_reason: FinishReason;
  readonly logprobs: null;
}

export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "function_call";

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: {
    readonly cached_tokens: number;
    /** Since GPT-5.6: https://developers.openai.com/api/docs/guides/prompt-caching */
    readonly cache_write_tokens?: number | null | undefined;
    /** Of those: Anthropic's word, where it is asked to keep them for so long. */
    readonly ephemeral_1h_input_tokens?: number | null | undefined;
  };
  readonly completion_tokens_details?: { readonly reasoning_tokens: number };
}
