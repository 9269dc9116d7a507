import type { Failure } from "../../domain/failure.ts";
import { failureOf } from "../failure-of.ts";
import type { Candidate, GeminiResponse } from "./schema.ts";

/** The prompt itself was refused; there are no candidates then. Null: it was not. https://ai.google.dev/gemini-api/docs/safety-settings */
export function promptBlocked({ promptFeedback: feedback }: GeminiResponse): Failure | null {
  if (feedback?.blockReason == null) return null;
  const words = feedback.blockReasonMessage ?? `The provider blocked the prompt: ${feedback.blockReason}`;
  return failureOf("content_filtered", { message: words, status: 200 });
}

/** The answer was refused before it began. */
export function answerBlocked({ finishReason, finishMessage }: Candidate): Failure {
  const words = finishMessage ?? `The provider blocked the answer: ${finishReason ?? "no reason given"}`;
  return failureOf("content_filtered", { message: words, status: 200 });
}

/** The model wrote a call that is none, and the like: chance, so another try may do. */
export function brokenOff({ finishReason, finishMessage }: Candidate): Failure {
  return failureOf("server_error", { message: `broken off: ${finishReason} ${finishMessage ?? ""}`, status: 200 });
}
