/** What Anthropic sends, as far as it is read. https://docs.anthropic.com/en/api/messages and /messages-streaming */
import * as z from "zod";

export const UsageBody = z.looseObject({
  input_tokens: z.number().nullish(),
  output_tokens: z.number().nullish(),
  cache_creation_input_tokens: z.number().nullish(),
  cache_read_input_tokens: z.number().nullish(),
  output_tokens_details: z.looseObject({ thinking_tokens: z.number().nullish() }).nullish(),
});
export type UsageBody = z.infer<typeof UsageBody>;

/** A union would refuse tomorrow's blocks; what a block needs is asked where it is read. */
const ContentBlock = z.looseObject({
  type: z.string(),
  text: z.string().nullish(),
  thinking: z.string().nullish(),
  id: z.string().nullish(),
  name: z.string().nullish(),
  input: z.unknown().optional(),
});
export type ContentBlock = z.infer<typeof ContentBlock>;

const StopDetails = z.looseObject({ category: z.string().nullish(), explanation: z.string().nullish() });
export type StopDetails = z.infer<typeof StopDetails>;

export const MessageBody = z.looseObject({
  model: z.string().nullish(),
  content: z.array(ContentBlock),
  stop_reason: z.string().nullish(),
  stop_details: StopDetails.nullish().catch(undefined),
  usage: UsageBody.nullish().catch(undefined),
});

export const StreamEvent = z.looseObject({
  type: z.string(),
  index: z.number().nullish(),
  message: z.looseObject({ model: z.string().nullish(), usage: UsageBody.nullish().catch(undefined) }).nullish(),
  content_block: ContentBlock.nullish(),
  delta: z
    .looseObject({
      type: z.string().nullish(),
      text: z.string().nullish(),
      thinking: z.string().nullish(),
      partial_json: z.string().nullish(),
      stop_reason: z.string().nullish(),
      stop_details: StopDetails.nullish().catch(undefined),
    })
    .nullish(),
  usage: UsageBody.nullish().catch(undefined),
});
export type StreamEvent = z.infer<typeof StreamEvent>;
