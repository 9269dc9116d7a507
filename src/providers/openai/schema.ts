/** What OpenAI-compatible servers send, as far as it is read. https://platform.openai.com/docs/api-reference/chat/object */
import * as z from "zod";

const ToolCall = z.looseObject({
  id: z.string().nullish(),
  function: z.looseObject({ name: z.string(), arguments: z.string().nullish() }).optional(),
});

const Choice = z.looseObject({
  index: z.number().nullish(),
  message: z.looseObject({
    content: z.string().nullish(),
    refusal: z.string().nullish(),
    reasoning_content: z.string().nullish(),
    reasoning: z.string().nullish(),
    tool_calls: z.array(ToolCall).nullish(),
  }),
  finish_reason: z.string().nullish(),
});
export type Choice = z.infer<typeof Choice>;

export const UsageBody = z.looseObject({
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  total_tokens: z.number().nullish(),
  prompt_tokens_details: z.looseObject({ cached_tokens: z.number().nullish() }).nullish().catch(undefined),
  completion_tokens_details: z.looseObject({ reasoning_tokens: z.number().nullish() }).nullish().catch(undefined),
});

export const Completion = z.looseObject({
  id: z.string().nullish(),
  created: z.number().nullish(),
  model: z.string().nullish(),
  choices: z.array(Choice).min(1),
  usage: UsageBody.nullish().catch(undefined),
});
