import type * as z from "zod/mini";
import type { Usage } from "../../openai/chat-completion.ts";
import type { UsageBody } from "./schema.ts";

/** OpenAI counts thoughts among the answer's tokens, Gemini beside them. https://ai.google.dev/api/generate-content#UsageMetadata */
export function usageOf(usage: z.infer<typeof UsageBody>): Usage {
  const prompt = (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0);
  const thoughts = usage.thoughtsTokenCount ?? 0;
  const completion = (usage.candidatesTokenCount ?? 0) + thoughts;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: usage.totalTokenCount ?? prompt + completion,
    prompt_tokens_details: { cached_tokens: usage.cachedContentTokenCount ?? 0 },
    completion_tokens_details: { reasoning_tokens: thoughts },
  };
}
