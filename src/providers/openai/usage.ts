import type * as z from "zod/mini";
import type { Usage } from "../../openai/chat-completion.ts";
import type { UsageBody } from "./schema.ts";

/** Further figures (audio, predictions) are passed on as they came. */
export function usageOf(usage: z.infer<typeof UsageBody>): Usage {
  const { prompt_tokens_details: prompt, completion_tokens_details: completion, ...counts } = usage;
  return {
    ...counts,
    total_tokens: usage.total_tokens ?? usage.prompt_tokens + usage.completion_tokens,
    ...(prompt != null && { prompt_tokens_details: { ...prompt, cached_tokens: prompt.cached_tokens ?? 0 } }),
    ...(completion != null && {
      completion_tokens_details: { ...completion, reasoning_tokens: completion.reasoning_tokens ?? 0 },
    }),
  };
}
