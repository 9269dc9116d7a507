/** What Anthropic sends, as far as it is read. https://docs.anthropic.com/en/api/messages and /messages-streaming */
import * as z from "zod/mini";
import { forgiving } from "../../lib/forgiving.ts";

const text = z.nullish(z.string());
const number = z.nullish(z.number());

export const UsageBody = z.looseObject({
  input_tokens: number,
  output_tokens: number,
  cache_creation_input_tokens: number,
  cache_read_input_tokens: number,
  cache_creation: z.nullish(z.looseObject({ ephemeral_1h_input_tokens: number })),
  output_tokens_details: z.nullish(z.looseObject({ thinking_tokens: number })),
});
export type UsageBody = z.infer<typeof UsageBody>;

/** A union would refuse tomorrow's blocks; what a block needs is asked where it is read. */
const ContentBlock = z.looseObject({
  type: z.string(),
  text,
  thinking: text,
  id: text,
  name: text,
  input: z.optional(z.unknown()),
});
export type ContentBlock = z.infer<typeof ContentBlock>;

const StopDetails = z.looseObject({ category: text, explanation: text });
export type StopDetails = z.infer<typeof StopDetails>;

const usage = forgiving(z.nullish(UsageBody), undefined);
const stopDetails = forgiving(z.nullish(StopDetails), undefined);

export const MessageBody = z.looseObject({
  model: text,
  content: z.array(ContentBlock),
  stop_reason: text,
  stop_details: stopDetails,
  usage,
});

/** All but the deltas, which `from-stream.ts` checks by hand. */
export const StreamEvent = z.looseObject({
  type: z.string(),
  index: number,
  message: z.nullish(z.looseObject({ model: text, usage })),
  content_block: z.nullish(ContentBlock),
  delta: z.nullish(z.looseObject({ stop_reason: text, stop_details: stopDetails })),
  usage,
});
export type StreamEvent = z.infer<typeof StreamEvent>;
