import type { Usage } from "../../openai/chat-completion.ts";
import type { UsageBody } from "./schema.ts";

/**
 * "Total input tokens in a request is the summation of input_tokens,
 * cache_creation_input_tokens, and cache_read_input_tokens."
 * https://docs.anthropic.com/en/api/messages#response-usage
 */
export function usageOf(usage: UsageBody): Usage {
  const cached = usage.cache_read_input_tokens ?? 0;
  const written = usage.cache_creation_input_tokens ?? 0;
  const prompt = (usage.input_tokens ?? 0) + cached + written;
  const completion = usage.output_tokens ?? 0;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: cached,
      // For how long is Anthropic's to say: OpenAI has no words for it.
      ...(written > 0 && { cache_write_tokens: written, ...usage.cache_creation }),
    },
    completion_tokens_details: { reasoning_tokens: usage.output_tokens_details?.thinking_tokens ?? 0 },
  };
}
