import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSseParser } from "../../../src/lib/sse.ts";
import { completeAnthropicEvent } from "../../../src/stream/complete-message-event.ts";
import { bytesOf, completed, isBeginningOf } from "../../support/cut-streams.ts";

/** The one event that the partial one becomes: its name, and its data parsed. */
function eventOf(partial: string): { readonly name: string; readonly data: unknown } {
  const events = createSseParser().take(bytesOf(completed(partial, completeAnthropicEvent)));
  expect(events).toHaveLength(1);
  return { name: events[0]?.event ?? "", data: JSON.parse(events[0]?.data ?? "") };
}

const NAMED = "event: content_block_delta\ndata: ";
const DELTA = `${NAMED}{"type":"content_block_delta","index":12,"delta":`;

function delta(index: number, members: object): unknown {
  return { name: "content_block_delta", data: { type: "content_block_delta", index, delta: members } };
}

describe("a delta that was cut behind the beginning of its text", () => {
  it.each([
    ['{"type":"text_delta","text":"', ""],
    ['{"type":"text_delta","text":"Hel', "Hel"],
    ['{"type":"text_delta","text":"Hello"', "Hello"],
    ['{"type":"text_delta","text":"Hello"}', "Hello"],
    ['{"type":"text_delta","text":"a\\', "a\n"],
    ['{"type":"text_delta","text":"a\\ud83d', "a\ud83d\udc00"],
    ['{"type":"text_delta","text":"a\\uD83D\\uDE00', "a😀"],
    ['{"text":"Hel', "Hel"],
  ])("says that text: %s", (partial, text) => {
    expect(eventOf(DELTA + partial)).toEqual(delta(12, { type: "text_delta", text }));
  });

  it("keeps its thoughts", () => {
    expect(eventOf(`${DELTA}{"type":"thinking_delta","thinking":"Hm`)).toEqual(
      delta(12, { type: "thinking_delta", thinking: "Hm" }),
    );
  });

  it("gets the type that the event: line promised", () => {
    const partial = `${NAMED}{"index":1,"delta":{"type":"text_delta","text":"Hel`;
    expect(eventOf(partial)).toEqual(delta(1, { type: "text_delta", text: "Hel" }));
  });

  it("loses what else of it was cut", () => {
    expect(eventOf(`${DELTA}{"type":"text_delta","text":"a","citations":[{"cited_text":"x`)).toEqual(
      delta(12, { type: "text_delta", text: "a", citations: null }),
    );
    expect(eventOf(`${DELTA}{"type":"text_delta","text":"a"},"padding":"xy`)).toMatchObject({
      data: { padding: null, delta: { text: "a" } },
    });
  });
});

describe("any other half event", () => {
  it.each([
    "d",
    "data",
    "even",
    "event: con",
    "event: content_block_delta",
    "event: content_block_delta\n",
    "event: content_block_delta\r",
    "event: content_block_delta\r\ndat",
    NAMED,
    ": keep-al",
    "id: 7\nretry",
    ...["{", '{"typ', '{"type":', '{"type":"content_bl', '{"type":"content_block_delta"'].map((data) => NAMED + data),
    `${NAMED}{"type":"content_block_delta","index":1`,
    `${NAMED}{"type":"content_block_delta","index":1,"delta":{"type":"text_delta"`,
    `${DELTA}{"type":"input_json_delta","partial_json":"{\\"user\\": 1`,
    `${DELTA}{"type":"input_json_delta","partial_json":"{}"}`,
    `${DELTA}{"partial_json":"{}"`,
    `${DELTA}{"type":"news_delta","text":"Hel`,
    `${DELTA}{"type":"signature_delta","signature":"EqQ`,
    `${DELTA}{"type":"citations_delta","citation":{"type":"char_loc`,
    `${NAMED}{"delta":{"type":"text_delta","text":"a"},"type":"content_block_delta","index":1`,
    `${NAMED}{"delta":{"type":"text_delta","text":"a`,
    'data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"a',
    'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_0',
    'event: content_block_start\ndata: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"delete_user',
    'event: content_block_start\ndata: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":"Hel',
    'event: content_block_stop\ndata: {"type":"content_block_stop","index":1',
    'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_tu',
    'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1',
    'event: message_stop\ndata: {"type":"message_stop"',
    'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Over',
    'event: ping\ndata: {"type": "ping"',
  ])("becomes a ping: %j", (partial) => {
    const { name, data } = eventOf(partial);
    expect(name).toBe("ping");
    expect(data).toMatchObject({ type: "ping" });
    expect(data).not.toHaveProperty("error", expect.anything());
  });
});

describe("an event of which only its end is missing", () => {
  it.each([
    'event: content_block_stop\ndata: {"type":"content_block_stop","index":1}',
    'event: message_delta\r\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}\r',
    'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n',
    'event: news\ndata: {"type":"news"}\n: com',
    'data: {"type":"content_block_stop","index":1}\nevent: content_block_st',
  ])("is what it was: %j", (partial) => {
    const { name, data } = eventOf(partial);
    expect(data).toEqual(JSON.parse(/\{.*\}/.exec(partial)?.[0] ?? ""));
    expect(data).toMatchObject({ type: name });
  });

  it("is only ended", () => {
    const partial = 'event: content_block_stop\r\ndata: {"type":"content_block_stop","index":1}\r\n\r';
    expect(completed(partial, completeAnthropicEvent)).toBe(`${partial}\n`);
  });
});

describe("no completion", () => {
  it.each([
    // It would say that the answer is whole.
    'event: message_stop\ndata: {"type":"message_stop"}',
    'event: message_stop\ndata: {"type":"message_stop"}\r\n',
    // Clients skip an event without a name; its name may have been still to come.
    'data: {"type":"content_block_stop","index":1}',
    'data: {"type":"content_block_stop","index":1}\neve',
    ...["[", "1", '"text', "<html>", '{"a":01', '{"a":1}}', '{"type":1}', "{}", '{"a":"\\x'].map(
      (data) => NAMED + data,
    ),
  ])("is there for %j", (partial) => {
    expect(completeAnthropicEvent(bytesOf(partial))).toBeNull();
  });
});

it("is empty where nothing had begun", () => {
  expect(completeAnthropicEvent(new Uint8Array())).toEqual(new Uint8Array());
});

it("completes any delta at any byte to a ping, or to that delta with the beginning of its text", () => {
  const anyDelta = fc.record({
    index: fc.nat(30),
    members: fc.dictionary(fc.constantFrom("citations", "p", "error", "stop_reason"), fc.jsonValue({ maxDepth: 2 })),
    kind: fc.constantFrom("text", "thinking", "signature", "partial_json"),
    text: fc.string({ unit: "binary" }),
    order: fc.shuffledSubarray(["type", "index", "delta", "p"], { minLength: 4 }),
    lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
    space: fc.constantFrom("", " "),
    where: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(anyDelta, ({ index, members, kind, text, order, lineEnd, space, where }) => {
      const part: Record<string, unknown> = { ...members, type: `${kind}_delta`, [kind]: text };
      const all: Record<string, unknown> = { type: "content_block_delta", index, delta: part, p: "abc" };
      const data = JSON.stringify(Object.fromEntries(order.map((name) => [name, all[name]])));
      const wire = bytesOf(`event:${space}content_block_delta${lineEnd}data:${space}${data}${lineEnd}`);
      const partial = wire.subarray(0, 1 + Math.floor((wire.length - 1) * where));

      const suffix = completeAnthropicEvent(partial);
      if (suffix === null) throw new Error("no completion");
      const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
      const [event, ...more] = createSseParser().take(bytesOf(strict.decode(Uint8Array.from([...partial, ...suffix]))));
      const read = JSON.parse(event?.data ?? "");

      expect(more).toEqual([]);
      expect(read.type).toBe(event?.event);
      if (read.type === "ping") {
        expect(read.error ?? null).toBeNull();
        return;
      }
      expect(read).toMatchObject({ type: "content_block_delta", index });
      expect(read.delta.type).toBe(`${kind}_delta`);
      if (partial.length < wire.length - lineEnd.length) expect(["text", "thinking"]).toContain(kind);
      expect(isBeginningOf(text, read.delta[kind])).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
