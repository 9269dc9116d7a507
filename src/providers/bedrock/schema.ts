/** What Converse and ConverseStream send, as far as it is read. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html */
import * as z from "zod/mini";
import { forgiving } from "../../lib/forgiving.ts";

const text = z.nullish(z.string());
const number = z.nullish(z.number());

const UsageBody = z.looseObject({
  inputTokens: number,
  outputTokens: number,
  cacheReadInputTokens: number,
  cacheWriteInputTokens: number,
});
export type UsageBody = z.infer<typeof UsageBody>;

const ToolUse = z.looseObject({ toolUseId: text, name: text, input: z.optional(z.unknown()) });
export type ToolUse = z.infer<typeof ToolUse>;

const reasoningText = z.nullish(z.looseObject({ text }));
const usage = forgiving(z.nullish(UsageBody), undefined);

/** Which member a block has is its kind; a union would refuse tomorrow's. */
const ContentBlock = z.looseObject({
  text,
  toolUse: z.nullish(ToolUse),
  reasoningContent: z.nullish(z.looseObject({ reasoningText })),
});

export const ConverseBody = z.looseObject({
  output: z.looseObject({ message: z.looseObject({ content: z.array(ContentBlock) }) }),
  stopReason: text,
  usage,
});

/** The payload of any event: the frame's header says which. */
export const StreamPayload = z.looseObject({
  contentBlockIndex: number,
  start: z.nullish(z.looseObject({ toolUse: z.nullish(ToolUse) })),
  delta: z.nullish(
    z.looseObject({
      text,
      toolUse: z.nullish(z.looseObject({ input: text })),
      reasoningContent: reasoningText,
    }),
  ),
  stopReason: text,
  usage,
});
export type StreamPayload = z.infer<typeof StreamPayload>;
