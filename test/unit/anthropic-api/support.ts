/** What the tests of Anthropic's dialect share: the real client, its stream's grammar, and answers in pieces. */
import Anthropic from "@anthropic-ai/sdk";
import * as fc from "fast-check";
import { messageOf } from "../../../src/anthropic-api/message-of.ts";
import { createSseParser } from "../../../src/lib/sse.ts";
import type { ChatChunk, Delta, ToolCallDelta } from "../../../src/openai/chat-chunk.ts";
import type { FinishReason, Usage } from "../../../src/openai/chat-completion.ts";
import { CompletionFold } from "../../../src/openai/fold-completion.ts";
import type { Pen } from "../../../src/openai/pen.ts";

export const HEAD = { id: "chatcmpl-1a", object: "chat.completion.chunk", created: 1_764_000_000, model: "m" } as const;

export function deltaChunk(delta: Delta, finishReason: FinishReason | null = null): ChatChunk {
  return { ...HEAD, choices: [{ index: 0, delta, finish_reason: finishReason }] };
}

export const USAGE: Usage = {
  prompt_tokens: 30,
  completion_tokens: 7,
  total_tokens: 37,
  prompt_tokens_details: { cached_tokens: 20 },
  completion_tokens_details: { reasoning_tokens: 3 },
};
export const usageChunk: ChatChunk = { ...HEAD, choices: [], usage: USAGE };

export function callChunk(index: number, args: string, more: Partial<ToolCallDelta> = {}): ChatChunk {
  return deltaChunk({ tool_calls: [{ index, ...more, function: { ...more.function, arguments: args } }] });
}

export function written(pen: Pen, chunks: readonly ChatChunk[]): string {
  return chunks.map(pen.write).join("") + pen.end();
}

type Event = Anthropic.RawMessageStreamEvent;

export function eventsOf(stream: string): readonly Event[] {
  return createSseParser()
    .take(new TextEncoder().encode(stream))
    .map(({ event, data }) => {
      const body: Event = JSON.parse(data);
      if (body.type !== event) throw new Error(`an event ${event} of type ${body.type}`);
      return body;
    });
}

/** What is wrong with a stream by Anthropic's grammar; null: nothing. `openIndex`: a block that had begun before. */
export function grammarError(events: readonly Event[], from = { begun: false, next: 0, openType: "" }): string | null {
  let { begun, next } = from;
  let open = from.openType === "" ? null : { index: next - 1, type: from.openType };
  let ended = false;
  for (const [at, event] of events.entries()) {
    const say = (what: string): string => `${what} (event ${at}: ${JSON.stringify(event)})`;
    if (ended !== (event.type === "message_stop")) {
      if (event.type === "message_stop") return say("it stops before it says why");
      return say("something follows the stop reason");
    }
    if (begun === (event.type === "message_start")) return say("message_start is missing or comes twice");
    switch (event.type) {
      case "message_start":
        begun = true;
        break;
      case "content_block_start":
        if (open !== null) return say("two blocks are open");
        if (event.index !== next++) return say("an index is left out");
        open = { index: event.index, type: event.content_block.type };
        break;
      case "content_block_delta":
        if (open?.index !== event.index) return say("a delta of no open block");
        if (DELTAS[open.type] !== event.delta.type) return say("a delta of another sort");
        break;
      case "content_block_stop":
        if (open?.index !== event.index) return say("the end of no open block");
        open = null;
        break;
      case "message_delta":
        if (open !== null) return say("a block is open at the end");
        ended = true;
        break;
      case "message_stop":
        if (at !== events.length - 1) return say("something follows message_stop");
        break;
    }
  }
  return events.at(-1)?.type === "message_stop" ? null : "no message_stop";
}

const DELTAS: Readonly<Record<string, string>> = {
  text: "text_delta",
  thinking: "thinking_delta",
  tool_use: "input_json_delta",
};

export function clientOf(body: string, init: ResponseInit = {}): Anthropic {
  const headers = { "content-type": "text/event-stream", ...Object.fromEntries(new Headers(init.headers)) };
  return new Anthropic({
    apiKey: "sk-test",
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(body, { ...init, headers })),
  });
}

export const ASKED = { model: "m", max_tokens: 50, messages: [{ role: "user" as const, content: "Hi" }] };

/** What the official client makes of a stream, as plain data. */
export async function accumulated(stream: string): Promise<Anthropic.Message> {
  const message = await clientOf(stream).messages.stream(ASKED).finalMessage();
  // The client's own field, beside what came.
  const { parsed_output: _parsed, ...came } = message;
  return plain(came);
}

export function plain<Value>(value: Value): Value {
  const copy: Value = JSON.parse(JSON.stringify(value));
  return copy;
}

export function unstreamed(chunks: readonly ChatChunk[]): ReturnType<typeof messageOf> {
  const fold = new CompletionFold();
  for (const chunk of chunks) fold.take(chunk);
  const completion = fold.completion();
  if (completion === null) throw new Error("the chunks are no whole answer");
  return messageOf(completion);
}

const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
const pieces = fc.array(words, { maxLength: 4 });
const name = fc.stringMatching(/^[a-z_]{1,8}$/);
const args = fc.oneof(
  fc.constant(""),
  fc
    .dictionary(name, fc.oneof(words, fc.integer(), fc.array(words)), { maxKeys: 3 })
    .map((input) => JSON.stringify(input)),
);

/** A call in the pieces that it comes in: first who it is, then its arguments. */
function callPieces(index: number): fc.Arbitrary<readonly ToolCallDelta[]> {
  return fc
    .tuple(name, args, fc.array(fc.nat(40), { maxLength: 3 }), fc.boolean())
    .map(([called, whole, cuts, early]) => {
      const ends = [...new Set([0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length])].toSorted(
        (left, right) => left - right,
      );
      const parts = ends.slice(1).map((end, at) => whole.slice(ends[at], end));
      const [first = "", ...rest] = early ? parts : ["", ...parts];
      return [
        { index, id: `call_${index}`, type: "function", function: { name: called, arguments: first } },
        ...rest.map((part) => ({ index, function: { arguments: part } })),
      ];
    });
}

/** Calls mixed as OpenAI may mix them: each begins after the one before it has begun. */
const mixedCalls: fc.Arbitrary<readonly ToolCallDelta[]> = fc
  .tuple(
    fc
      .integer({ min: 0, max: 3 })
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_, at) => callPieces(at)))),
    fc.infiniteStream(fc.nat(7)),
  )
  .map(([calls, choices]) => {
    const left = calls.map((call) => [...call]);
    const mixed: ToolCallDelta[] = [];
    const begun = new Set<number>();
    while (left.some((call) => call.length > 0)) {
      const ready = left.filter((call, at) => call.length > 0 && (at === 0 || begun.has(at - 1)));
      const [next] = ready[(choices.next().value ?? 0) % ready.length]?.splice(0, 1) ?? [];
      if (next === undefined) break;
      begun.add(next.index);
      mixed.push(next);
    }
    return mixed;
  });

/** A whole answer in chunks: thoughts, text, calls, why it ended, and mostly its usage. */
export const answers: fc.Arbitrary<readonly ChatChunk[]> = fc
  .record({
    thoughts: pieces,
    text: pieces,
    calls: mixedCalls,
    reason: fc.constantFrom<FinishReason>("stop", "length", "content_filter"),
    usage: fc.constantFrom("apart", "with the reason"),
    withRole: fc.boolean(),
  })
  .map(({ thoughts, text, calls, reason, usage, withRole }) => [
    ...(withRole ? [deltaChunk({ role: "assistant", content: "" })] : []),
    ...thoughts.map((piece) => deltaChunk({ reasoning_content: piece })),
    ...text.map((piece) => deltaChunk({ content: piece })),
    ...calls.map((call) => deltaChunk({ tool_calls: [call] })),
    { ...deltaChunk({}, calls.length > 0 ? "tool_calls" : reason), ...(usage !== "apart" && { usage: USAGE }) },
    ...(usage === "apart" ? [usageChunk] : []),
  ]);
