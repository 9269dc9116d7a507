import { describe, expect, it } from "vitest";
import { exceptionFrame } from "../../../../dev/simulated/wire/bedrock/frame.ts";
import { bedrock } from "../../../../src/providers/bedrock/index.ts";
import { converseStream, METADATA, said, stopped } from "../../../support/event-stream.ts";
import { gathered, STAMP, translated } from "../../../support/providers.ts";

const START = ["messageStart", { role: "assistant", p: "abc" }] as const;
const toolStart = (at: number, toolUseId: string, name: string) =>
  ["contentBlockStart", { contentBlockIndex: at, start: { toolUse: { toolUseId, name } } }] as const;
const toolInput = (at: number, input: string) =>
  ["contentBlockDelta", { contentBlockIndex: at, delta: { toolUse: { input } } }] as const;
const stop = (at: number) => ["contentBlockStop", { contentBlockIndex: at }] as const;
const thought = (delta: object) =>
  ["contentBlockDelta", { contentBlockIndex: 0, delta: { reasoningContent: delta } }] as const;

const text = converseStream(
  START,
  thought({ text: "A greeting." }),
  thought({ signature: "EqQ" }),
  stop(0),
  ["contentBlockDelta", { contentBlockIndex: 1, delta: { text: "Olá, " }, p: "abcd" }],
  ["contentBlockDelta", { contentBlockIndex: 1, delta: { text: "Lisboa 🌊" } }],
  stop(1),
  stopped("end_turn"),
  ["metadata", { usage: { inputTokens: 9, outputTokens: 7, cacheReadInputTokens: 100, cacheWriteInputTokens: 20 } }],
);

describe.each([1, 7, 64, 4096])("a stream of Bedrock's in pieces of %i bytes", (size) => {
  it("becomes OpenAI's chunks", () => {
    const { chunks, finished, failure } = translated(bedrock, text, size);

    expect({ finished, failure }).toEqual({ finished: true, failure: null });
    expect(chunks[0]).toEqual({
      id: STAMP.id,
      object: "chat.completion.chunk",
      created: STAMP.createdSeconds,
      model: STAMP.model,
      choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }],
    });
    expect(gathered(chunks)).toEqual({ text: "Olá, Lisboa 🌊", reasoning: "A greeting.", calls: [], finish: "stop" });
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 129,
        completion_tokens: 7,
        total_tokens: 136,
        prompt_tokens_details: { cached_tokens: 100 },
      },
    });
  });

  it("with parallel tools counts the calls and not the blocks, and gives one without input an empty object", () => {
    const bytes = converseStream(
      START,
      said("Let me look."),
      stop(0),
      toolStart(1, "tooluse_a", "get_weather"),
      toolInput(1, '{"city": '),
      toolInput(1, '"Lisboa"}'),
      stop(1),
      toolStart(2, "tooluse_b", "get_time"),
      stop(2),
      stopped("tool_use"),
      METADATA,
    );
    expect(gathered(translated(bedrock, bytes, size).chunks)).toEqual({
      text: "Let me look.",
      reasoning: "",
      calls: [
        { id: "tooluse_a", name: "get_weather", arguments: '{"city": "Lisboa"}' },
        { id: "tooluse_b", name: "get_time", arguments: "{}" },
      ],
      finish: "tool_calls",
    });
  });

  it.each([
    ["internalServerException", "server_error"],
    ["modelStreamErrorException", "server_error"],
    ["throttlingException", "rate_limited"],
    ["serviceUnavailableException", "overloaded"],
    ["validationException", "request_rejected"],
    ["ofTomorrowException", "unknown_error"],
  ] as const)("that ends in an %s is %s, before and after words", (name, kind) => {
    const exception = exceptionFrame(name, "Something is wrong here.");
    const before = translated(bedrock, Buffer.concat([converseStream(START), exception]), size);
    const after = translated(bedrock, Buffer.concat([converseStream(START, said("Well")), exception]), size);

    expect(before).toMatchObject({ finished: false, failure: { kind, detail: "Something is wrong here." } });
    expect(after).toMatchObject({ finished: false, failure: { kind } });
    expect(gathered(after.chunks).text).toBe("Well");
  });
});

describe("the end of a stream of Bedrock's", () => {
  it("is its metadata, after its stop reason", () => {
    const last = converseStream(METADATA).length;
    expect(translated(bedrock, converseStream(START, said("Hi"), stopped("end_turn"), METADATA)).finished).toBe(true);
    const whole = converseStream(START, said("Hi"), stopped("end_turn"), METADATA);
    for (let cut = 0; cut < whole.length; cut++) {
      const { finished, failure } = translated(bedrock, whole.subarray(0, cut));
      expect({ finished, failure }).toEqual({ finished: false, failure: null });
    }
    expect(gathered(translated(bedrock, whole.subarray(0, -last)).chunks).finish).toBe("stop");
  });

  it("is not its metadata alone", () => {
    expect(translated(bedrock, converseStream(START, said("Hi"), METADATA)).finished).toBe(false);
  });

  it("takes nothing after it", () => {
    const late = converseStream(START, said("Hi"), stopped("end_turn"), METADATA, said("late"));
    expect(gathered(translated(bedrock, late).chunks).text).toBe("Hi");
  });

  it.each([
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["of_tomorrow", "stop"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["tool_use", "tool_calls"],
    ["content_filtered", "content_filter"],
    ["guardrail_intervened", "content_filter"],
  ])("%s is %s", (reason, finish) => {
    expect(gathered(translated(bedrock, converseStream(START, said("Hi"), stopped(reason))).chunks).finish).toBe(
      finish,
    );
  });

  it.each(["malformed_model_output", "malformed_tool_use"])("%s is a failure, after words too", (reason) => {
    expect(translated(bedrock, converseStream(START, said("Hi"), stopped(reason))).failure?.kind).toBe("server_error");
  });

  it.each(["content_filtered", "guardrail_intervened"])("%s before the first words is a failure", (reason) => {
    const { failure } = translated(bedrock, converseStream(START, thought({ text: "Hm." }), stopped(reason)));
    expect(failure).toMatchObject({ kind: "content_filtered", reason: expect.stringContaining(reason) });
  });
});

describe("what cannot be read in a stream of Bedrock's", () => {
  it("is a failure where a frame is wrong: words may be lost in it", () => {
    const bytes = converseStream(START, said("Hi"), stopped("end_turn"), METADATA);
    bytes.writeUInt8(0, converseStream(START, said("Hi")).length - 1);
    expect(translated(bedrock, bytes)).toMatchObject({ finished: false, failure: { kind: "unreadable", status: 200 } });
  });

  it("is dropped where a whole frame holds what is not understood, and the stream goes on", () => {
    const strange = [
      ["ping", {}],
      ["contentBlockDelta", 7],
      ["contentBlockDelta", null],
      ["contentBlockDelta", { contentBlockIndex: "0", delta: { text: "no" } }],
      ["contentBlockDelta", { contentBlockIndex: 0, delta: { citation: {} } }],
      ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: "" } }],
      ["contentBlockDelta", { contentBlockIndex: 5, delta: { toolUse: { input: "{}" } } }],
    ] as const;
    const { chunks, finished, failure } = translated(
      bedrock,
      converseStream(START, said("Hi"), ...strange, said("!"), stopped("end_turn"), METADATA),
    );
    expect({ finished, failure }).toEqual({ finished: true, failure: null });
    expect(gathered(chunks)).toEqual({ text: "Hi!", reasoning: "", calls: [], finish: "stop" });
  });
});
