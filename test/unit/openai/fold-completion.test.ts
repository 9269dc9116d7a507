import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChatChunk } from "../../../src/openai/chat-chunk.ts";
import type { ChatCompletion } from "../../../src/openai/chat-completion.ts";
import { completionChunks } from "../../../src/openai/completion-chunks.ts";
import { CompletionFold } from "../../../src/openai/fold-completion.ts";

const HEAD = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_700_000_000, model: "m" } as const;

/** As it comes over the wire: whatever a provider sends. */
function folded(...chunks: readonly unknown[]): ChatCompletion | null {
  const fold = new CompletionFold();
  for (const chunk of chunks) fold.take(wireChunk(chunk));
  return fold.completion();
}

function wireChunk(chunk: unknown): ChatChunk {
  return JSON.parse(JSON.stringify(chunk));
}

function token(text: string) {
  return { token: text, logprob: -1 };
}

function delta(given: object, finish_reason: string | null = null, index = 0) {
  return { ...HEAD, choices: [{ index, delta: given, finish_reason }] };
}

describe("a stream's chunks", () => {
  it("become the completion that would have come whole", () => {
    const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

    expect(
      folded(
        { ...delta({ role: "assistant", content: "" }), usage: null },
        delta({ content: "Hel" }),
        delta({ content: "lo" }),
        delta({}, "stop"),
        { ...HEAD, choices: [], usage },
      ),
    ).toEqual({
      ...HEAD,
      object: "chat.completion",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "Hello", refusal: null },
          finish_reason: "stop",
          logprobs: null,
        },
      ],
      usage,
    });
  });

  it("of several choices are told apart, and put in their order", () => {
    const whole = folded(
      delta({ content: "b" }, null, 1),
      delta({ content: "a" }, null, 0),
      delta({ content: "B" }, "length", 1),
      delta({ content: "A" }, "stop", 0),
    );

    expect(whole?.choices.map(({ index, message, finish_reason }) => [index, message.content, finish_reason])).toEqual([
      [0, "aA", "stop"],
      [1, "bB", "length"],
    ]);
  });

  it("with tool calls in pieces are merged by index, with what else came with them", () => {
    const call = (index: number, more: object) => delta({ tool_calls: [{ index, ...more }] });

    const whole = folded(
      call(1, { id: "two", type: "function", function: { name: "g", arguments: "" } }),
      call(0, { id: "one", type: "function", function: { name: "f", arguments: '{"a' } }),
      call(0, { function: { name: "f", arguments: '":1}' }, extra_content: { signature: "s" } }),
      call(1, { function: { arguments: "{}" } }),
      delta({}, "tool_calls"),
    );

    expect(whole?.choices[0]?.message).toEqual({
      role: "assistant",
      content: null,
      refusal: null,
      tool_calls: [
        {
          id: "one",
          type: "function",
          function: { name: "f", arguments: '{"a":1}' },
          extra_content: { signature: "s" },
        },
        { id: "two", type: "function", function: { name: "g", arguments: "{}" } },
      ],
    });
  });

  it("keep a refusal, reasoning, and what this version knows nothing of", () => {
    const whole = folded(
      { ...delta({ reasoning_content: "let me ", refusal: "I " }), service_tier: "default", system_fingerprint: "fp" },
      delta({ reasoning_content: "think", refusal: "can't", annotations: [{ url: "a" }], note: "x" }),
      {
        ...HEAD,
        choices: [{ index: 0, delta: { annotations: [{ url: "b" }], note: "y" }, logprobs: { content: [token("a")] } }],
      },
      { ...HEAD, choices: [{ index: 0, delta: {}, finish_reason: "stop", logprobs: { content: [token("b")] } }] },
    );

    expect(whole).toMatchObject({
      service_tier: "default",
      system_fingerprint: "fp",
      choices: [
        {
          message: {
            content: null,
            refusal: "I can't",
            reasoning_content: "let me think",
            annotations: [{ url: "a" }, { url: "b" }],
            note: "xy",
          },
          logprobs: { content: [token("a"), token("b")] },
        },
      ],
    });
  });

  it("are no answer while a choice has not said why it ended, nor when none came", () => {
    expect(folded(delta({ content: "half" }))).toBeNull();
    expect(folded(delta({ content: "a" }, "stop", 0), delta({ content: "b" }, null, 1))).toBeNull();
    expect(folded()).toBeNull();
  });
});

describe("a whole completion made into chunks", () => {
  const anyCompletion = fc.record({
    id: fc.string(),
    object: fc.constant("chat.completion" as const),
    created: fc.nat(),
    model: fc.string(),
    choices: fc
      .array(
        fc.record({
          content: fc.oneof(fc.string({ minLength: 1 }), fc.constant(null)),
          refusal: fc.oneof(fc.string({ minLength: 1 }), fc.constant(null)),
          reasoning: fc.oneof(fc.string({ minLength: 1 }), fc.constant(null)),
          calls: fc.array(
            fc.record({ id: fc.string({ minLength: 1 }), name: fc.string({ minLength: 1 }), arguments: fc.json() }),
            {
              maxLength: 3,
            },
          ),
        }),
        { minLength: 1, maxLength: 3 },
      )
      .map((choices) =>
        choices.map(({ content, refusal, reasoning, calls }, index) => ({
          index,
          message: {
            role: "assistant" as const,
            content,
            refusal,
            ...(calls.length > 0 && {
              tool_calls: calls.map((call) => ({
                id: call.id,
                type: "function" as const,
                function: { name: call.name, arguments: call.arguments },
              })),
            }),
            ...(reasoning !== null && { reasoning_content: reasoning }),
          },
          finish_reason: "stop" as const,
          logprobs: null,
        })),
      ),
    usage: fc.constant({ prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }),
  });

  it("folds back into itself", () => {
    fc.assert(
      fc.property(anyCompletion, (completion) => {
        expect(folded(...completionChunks(completion, true))).toEqual(completion);
      }),
    );
  });

  it("has the usage chunk only for those who asked", () => {
    const [completion] = fc.sample(anyCompletion, 1);
    if (completion === undefined) throw new Error("no sample");

    expect(completionChunks(completion, true).at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 3 } });
    expect(JSON.stringify(completionChunks(completion, false))).not.toContain("usage");
    expect(completionChunks(completion, false).every(({ choices }) => choices.length === 1)).toBe(true);
  });
});
