/**
 * OpenAI's chunks, looked at and passed on as they came. This runs for each
 * event of a pumped stream too, so it checks by hand only what is read, and
 * copies no deeper than it must.
 * https://platform.openai.com/docs/api-reference/chat-streaming
 */
import type { Failure } from "../../domain/failure.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { SseEvent } from "../../lib/sse.ts";
import type { ChatChunk, ChunkChoice } from "../../openai/chat-chunk.ts";
import type { Usage } from "../../openai/chat-completion.ts";
import { errorInEvent } from "../error-inside.ts";
import { type JsonObject, jsonObjectOf } from "../json-object.ts";
import type { Stamp, StreamTranslator } from "../provider.ts";
import { deltaOf } from "./delta.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { fromError } from "./from-error.ts";
import { UsageBody } from "./schema.ts";
import { usageOf } from "./usage.ts";

export function fromStream(stamp: Stamp): StreamTranslator {
  let finished = false;
  let calledTools = false;
  /** Some servers repeat the usage in every chunk, or put it beside the last words; it goes out once, at the end. */
  let usageAside: Usage | null = null;

  function take(event: SseEvent): Result<readonly ChatChunk[], Failure> {
    if (finished) return ok([]);
    if (event.data.trim() === "[DONE]") {
      finished = true;
      return ok(usageAside === null ? [] : [chunkOf({}, [], usageAside)]);
    }
    const body = jsonObjectOf(event.data);
    const error = errorInEvent(event, body, fromError, stamp);
    if (error !== null) return fail(error);
    if (body === null) return ok([]);

    const choices = Array.isArray(body["choices"]) ? body["choices"].flatMap(choiceOf) : [];
    const usage = readUsage(body["usage"]);
    if (choices.length > 0) {
      usageAside = usage ?? usageAside;
      return ok([chunkOf(body, choices, null)]);
    }
    if (usage === null) return ok([]);
    usageAside = null;
    return ok([chunkOf(body, [], usage)]);
  }

  function chunkOf(body: JsonObject, choices: readonly ChunkChoice[], usage: Usage | null): ChatChunk {
    const { id, created, model } = body;
    return {
      ...body,
      id: typeof id === "string" ? id : stamp.id,
      object: "chat.completion.chunk",
      created: typeof created === "number" ? created : stamp.createdSeconds,
      model: typeof model === "string" ? model : stamp.model,
      choices,
      ...((usage !== null || "usage" in body) && { usage }),
    };
  }

  function choiceOf(choice: unknown, at: number): ChunkChoice[] {
    if (typeof choice !== "object" || choice === null) return [];
    const { index, delta, finish_reason: reason }: JsonObject = { ...choice };
    const said = deltaOf(delta);
    if (said.tool_calls !== undefined && said.tool_calls.length > 0) calledTools = true;
    return [
      {
        ...choice,
        index: typeof index === "number" ? index : at,
        delta: said,
        finish_reason: typeof reason === "string" && reason !== "" ? finishReasonOf(reason, calledTools) : null,
      },
    ];
  }

  return { take, finished: () => finished };
}

function readUsage(value: unknown): Usage | null {
  if (value === null || value === undefined) return null;
  const usage = UsageBody.safeParse(value);
  return usage.success ? usageOf(usage.data) : null;
}
