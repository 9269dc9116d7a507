/**
 * Gemini's events as OpenAI's chunks. There is no closing event: the one with
 * a `finishReason` is the last that says anything.
 * https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
 */
import type { Failure } from "../../domain/failure.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { SseEvent } from "../../lib/sse.ts";
import type { ChatChunk, Delta } from "../../openai/chat-chunk.ts";
import { deltaChunk, usageChunk } from "../chunk.ts";
import { errorInEvent } from "../error-inside.ts";
import { jsonObjectOf } from "../json-object.ts";
import type { Stamp, StreamTranslator } from "../provider.ts";
import { answerBlocked, brokenOff, promptBlocked } from "./blocked.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { fromError } from "./from-error.ts";
import { type Candidate, GeminiResponse, type Part } from "./schema.ts";
import { toolCallOf } from "./tool-call.ts";
import { usageOf } from "./usage.ts";

export function fromStream(stamp: Stamp): StreamTranslator {
  let named = stamp;
  let hasBegun = false;
  let hasSpoken = false;
  let calls = 0;
  let finished = false;
  let usageSent = false;

  function take(event: SseEvent): Result<readonly ChatChunk[], Failure> {
    const body = jsonObjectOf(event.data);
    // Whatever follows a whole answer cannot make it less.
    if (finished && body?.["error"]) return ok([]);
    const error = errorInEvent(event, body, fromError, stamp);
    if (error !== null) return fail(error);
    const parsed = GeminiResponse.safeParse(body);
    if (!parsed.success) return ok([]);
    const blocked = promptBlocked(parsed.data);
    return blocked === null ? chunksOf(parsed.data) : fail(blocked);
  }

  function chunksOf(response: GeminiResponse): Result<readonly ChatChunk[], Failure> {
    const chunks: ChatChunk[] = [];
    if (!hasBegun) {
      hasBegun = true;
      named = { ...stamp, model: response.modelVersion ?? stamp.model };
      chunks.push(deltaChunk(named, { role: "assistant", content: "" }));
    }
    const candidate = response.candidates?.[0];
    if (candidate !== undefined && !finished) {
      for (const part of candidate.content?.parts ?? []) {
        const delta = deltaOf(part);
        if (delta !== null) chunks.push(deltaChunk(named, delta));
      }
      const end = endOf(candidate);
      if (!end.ok) return end;
      chunks.push(...end.value);
    }
    // Every event repeats the count so far; the last one is the whole.
    if (finished && !usageSent && response.usageMetadata != null) {
      usageSent = true;
      chunks.push(usageChunk(named, usageOf(response.usageMetadata)));
    }
    return ok(chunks);
  }

  function deltaOf(part: Part): Delta | null {
    const call = toolCallOf(part, calls, stamp);
    if (call !== null) {
      hasSpoken = true;
      return { tool_calls: [{ index: calls++, ...call }] };
    }
    if (part.text === null || part.text === undefined || part.text === "") return null;
    if (part.thought === true) return { reasoning_content: part.text };
    hasSpoken = true;
    return { content: part.text };
  }

  function endOf(candidate: Candidate): Result<readonly ChatChunk[], Failure> {
    if (candidate.finishReason === null || candidate.finishReason === undefined) return ok([]);
    const finishReason = finishReasonOf(candidate.finishReason, calls > 0);
    if (finishReason === null) return fail(brokenOff(candidate));
    if (finishReason === "content_filter" && !hasSpoken) return fail(answerBlocked(candidate));
    finished = true;
    return ok([deltaChunk(named, {}, finishReason)]);
  }

  return { take, finished: () => finished };
}
