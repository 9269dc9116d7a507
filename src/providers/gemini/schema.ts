/** What Gemini sends, as far as it is read; a stream's events have the same form. https://ai.google.dev/api/generate-content#generatecontentresponse */
import * as z from "zod";

const Part = z.looseObject({
  text: z.string().nullish(),
  thought: z.boolean().nullish(),
  thoughtSignature: z.string().nullish(),
  functionCall: z.looseObject({ id: z.string().nullish(), name: z.string(), args: z.unknown().optional() }).nullish(),
});
export type Part = z.infer<typeof Part>;

const Candidate = z.looseObject({
  content: z.looseObject({ parts: z.array(Part).nullish() }).nullish(),
  finishReason: z.string().nullish(),
  finishMessage: z.string().nullish(),
});
export type Candidate = z.infer<typeof Candidate>;

export const UsageBody = z.looseObject({
  promptTokenCount: z.number().nullish(),
  toolUsePromptTokenCount: z.number().nullish(),
  cachedContentTokenCount: z.number().nullish(),
  candidatesTokenCount: z.number().nullish(),
  thoughtsTokenCount: z.number().nullish(),
  totalTokenCount: z.number().nullish(),
});

export const GeminiResponse = z.looseObject({
  candidates: z.array(Candidate).nullish(),
  promptFeedback: z
    .looseObject({ blockReason: z.string().nullish(), blockReasonMessage: z.string().nullish() })
    .nullish(),
  usageMetadata: UsageBody.nullish().catch(undefined),
  modelVersion: z.string().nullish(),
});
export type GeminiResponse = z.infer<typeof GeminiResponse>;
