import { describe, expect, it } from "vitest";
import { completeOpenAiEvent } from "../../../src/stream/complete-event.ts";
import { recordedStreams } from "../../support/chat-streams.ts";
import { bytesOf, choiceOf, completed, cutAt, eventsOf, isBeginningOf, textOf } from "../../support/cut-streams.ts";

describe("a cut event", () => {
  it("is empty where nothing had begun", () => {
    expect(completeOpenAiEvent(new Uint8Array())).toEqual(new Uint8Array());
  });

  // Comments and ids too: after an id, Python's `openai` parses the data of whatever a blank line ends.
  it.each([
    "d",
    "da",
    "data",
    "data:",
    "data: ",
    "even",
    ": keep-al",
    ": a\n: b\r\n",
    "id: 7",
    "retry",
    "event: message",
    "event: message\r\n",
    "event: message\ndat",
    "event: message\ndata:",
  ])("becomes a chunk without words when %j is all that came", (partial) => {
    expect(eventsOf(completed(partial))).toEqual([{ choices: [{ index: 0, delta: {}, finish_reason: null }] }]);
  });

  it.each([
    ["data: {", {}],
    ['data: {"a', { "a~": null }],
    ['data: {"a"', { a: null }],
    ['data: {"a":', { a: null }],
    ['data: {"a":1,', { a: 1 }],
    ['data: {"a":-', { a: -0 }],
    ['data: {"a":1.', { a: 1 }],
    ['data: {"a":1e', { a: 1 }],
    ['data: {"a":1E+', { a: 1 }],
    ['data: {"a":12', { a: 12 }],
    ['data: {"a":fal', { a: false }],
    ['data: {"a":[{"b":1},', { a: [{ b: 1 }, {}] }],
    ['data: {"a":["b",', { a: ["b", ""] }],
    ['data: {"a":[[[', { a: [[[]]] }],
    ['data: {"a":1\n: half a comm', { a: 1 }],
    ['data: {"a":\r\ndata: {"b":1', { a: { b: 1 } }],
    ['data: {"a":1\r', { a: 1 }],
    ['data: {"a":1\n', { a: 1 }],
    ['data: {"a":1\nda', { a: 1 }],
  ])("%j is closed and gets its choices", (partial, members) => {
    expect(eventsOf(completed(partial))).toEqual([
      { ...members, choices: [{ index: 0, delta: {}, finish_reason: null }] },
    ]);
  });

  it.each([
    'data: {"choices"',
    'data: {"choices":',
    'data: {"choices":n',
    'data: {"choices":[',
    'data: {"choices":[{',
    'data: {"choices":[{"index":',
    'data: {"choices":[{"index":0,',
    'data: {"choices":[{"index":0,"delta":',
    'data: {"choices":[{"index":0,"delta":nu',
    'data: {"choices":[{"delta":{"role":"assist',
  ])("%j gets every member that clients read without asking", (partial) => {
    const choice = choiceOf(completed(partial));
    expect(choice).toMatchObject({ index: 0, finish_reason: null });
    expect(choice.delta).toEqual(
      expect.toSatisfy((delta: object) => Object.values(delta).every((member) => member === null)),
    );
  });

  it("keeps the empty choices of a usage chunk", () => {
    expect(eventsOf(completed('data: {"choices":[],"usage":{"prompt_tokens":1'))).toEqual([
      { choices: [], usage: null },
    ]);
  });

  it("is only ended when it was whole", () => {
    for (const end of ["", "\n", "\r", "\r\n", "\r\n\r"]) {
      expect(eventsOf(completed(`data: {"choices":[],"a":1}${end}`))).toEqual([{ choices: [], a: 1 }]);
    }
    expect(completed('data: {"choices":[]}\r\n\r')).toBe('data: {"choices":[]}\r\n\r\n');
  });
});

describe("half a word", () => {
  it("is no finish reason", () => {
    expect(
      choiceOf(completed('data: {"choices":[{"index":0,"delta":{},"finish_reason":"sto')).finish_reason,
    ).toBeNull();
    expect(
      choiceOf(completed('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop')).finish_reason,
    ).toBeNull();
  });

  it("leaves a whole finish reason behind a whole delta, for that is true", () => {
    expect(choiceOf(completed('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"')).finish_reason).toBe(
      "stop",
    );
  });

  it("takes back a finish reason that came before its text", () => {
    const partial = 'data: {"choices":[{"finish_reason":"stop","index":0,"delta":{"content":"half of the te';
    expect(choiceOf(completed(partial))).toEqual({
      index: 0,
      delta: { content: "half of the te" },
      finish_reason: null,
    });
  });

  it("is no key of another member", () => {
    const partial = 'data: {"choices":[{"index":0,"delta":{"reasoning":"because","reasoning';
    expect(choiceOf(completed(partial)).delta).toMatchObject({ reasoning: "because" });
  });

  it.each(["id", "object", "model"])("is no %s", (name) => {
    expect(eventsOf(completed(`data: {"choices":[],"${name}":"chat`))).toEqual([{ choices: [], [name]: null }]);
  });

  it("is no error: the answer may go on", () => {
    expect(eventsOf(completed('data: {"error":{"message":"Overlo'))).toEqual([
      { error: null, choices: [{ index: 0, delta: {}, finish_reason: null }] },
    ]);
  });

  it("is no tool call, though its arguments are whole", () => {
    const partial =
      'data: {"choices":[{"index":0,"delta":{"tool_calls":[{"function":{"arguments":"{}","name":"delete_user';
    expect(choiceOf(completed(partial)).delta).toEqual({ tool_calls: null });
  });

  it("is no log probability", () => {
    const partial = 'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"logprobs":{"content":[{"token":"H';
    expect(choiceOf(completed(partial))).toMatchObject({ delta: { content: "Hi" }, logprobs: null });
  });
});

describe("a cut string", () => {
  it.each([
    ["a", "a"],
    ["a\\", "a\n"],
    ["a\\u", "a "],
    ["a\\u0", "a "],
    ["a\\u002", "a "],
    ["a\\u000", "a\n"],
    ["a\\u00e", "aà"],
    ["a\\\\", "a\\"],
    ["a\\ud", "a\ud000"],
    ["a\\ud8", "a\ud800\udc00"],
    ["a\\uD83", "a\ud830\udc00"],
    ["a\\ud83d", "a\ud83d\udc00"],
    ["a\\ud83d\\", "a\ud83d\udc00"],
    ["a\\ud83d\\u", "a\ud83d\udc00"],
    ["a\\ud83d\\ud", "a\ud83d\udc00"],
    ["a\\ud83d\\ude0", "a\ud83d\ude00"],
    ["a\\ud83d\\ude00", "a\ud83d\ude00"],
  ])("%j is read as %j", (raw, text) => {
    expect(textOf(completed(`data: {"choices":[{"index":0,"delta":{"content":"${raw}`))).toBe(text);
  });

  it.each([[0xc3], [0xe0], [0xe2, 0x82], [0xed], [0xf0], [0xf0, 0x9f], [0xf0, 0x9f, 0x98], [0xf4], [0xef, 0xbb]])(
    "that ends in the bytes %s ends in one valid character",
    (...bytes) => {
      const begun = bytesOf('data: {"choices":[{"index":0,"delta":{"content":"a');
      const partial = Uint8Array.from([...begun, ...bytes]);
      const suffix = completeOpenAiEvent(partial) ?? new Uint8Array();
      const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
      const text = textOf(strict.decode(Uint8Array.from([...partial, ...suffix])));
      expect(text).toMatch(/^a.$/su);
    },
  );
});

describe("no completion", () => {
  it.each([
    "data: [",
    "data: [D",
    "data: [DONE",
    "data: [DONE]",
    "data: [DONE]\n",
    "data: [DONE]\r",
    'data: "text',
    "data: 1",
    "data: nul",
    "data: <html>",
    'data: {"a":01',
    'data: {"a":1}}',
    'data: {"a" 1',
    "data: {a",
    'data: {"a":"\\x',
    'data: {"a":"b\n',
    'data: {"choices":["a',
  ])("is there for %j", (partial) => {
    expect(completeOpenAiEvent(bytesOf(partial))).toBeNull();
  });
});

it("gives up on JSON too deep for any answer", () => {
  expect(completeOpenAiEvent(bytesOf(`data: ${'{"a":'.repeat(200)}`))).toBeNull();
});

describe.each(recordedStreams)("a stream of $name, cut after every byte", ({ bytes, text }) => {
  it("has a completion unless the cut went through [DONE]", () => {
    for (let at = 0; at <= bytes.length; at++) {
      const { whole, partial, suffix } = cutAt(bytes, at);
      // After CR LF CR a client has read the event already.
      const inDone = /^data: \[(?!.*\r\n\r$)/s.test(new TextDecoder().decode(partial));
      expect(suffix === null, `cut at ${at}`).toBe(inDone);
      if (suffix === null) continue;
      const said = textOf(
        new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from([...whole, ...partial, ...suffix])),
      );
      expect(isBeginningOf(text, said), `cut at ${at}: ${JSON.stringify(said)}`).toBe(true);
      expect(said.length, `cut at ${at}`).toBeGreaterThanOrEqual(textOf(new TextDecoder().decode(whole)).length);
    }
  });
});
