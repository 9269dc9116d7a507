import { describe, expect, it } from "vitest";
import { textToKeep } from "../../../src/cache/text-to-keep.ts";
import { whyNotCached } from "../../../src/cache/why-not-cached.ts";
import type { ChatCompletion, CompletionChoice } from "../../../src/openai/chat-completion.ts";
import { ChatRequest } from "../../../src/openai/chat-request.ts";

const plain = { model: "auto", messages: [{ role: "user", content: "What is a tide?" }] };
const tool = { type: "function", function: { name: "look_up" } };
const call = { id: "c", type: "function", function: { name: "look_up", arguments: "{}" } };

describe("a request", () => {
  it.each<[string, object]>([
    ["is plain", {}],
    ["has empty lists of tools", { tools: [], tool_calls: null }],
    ["says that the provider may keep it", { store: true, private: false }],
  ])("may be cached when it %s", (_what, more) => {
    expect(whyNotCached(ChatRequest.parse({ ...plain, ...more }), false)).toBeNull();
  });

  it.each<[string, object]>([
    ["private", { private: true }],
    ["private", { store: false }],
    ["tools", { tools: [tool] }],
    ["tools", { functions: [{ name: "f" }] }],
    ["tools", { web_search_options: {} }],
    ["tools", { messages: [{ role: "assistant", content: null, tool_calls: [call] }, ...plain.messages] }],
    ["tools", { messages: [...plain.messages, { role: "tool", tool_call_id: "c", content: "1" }] }],
    ["many_answers", { n: 2 }],
    ["not_text", { logprobs: true }],
    [
      "not_text",
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://x.y/z" } }] }] },
    ],
    ["no_question", { messages: [...plain.messages, { role: "assistant", content: "A tide" }] }],
  ])("is never cached for being %s: %j", (why, more) => {
    expect(whyNotCached(ChatRequest.parse({ ...plain, ...more }), false)).toBe(why);
  });

  it("is never cached where its caller says beside it that it is private", () => {
    expect(whyNotCached(ChatRequest.parse(plain), true)).toBe("private");
  });
});

function completion(message: Partial<CompletionChoice["message"]>, more: object = {}): ChatCompletion {
  const choice: CompletionChoice = {
    index: 0,
    message: { role: "assistant", content: "The moon pulls the sea.", refusal: null, ...message },
    finish_reason: "stop",
    logprobs: null,
    ...more,
  };
  return { id: "chatcmpl-1", object: "chat.completion", created: 1, model: "m", choices: [choice] };
}

describe("an answer", () => {
  it.each([
    "The moon pulls the sea.",
    "42",
    '{"tide": "high"}',
    "To open it:\n```sh\nopen\n```\n",
    "You cannot open it without a key. I'm sorry is what one says then.",
    "Sorry is a word of apology.",
    "No. I can recommend it all the same.",
  ])("is kept when it is whole: %s", (content) => {
    expect(textToKeep(completion({ content }))).toEqual({ ok: true, value: content });
  });

  it.each([
    "I'm sorry, but I can't help with that.",
    "I’m sorry, but I can’t assist with that request.",
    "Sorry, I am unable to answer.",
    "I cannot provide that.",
    "As an AI language model, I have no opinion.",
    "Unfortunately, I cannot look into your account.",
    "Es tut mir leid, dabei kann ich nicht helfen.",
    "Ich kann dir dabei leider nicht helfen.",
    "Lo siento, no puedo ayudarte con eso.",
    "No puedo ayudarte.",
    "Desculpe, não posso ajudar.",
    "Não posso ajudar com isso.",
    "Je suis désolé, mais je ne peux pas vous aider.",
    "Je ne peux pas vous aider.",
  ])("is not kept when it refuses: %s", (content) => {
    expect(textToKeep(completion({ content }))).toEqual({ ok: false, failure: "refusal" });
  });

  it.each([
    "<!DOCTYPE html><html><body>502</body></html>",
    '{"error": {"message": "overloaded"}}',
    "Bad character \uFFFD here",
    "It goes on:\n```ts\nconst a =",
    "The tide is high now. ".repeat(6),
  ])("is not kept when it is suspicious: %s", (content) => {
    expect(textToKeep(completion({ content }))).toEqual({ ok: false, failure: "suspicious" });
  });

  it.each<[string, ChatCompletion]>([
    ["not_whole", completion({}, { finish_reason: "length" })],
    ["not_whole", completion({}, { finish_reason: "content_filter" })],
    ["not_whole", { ...completion({}), choices: [] }],
    ["not_whole", { ...completion({}), choices: [...completion({}).choices, ...completion({}).choices] }],
    ["refusal", completion({ refusal: "no" })],
    ["not_text", completion({ content: null })],
    ["not_text", completion({ tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "" } }] })],
    ["empty", completion({ content: " \n" })],
    ["too_long", completion({ content: "word ".repeat(20_000) })],
    ["second_hand", Object.assign(completion({}), { x_lisbon: { continued: [{ route: "b" }] } })],
    ["second_hand", Object.assign(completion({}), { x_lisbon: { from_cache: true } })],
    ["second_hand", Object.assign(completion({}), { x_lisbon: { degraded: "shorter_context" } })],
  ])("is not kept: %s", (why, answer) => {
    expect(textToKeep(answer)).toEqual({ ok: false, failure: why });
  });

  it("is looked at in a time that grows with its length and no more", () => {
    const began = performance.now();
    textToKeep(completion({ content: `a${"\n".repeat(60_000)}` }));
    textToKeep(completion({ content: `a${" ".repeat(60_000)}` }));

    expect(performance.now() - began).toBeLessThan(1000);
  });

  it("is kept where a backup gave it", () => {
    const backup = Object.assign(completion({}), {
      x_lisbon: { from_fallback: true, from_cache: false, continued: [] },
    });

    expect(textToKeep(backup).ok).toBe(true);
  });
});
