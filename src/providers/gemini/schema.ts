/** What Gemini sends, as far as it is read; a stream's events have the same form. https://ai.google.dev/api/generate-content#generatecontentresponse */
import * as z from "zod/mini";
import { forgiving } from "../../lib/forgiving.ts";

const text = z.nullish(z.string());
const number = z.nullish(z.number());

const Part = z.looseObject({
  text,
  thought: z.nullish(z.boolean()),
  thoughtSignature: text,
  functionCall: z.nullish(z.looseObject({ id: text, name: z.string(), args: z.optional(z.unknown()) })),
});
export type Part = z.infer<typeof Part>;

const Candidate = z.looseObject({
  content: z.nullish(z.looseObject({ parts: z.nullish(z.array(Part)) })),
  finishReason: text,
  finishMessage: text,
});
export type Candidate = z.infer<typeof Candidate>;

export const UsageBody = z.looseObject({
  promptTokenCount: number,
  toolUsePromptTokenCount: number,
  cachedContentTokenCount: number,
  candidatesTokenCount: number,
  thoughtsTokenCount: number,
  totalTokenCount: number,
});

export const GeminiResponse = z.looseObject({
  candidates: z.nullish(z.array(Candidate)),
  promptFeedback: z.nullish(z.looseObject({ blockReason: text, blockReasonMessage: text })),
  usageMetadata: forgiving(z.nullish(UsageBody), undefined),
  modelVersion: text,
});
export type GeminiResponse = z.infer<typeof GeminiResponse>;
