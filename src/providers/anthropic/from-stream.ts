/**
 * Anthropic's events as OpenAI's chunks. What is kept between events: which
 * content block is which tool call, and the usage, whose two halves come at
 * the beginning and at the end. This runs for each event of a pumped stream
 * too, so the events of which there are many are checked by hand.
 * https://docs.anthropic.com/en/docs/build-with-claude/streaming
 */
import type { MessagePlace } from "../../anthropic-api/message-place.ts";
import type { Failure } from "../../domain/failure.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { SseEvent } from "../../lib/sse.ts";
import type { ChatChunk, Delta } from "../../openai/chat-chunk.ts";
import { deltaChunk, usageChunk } from "../chunk.ts";
import { errorInEvent } from "../error-inside.ts";
import { isJsonObject, type JsonObject, jsonObjectOf } from "../json-object.ts";
import type { Stamp, StreamTranslator } from "../provider.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { fromError } from "./from-error.ts";
import { refusalOf } from "./refusal.ts";
import { StreamEvent, type UsageBody } from "./schema.ts";
import { ToolBlocks } from "./tool-blocks.ts";
import { usageOf } from "./usage.ts";

export function fromStream(stamp: Stamp): StreamTranslator {
  const tools = new ToolBlocks(stamp.id);
  let named = stamp;
  let usage: UsageBody = {};
  let hasSpoken = false;
  let finished = false;
  let started = false;
  let open: MessagePlace["open"] = null;
  let nextIndex = 0;
  let stopped = false;

  function take(event: SseEvent): Result<readonly ChatChunk[], Failure> {
    if (finished) return ok([]);
    const body = jsonObjectOf(event.data);
    const error = errorInEvent(event, body, fromError, stamp);
    if (error !== null) return fail(error);
    if (body?.["type"] === "content_block_delta") return said(deltaOf(body));
    const parsed = StreamEvent.safeParse(body);
    return parsed.success ? chunksOf(parsed.data) : ok([]);
  }

  function chunksOf(event: StreamEvent): Result<readonly ChatChunk[], Failure> {
    switch (event.type) {
      case "message_start":
        started = true;
        named = { ...stamp, model: event.message?.model ?? stamp.model };
        usage = { ...event.message?.usage };
        return ok([deltaChunk(named, { role: "assistant", content: "" })]);
      case "content_block_start":
        return said(startOf(event));
      case "content_block_stop":
        open = null;
        return said(tools.end(event.index ?? 0));
      case "message_delta":
        return endOf(event);
      case "message_stop":
        finished = true;
        return ok([usageChunk(named, usageOf(usage))]);
      default:
        // `ping`, and what is yet to come: https://docs.anthropic.com/en/api/versioning
        return ok([]);
    }
  }

  function startOf({ content_block: block, index }: StreamEvent): Delta | null {
    const at = index ?? 0;
    open = { index: at, type: block?.type ?? "" };
    nextIndex = at + 1;
    if (block?.type === "tool_use") return tools.begin(at, block);
    return block?.type === "text" && block.text ? { content: block.text } : null;
  }

  function deltaOf({ delta, index }: JsonObject): Delta | null {
    if (!isJsonObject(delta)) return null;
    const { type, text, thinking, partial_json: json } = delta;
    if (type === "text_delta") return isWords(text) ? { content: text } : null;
    if (type === "thinking_delta") return isWords(thinking) ? { reasoning_content: thinking } : null;
    // `signature_delta`, `citations_delta`: OpenAI's language has no place for them.
    if (type !== "input_json_delta" || !isWords(json)) return null;
    return tools.add(typeof index === "number" ? index : 0, json);
  }

  function said(delta: Delta | null): Result<readonly ChatChunk[], Failure> {
    if (delta === null) return ok([]);
    hasSpoken ||= delta.reasoning_content === undefined;
    return ok([deltaChunk(named, delta)]);
  }

  function endOf({ delta, usage: atTheEnd }: StreamEvent): Result<readonly ChatChunk[], Failure> {
    usage = { ...usage, ...withoutNulls(atTheEnd) };
    if (delta?.stop_reason === null || delta?.stop_reason === undefined) return ok([]);
    stopped = true;
    const finishReason = finishReasonOf(delta.stop_reason);
    if (finishReason === "content_filter" && !hasSpoken) return fail(refusalOf(delta.stop_details));
    return ok([deltaChunk(named, {}, finishReason)]);
  }

  return { take, finished: () => finished, place: () => ({ started, open, nextIndex, stopped }) };
}

function isWords(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** The figures at the end are totals, but those that it does not repeat are null. */
function withoutNulls(usage: UsageBody | null | undefined): UsageBody {
  return Object.fromEntries(Object.entries(usage ?? {}).filter(([, value]) => value !== null && value !== undefined));
}
