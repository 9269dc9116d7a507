import { describe, expect, it } from "vitest";
import type { ChatChunk, ChunkChoice } from "../../../src/openai/chat-chunk.ts";
import { fromStream } from "../../../src/providers/openai/from-stream.ts";
import { AnswerFold } from "../../../src/stream/answer-fold.ts";
import { STAMP } from "../../support/providers.ts";

function chunk(...choices: readonly ChunkChoice[]): ChatChunk {
  return { id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices };
}

/** What OpenAI's translator and the fold make of one delta. */
function saysSomething(delta: unknown): boolean {
  const data = JSON.stringify({ id: "c", choices: [{ index: 0, delta, finish_reason: null }] });
  const taken = fromStream(STAMP).take({ event: "", data });
  if (!taken.ok) throw new Error(taken.failure.kind);
  const fold = new AnswerFold();
  for (const each of taken.value) fold.take(each);
  return fold.hasWords;
}

describe("the first words", () => {
  it.each([
    [{ content: "hi" }],
    [{ refusal: "no" }],
    [{ reasoning: "hm" }],
    [{ reasoning_content: "hm" }],
    [{ tool_calls: [{ index: 0, id: "t", function: { name: "look", arguments: "" } }] }],
    [{ function_call: { name: "look", arguments: "" } }],
    [{ audio: { id: "a", data: "AAAA" } }],
    [{ images: [{ type: "image_url" }] }],
    [{ content: [{ type: "text", text: "hi" }] }],
    [{ content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }] }],
  ])("are in %j", (delta) => {
    expect(saysSomething(delta)).toBe(true);
  });

  it.each([[{ role: "assistant" }], [{ role: "assistant", content: "" }], [{}], [{ content: null, tool_calls: [] }]])(
    "are not in %j",
    (delta) => {
      expect(saysSomething(delta)).toBe(false);
    },
  );
});

describe("an answer with several choices", () => {
  it("has ended once every choice that was seen has", () => {
    const fold = new AnswerFold();
    fold.take(chunk({ index: 0, delta: { content: "a" }, finish_reason: null }));
    fold.take(chunk({ index: 1, delta: { content: "b" }, finish_reason: null }));
    fold.take(chunk({ index: 0, delta: {}, finish_reason: "stop" }));
    expect(fold.finishReason).toBeNull();

    fold.take(chunk({ index: 1, delta: {}, finish_reason: "length" }));
    expect(fold.finishReason).toBe("stop");
  });

  it("has the first choice's text as its text", () => {
    const fold = new AnswerFold();
    fold.take(chunk({ index: 0, delta: { content: "one" }, finish_reason: null }));
    fold.take(chunk({ index: 1, delta: { content: "other" }, finish_reason: null }));

    expect(fold.text).toBe("one");
  });
});
