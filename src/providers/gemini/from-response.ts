import type { Failure } from "../../domain/failure.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { ChatCompletion } from "../../openai/chat-completion.ts";
import { unreadable } from "../classify-error.ts";
import { errorInBody } from "../error-inside.ts";
import { failureOf } from "../failure-of.ts";
import type { Stamp } from "../provider.ts";
import { translatedCompletion } from "../translated-completion.ts";
import { answerBlocked, brokenOff, promptBlocked } from "./blocked.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { fromError } from "./from-error.ts";
import { GeminiResponse, type Part } from "./schema.ts";
import { toolCallOf, type TranslatedCall } from "./tool-call.ts";
import { usageOf } from "./usage.ts";

export function fromResponse(body: unknown, stamp: Stamp): Result<ChatCompletion, Failure> {
  const error = errorInBody(body, fromError, stamp);
  if (error !== null) return fail(error);
  const parsed = GeminiResponse.safeParse(body);
  if (!parsed.success) return fail(unreadable("the answer is not a generateContent response"));
  const blocked = promptBlocked(parsed.data);
  if (blocked !== null) return fail(blocked);
  const candidate = parsed.data.candidates?.[0];
  if (candidate === undefined) return fail(unreadable("the answer has no candidates"));

  const parts = candidate.content?.parts ?? [];
  const text = joined(parts, false);
  const thoughts = joined(parts, true);
  const toolCalls = toolCallsIn(parts, stamp);
  const finishReason = finishReasonOf(candidate.finishReason ?? "STOP", toolCalls.length > 0);
  if (finishReason === null) return fail(brokenOff(candidate));
  if (text === "" && toolCalls.length === 0 && finishReason !== "length") {
    const empty = failureOf("empty_answer", {
      message: `an answer without content (${candidate.finishReason})`,
      status: 200,
    });
    if (finishReason === "content_filter") return fail(answerBlocked(candidate));
    if (!stamp.mayBeEmpty) return fail(empty);
  }
  const { usageMetadata: usage, modelVersion } = parsed.data;
  const said = { model: modelVersion, text, thoughts, toolCalls, finishReason };
  return ok(translatedCompletion(stamp, { ...said, usage: usage == null ? null : usageOf(usage) }));
}

function joined(parts: readonly Part[], thoughts: boolean): string {
  return parts.map((part) => ((part.thought ?? false) === thoughts ? (part.text ?? "") : "")).join("");
}

function toolCallsIn(parts: readonly Part[], stamp: Stamp): TranslatedCall[] {
  return parts.filter((part) => part.functionCall != null).flatMap((part, at) => toolCallOf(part, at, stamp) ?? []);
}
