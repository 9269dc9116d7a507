import type { Usage } from "../../openai/chat-completion.ts";
import type { UsageBody } from "./schema.ts";

/**
 * Input tokens are those that were neither read from the cache nor written to it. Thoughts are counted as output.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export function usageOf(usage: UsageBody): Usage {
  const cached = usage.cacheReadInputTokens ?? 0;
  const prompt = (usage.inputTokens ?? 0) + (usage.cacheWriteInputTokens ?? 0) + cached;
  const completion = usage.outputTokens ?? 0;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached },
  };
}
