import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NativeRequest } from "../../../src/domain/call.ts";
import { createSseParser } from "../../../src/lib/sse.ts";
import { fromStream } from "../../../src/providers/anthropic/from-stream.ts";
import { toNativeRequest } from "../../../src/providers/anthropic/to-native-request.ts";
import { recorded, routeTo, STAMP } from "../../support/providers.ts";

const body = {
  model: "auto",
  max_tokens: 5,
  stream: true,
  system: [{ type: "text", text: "s", cache_control: { type: "ephemeral" } }],
  messages: [{ role: "user", content: "Hi" }],
  metadata: { user_id: "u" },
  top_k: 4,
  unheard_of: [1],
};

function sentAs(more: Partial<NativeRequest["body"]> = {}, stream = false) {
  const native = { body: { ...body, ...more }, headers: { "anthropic-beta": "a-2026,b-2026" }, onlyNative: "top_k" };
  const wire = toNativeRequest(native, routeTo("anthropic", { headers: { "X-Team": "t" } }), stream);
  return { ...wire, body: JSON.parse(wire.body) };
}

describe("a request that came in Anthropic's language and goes to Anthropic", () => {
  it("is the caller's own, with the route's model", () => {
    const { stream: _stream, ...rest } = body;
    expect(sentAs().body).toEqual({ ...rest, model: "claude-sonnet-4-6" });
    expect(sentAs({}, true).body).toEqual({ ...body, model: "claude-sonnet-4-6" });
    expect(sentAs({ stream: null }, true).body.stream).toBe(true);
  });

  it("has the route's key and headers, and the caller's betas", () => {
    expect(sentAs()).toMatchObject({
      url: "https://api.anthropic.com/v1/messages",
      headers: {
        "x-api-key": "sk-secret",
        "anthropic-version": "2023-06-01",
        "anthropic-beta": "a-2026,b-2026",
        "x-team": "t",
      },
    });
  });

  it("lacks the thoughts of other providers, which nobody has signed", () => {
    const signed = { type: "thinking", thinking: "Hm", signature: "sig" };
    const foreign = { type: "thinking", thinking: "Hm", signature: "" };
    const said = { type: "text", text: "Olá" };
    const messages = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: [signed, said] },
      { role: "assistant", content: [foreign, said], more: 1 },
      { role: "assistant", content: [foreign] },
      { role: "user", content: [said] },
    ];
    expect(sentAs({ messages }).body.messages).toEqual([
      messages[0],
      messages[1],
      { role: "assistant", content: [said], more: 1 },
      messages[4],
    ]);
  });
});

/** Where a reader stands who has been given these bytes. */
function placeAfter(bytes: Uint8Array) {
  const translator = fromStream(STAMP);
  for (const event of createSseParser().take(bytes)) translator.take(event);
  return translator.place?.();
}

const event = (data: { readonly type: string; readonly [field: string]: unknown }): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const EVENTS = [
  event({ type: "message_start", message: { model: "m", usage: { input_tokens: 1 } } }),
  event({ type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } }),
  event({ type: "content_block_stop", index: 0 }),
  event({ type: "ping" }),
  event({ type: "content_block_start", index: 1, content_block: { type: "text", text: "" } }),
  event({ type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Olá" } }),
  event({ type: "content_block_stop", index: 1 }),
  event({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } }),
];

describe("where a stream of Anthropic's stands", () => {
  it.each([
    [0, { started: false, open: null, nextIndex: 0, stopped: false }],
    [1, { started: true, open: null, nextIndex: 0, stopped: false }],
    [2, { started: true, open: { index: 0, type: "thinking" }, nextIndex: 1, stopped: false }],
    [4, { started: true, open: null, nextIndex: 1, stopped: false }],
    [6, { started: true, open: { index: 1, type: "text" }, nextIndex: 2, stopped: false }],
    [7, { started: true, open: null, nextIndex: 2, stopped: false }],
    [8, { started: true, open: null, nextIndex: 2, stopped: true }],
  ])("is known after %i events", (count, place) => {
    expect(placeAfter(new TextEncoder().encode(EVENTS.slice(0, count).join("")))).toEqual(place);
  });

  it("does not move within an event", () => {
    const bytes = recorded("anthropic/text.sse");
    const whole = new TextDecoder().decode(bytes).split("\n\n");
    fc.assert(
      fc.property(fc.nat(bytes.length), (cut) => {
        const events = new TextDecoder().decode(bytes.slice(0, cut)).split("\n\n").length - 1;
        const before = whole.slice(0, events).join("\n\n") + (events > 0 ? "\n\n" : "");
        expect(placeAfter(bytes.slice(0, cut))).toEqual(placeAfter(new TextEncoder().encode(before)));
      }),
    );
  });
});

describe("a malformed delta of Anthropic's", () => {
  it.each([
    {},
    { delta: null },
    { delta: { type: "text_delta", text: 1 } },
    { delta: { type: "thinking_delta" } },
    { delta: { type: "input_json_delta", partial_json: null }, index: 0 },
    { delta: { type: "input_json_delta", partial_json: "{}" }, index: 9 },
    { delta: { type: "of_tomorrow", text: "x" } },
  ])("is dropped: %j", (fields) => {
    const data = JSON.stringify({ type: "content_block_delta", ...fields });
    expect(fromStream(STAMP).take({ event: "content_block_delta", data })).toEqual({ ok: true, value: [] });
  });
});
