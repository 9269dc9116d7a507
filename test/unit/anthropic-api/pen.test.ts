import { APIError } from "@anthropic-ai/sdk";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anthropicPen } from "../../../src/anthropic-api/pen.ts";
import type { ChatChunk } from "../../../src/openai/chat-chunk.ts";
import {
  accumulated,
  answers,
  ASKED,
  callChunk,
  clientOf,
  deltaChunk,
  eventsOf,
  grammarError,
  HEAD,
  plain,
  unstreamed,
  usageChunk,
  written,
} from "./support.ts";

const newPen = () => anthropicPen({ place: null });
const typesOf = (stream: string): readonly string[] =>
  eventsOf(stream).map((event) => (event.type === "content_block_start" ? event.content_block.type : event.type));

const weather = { id: "call_a", type: "function", function: { name: "get_weather" } } as const;
const time = { id: "call_b", type: "function", function: { name: "get_time" } } as const;

/** Two calls, piece by piece mixed. */
const mixed: readonly ChatChunk[] = [
  deltaChunk({ role: "assistant", content: null }),
  callChunk(0, "", weather),
  callChunk(1, "", time),
  callChunk(0, '{"city":'),
  callChunk(1, '{"zone":"W'),
  callChunk(0, '"Lisboa"}'),
  callChunk(1, 'ET"}'),
  deltaChunk({}, "tool_calls"),
  usageChunk,
];

describe("Anthropic's pen", () => {
  it("writes thoughts and text as blocks that follow each other", () => {
    const chunks = [
      deltaChunk({ role: "assistant", content: "" }),
      deltaChunk({ reasoning_content: "Hm" }),
      deltaChunk({ content: "Olá, " }),
      deltaChunk({ content: "Lisboa" }),
      deltaChunk({}, "stop"),
      usageChunk,
    ];
    expect(typesOf(written(newPen(), chunks))).toEqual([
      "message_start",
      "thinking",
      "content_block_delta",
      "content_block_stop",
      "text",
      "content_block_delta",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
  });

  it("writes each piece of a first call at once, and mixed calls one behind the other", () => {
    const pen = newPen();
    const pieces = mixed.map((chunk) => eventsOf(pen.write(chunk)).map(({ type }) => type));
    expect(pieces[1]).toEqual(["content_block_start"]);
    expect(pieces[2]).toEqual([]);
    expect(pieces[3]).toEqual(["content_block_delta"]);
    expect(pieces[4]).toEqual([]);
    // The first call is whole: the second may begin, with all that has come of it.
    expect(pieces[5]).toEqual([
      "content_block_delta",
      "content_block_stop",
      "content_block_start",
      "content_block_delta",
    ]);
    expect(pieces[6]).toEqual(["content_block_delta"]);
    expect(pieces[7]).toEqual(["content_block_stop"]);
  });

  it("tells usage and reason together, when both are known", () => {
    const pen = newPen();
    const before = [deltaChunk({ content: "Hi" }), deltaChunk({}, "stop"), usageChunk].map(pen.write).join("");
    expect(before).not.toContain("message_delta");
    expect(eventsOf(pen.end())[0]).toEqual({
      type: "message_delta",
      delta: { container: null, stop_details: null, stop_reason: "end_turn", stop_sequence: null },
      usage: {
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 20,
        input_tokens: 10,
        output_tokens: 7,
        output_tokens_details: { thinking_tokens: 3 },
        server_tool_use: null,
      },
    });
  });

  it("keeps the estimate of the prompt where no usage comes", async () => {
    const pen = anthropicPen({ place: null, promptTokens: 12 });
    const message = await accumulated(written(pen, [deltaChunk({ content: "Hi" }), deltaChunk({}, "stop")]));
    expect(message.usage).toMatchObject({ input_tokens: 12, output_tokens: 0 });
  });

  it("tells in the last event who went on", () => {
    const x_lisbon = { continued: [{ route: "hot/b", at_character: 2, after: "stream_cut" }] };
    const chunks = [deltaChunk({ content: "Hi" }), { ...deltaChunk({}, "stop"), x_lisbon }];
    expect(eventsOf(written(newPen(), chunks)).at(-2)).toMatchObject({ type: "message_delta", x_lisbon });
  });

  it("calls the end of a forced call tool_use, though OpenAI calls it stop", async () => {
    const chunks = [callChunk(0, "{}", weather), deltaChunk({}, "stop")];
    expect((await accumulated(written(newPen(), chunks))).stop_reason).toBe("tool_use");
  });

  it("says a refusal as text, and that it is one", async () => {
    const chunks = [deltaChunk({ refusal: "I can" }), deltaChunk({ refusal: "not." }), deltaChunk({}, "stop")];
    const message = await accumulated(written(newPen(), chunks));
    expect(message).toMatchObject({ content: [{ type: "text", text: "I cannot." }], stop_reason: "refusal" });
  });

  it("makes ids of calls such as Anthropic takes back", async () => {
    const chunks = [callChunk(0, "{}", { ...weather, id: "functions.get:0" }), deltaChunk({}, "tool_calls")];
    expect((await accumulated(written(newPen(), chunks))).content).toMatchObject([{ id: "functions_get_0" }]);
  });

  it("is understood by the official client: two mixed calls", async () => {
    const message = await accumulated(written(newPen(), mixed));
    expect(message).toMatchObject({
      id: "msg_1a",
      stop_reason: "tool_use",
      content: [
        { type: "tool_use", id: "call_a", name: "get_weather", input: { city: "Lisboa" } },
        { type: "tool_use", id: "call_b", name: "get_time", input: { zone: "WET" } },
      ],
    });
  });

  it("says no call twice, though more of it comes after its end", () => {
    const late = [
      callChunk(0, "{}", weather),
      callChunk(1, "{}", time),
      callChunk(0, " "),
      deltaChunk({}, "tool_calls"),
    ];
    const blocks = eventsOf(written(newPen(), late)).filter(({ type }) => type === "content_block_start");
    expect(blocks).toHaveLength(2);
  });

  it("gives the official client what it gives unstreamed", async () => {
    await fc.assert(
      fc.asyncProperty(answers, async (chunks) => {
        expect(await accumulated(written(newPen(), chunks))).toEqual(plain(unstreamed(chunks)));
      }),
      { numRuns: 200 },
    );
  });

  it("keeps to the grammar whatever comes, in whatever order", () => {
    const anything = fc.array(
      fc.oneof(
        fc.constantFrom("", "a", "} ").map((content) => deltaChunk({ content })),
        fc.constantFrom("", "b").map((reasoning_content) => deltaChunk({ reasoning_content })),
        fc.constantFrom("c").map((refusal) => deltaChunk({ refusal })),
        fc
          .tuple(fc.nat(2), fc.constantFrom("", "{", '"a":1', "}", "{}", "]"), fc.constantFrom({}, weather, time))
          .map(([index, args, more]) => callChunk(index, args, more)),
        fc.constantFrom<ChatChunk>(usageChunk, { ...HEAD, choices: [] }, deltaChunk({}, "stop")),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(anything, (chunks) => {
        const all = [deltaChunk({ role: "assistant" }), ...chunks, deltaChunk({}, "length")];
        const events = eventsOf(written(newPen(), all));
        expect(grammarError(events)).toBeNull();
        const said = events.flatMap((event) =>
          event.type === "content_block_delta" && event.delta.type === "text_delta" ? [event.delta.text] : [],
        );
        const given = all.flatMap(({ choices: [choice] }) => [
          choice?.delta.content ?? "",
          choice?.delta.refusal ?? "",
        ]);
        expect(said.join("")).toBe(given.join(""));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a pumped stream that the pen goes on with", () => {
  const rest = [deltaChunk({ content: "boa" }), deltaChunk({}, "stop"), usageChunk];

  it("goes on with an open text block", async () => {
    const before = [deltaChunk({ content: "Lis" })].map(newPen().write).join("");
    const place = { started: true, open: { index: 0, type: "text" }, nextIndex: 1, stopped: false };
    const after = written(anthropicPen({ place }), rest);

    expect(typesOf(after)).toEqual(["content_block_delta", "content_block_stop", "message_delta", "message_stop"]);
    expect((await accumulated(before + after)).content).toEqual([{ type: "text", text: "Lisboa", citations: null }]);
  });

  it.each(["thinking", "tool_use", "server_tool_use"])("ends an open %s block first", (openType) => {
    const place = { started: true, open: { index: 4, type: openType }, nextIndex: 5, stopped: false };
    const events = eventsOf(written(anthropicPen({ place }), rest));

    expect(events[0]).toEqual({ type: "content_block_stop", index: 4 });
    expect(events[1]).toMatchObject({ type: "content_block_start", index: 5, content_block: { type: "text" } });
    expect(grammarError(events, { begun: true, next: 5, openType })).toBeNull();
  });

  it("never mixes a new call into a half-sent one", () => {
    const place = { started: true, open: { index: 0, type: "tool_use" }, nextIndex: 1, stopped: false };
    const events = eventsOf(anthropicPen({ place }).write(callChunk(0, "{}", weather)));
    expect(events.map(({ type }) => type)).toEqual([
      "content_block_stop",
      "content_block_start",
      "content_block_delta",
    ]);
  });

  it("begins a stream of which nothing had come", () => {
    const place = { started: false, open: null, nextIndex: 0, stopped: false };
    expect(grammarError(eventsOf(written(anthropicPen({ place }), rest)))).toBeNull();
  });

  it("only stops one that has said why it ends", () => {
    const place = { started: true, open: null, nextIndex: 1, stopped: true };
    expect(typesOf(anthropicPen({ place }).end())).toEqual(["message_stop"]);
  });
});

describe("the error of a broken stream", () => {
  it.each([
    ["stream_cut", "api_error"],
    ["overloaded", "overloaded_error"],
    ["rate_limited", "rate_limit_error"],
  ])("%s is thrown by the official client as a typed error (%s)", async (code, type) => {
    const pen = newPen();
    const stream = pen.write(deltaChunk({ content: "Lis" })) + pen.error(code, "It broke off.");
    const thrown: unknown = await clientOf(stream)
      .messages.stream(ASKED)
      .finalMessage()
      .catch((cause: unknown) => cause);

    expect(thrown).toBeInstanceOf(APIError);
    expect(thrown).toMatchObject({ type, error: { error: { code, message: "It broke off." } } });
  });
});
