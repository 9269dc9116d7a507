/**
 * ConverseStream's events as OpenAI's chunks. The stop reason comes with
 * `messageStop`, the usage after it with `metadata`, and that is the end: a
 * stream that stops before its metadata has not said that it is whole.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-call.html#conversation-inference-call-response-converse-stream
 */
import type { Failure } from "../../domain/failure.ts";
import { BROKEN_FRAME, EXCEPTION } from "../../lib/event-stream.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { SseEvent } from "../../lib/sse.ts";
import type { ChatChunk, Delta } from "../../openai/chat-chunk.ts";
import { ToolBlocks } from "../anthropic/tool-blocks.ts";
import { deltaChunk, usageChunk } from "../chunk.ts";
import { unreadable } from "../classify-error.ts";
import { jsonObjectOf } from "../json-object.ts";
import type { Stamp, StreamTranslator } from "../provider.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { exceptionOf } from "./from-error.ts";
import { brokenOff, filtered } from "./no-answer.ts";
import { StreamPayload } from "./schema.ts";
import { usageOf } from "./usage.ts";

export function fromStream(stamp: Stamp): StreamTranslator {
  const tools = new ToolBlocks(stamp.id);
  let hasSpoken = false;
  let hasStopped = false;
  let finished = false;

  function take({ event, data }: SseEvent): Result<readonly ChatChunk[], Failure> {
    if (finished) return ok([]);
    if (event === BROKEN_FRAME) return fail(unreadable("a frame of the stream whose checksum or length is wrong"));
    if (event.startsWith(EXCEPTION)) {
      return fail(exceptionOf(event.slice(EXCEPTION.length), data, stamp.createdSeconds * 1000));
    }
    const payload = StreamPayload.safeParse(jsonObjectOf(data));
    return payload.success ? chunksOf(event, payload.data) : ok([]);
  }

  function chunksOf(event: string, payload: StreamPayload): Result<readonly ChatChunk[], Failure> {
    const at = payload.contentBlockIndex ?? 0;
    switch (event) {
      case "messageStart":
        return ok([deltaChunk(stamp, { role: "assistant", content: "" })]);
      case "contentBlockStart": {
        const call = payload.start?.toolUse;
        return said(call == null ? null : tools.begin(at, { type: "tool_use", id: call.toolUseId, name: call.name }));
      }
      case "contentBlockDelta":
        return said(deltaOf(at, payload));
      case "contentBlockStop":
        return said(tools.end(at));
      case "messageStop":
        return endOf(payload);
      case "metadata":
        finished = hasStopped;
        return ok(payload.usage == null ? [] : [usageChunk(stamp, usageOf(payload.usage))]);
      default:
        return ok([]); // what is yet to come
    }
  }

  function deltaOf(at: number, { delta }: StreamPayload): Delta | null {
    if (delta?.text) return { content: delta.text };
    if (delta?.reasoningContent?.text) return { reasoning_content: delta.reasoningContent.text };
    return tools.add(at, delta?.toolUse?.input ?? "");
  }

  function said(delta: Delta | null): Result<readonly ChatChunk[], Failure> {
    if (delta === null) return ok([]);
    hasSpoken ||= delta.reasoning_content === undefined;
    return ok([deltaChunk(stamp, delta)]);
  }

  function endOf({ stopReason }: StreamPayload): Result<readonly ChatChunk[], Failure> {
    hasStopped = true;
    const finishReason = finishReasonOf(stopReason);
    if (finishReason === null) return fail(brokenOff(stopReason));
    if (finishReason === "content_filter" && !hasSpoken) return fail(filtered(stopReason));
    return ok([deltaChunk(stamp, {}, finishReason)]);
  }

  return { take, finished: () => finished };
}
