/** What OpenAI-compatible servers send, as far as it is read. https://platform.openai.com/docs/api-reference/chat/object */
import * as z from "zod/mini";
import { forgiving } from "../../lib/forgiving.ts";

const text = z.nullish(z.string());
const number = z.nullish(z.number());

const ToolCall = z.looseObject({
  id: text,
  function: z.optional(z.looseObject({ name: z.string(), arguments: text })),
});

const Choice = z.looseObject({
  index: number,
  message: z.looseObject({
    content: text,
    refusal: text,
    reasoning_content: text,
    reasoning: text,
    tool_calls: z.nullish(z.array(ToolCall)),
  }),
  finish_reason: text,
});
export type Choice = z.infer<typeof Choice>;

export const UsageBody = z.looseObject({
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  total_tokens: number,
  prompt_tokens_details: forgiving(z.nullish(z.looseObject({ cached_tokens: number })), undefined),
  completion_tokens_details: forgiving(z.nullish(z.looseObject({ reasoning_tokens: number })), undefined),
});

export const Completion = z.looseObject({
  id: text,
  created: number,
  model: text,
  choices: z.array(Choice).check(z.minLength(1)),
  usage: forgiving(z.nullish(UsageBody), undefined),
});
