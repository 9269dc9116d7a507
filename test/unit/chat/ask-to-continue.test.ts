import { describe, expect, it } from "vitest";
import { askToContinue, askToContinueNative } from "../../../src/chat/ask-to-continue.ts";
import type { NativeRequest } from "../../../src/domain/call.ts";
import type { ChatRequest } from "../../../src/openai/chat-request.ts";

const QUESTION = { role: "user" as const, content: "Tell me of the sea." };
const REQUEST: ChatRequest = { model: "m", messages: [QUESTION], temperature: 0.5, reasoning_effort: "low" };
const SAID = "The sea is wide, and nobody who has crossed it in winter speaks lightly of it ";
const prefill = { prefill: true, provider: "anthropic" };
const inWords = { prefill: false, provider: "openai" };

function native(more: Partial<NativeRequest["body"]> = {}): NativeRequest {
  const body = { model: "m", max_tokens: 100, messages: [QUESTION], ...more };
  return { body, headers: { "anthropic-beta": "b" }, onlyNative: null };
}

function lastWords(messages: ChatRequest["messages"]): string {
  const content = messages.at(-1)?.content;
  return typeof content === "string" ? content : "";
}

/** What is left of these edits of the context. */
function managed(...edits: readonly object[]): unknown {
  return askToContinueNative(native({ context_management: { edits } }), SAID, { prefill: true }).body[
    "context_management"
  ];
}

function quoteIn(messages: ChatRequest["messages"]): string {
  return String(JSON.parse(/"(?:[^"\\]|\\.)*"/.exec(lastWords(messages))?.[0] ?? '""'));
}

describe("a request to go on", () => {
  it("ends with the answer so far where the model takes a prefill, and is otherwise the same, thoughts apart", () => {
    const { reasoning_effort: _effort, ...same } = REQUEST;

    expect(askToContinue(REQUEST, SAID, prefill)).toEqual({
      ...same,
      messages: [QUESTION, { role: "assistant", content: SAID.trimEnd() }],
    });
  });

  it("marks the prefill where the provider wants that", () => {
    const { messages } = askToContinue(REQUEST, SAID, { prefill: true, provider: "mistral" });

    expect(messages.at(-1)).toEqual({ role: "assistant", content: SAID.trimEnd(), prefix: true });
  });

  it("else asks in words, quoting the end of the answer from a word's beginning", () => {
    const { messages, reasoning_effort: effort } = askToContinue(REQUEST, SAID, inWords);
    const quote = quoteIn(messages);

    expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(SAID.endsWith(quote) && SAID.slice(0, -quote.length).endsWith(" ")).toBe(true);
    expect(effort).toBe("low");
  });

  it("takes a caller's own beginning for the beginning of the same answer", () => {
    const begun = { ...REQUEST, messages: [QUESTION, { role: "assistant" as const, content: "Well: " }] };

    expect(askToContinue(begun, SAID, prefill).messages).toEqual([
      QUESTION,
      { role: "assistant", content: `Well: ${SAID.trimEnd()}` },
    ]);
  });

  it("leaves of the caller's bound what was not said yet, and never nothing", () => {
    expect(askToContinue({ ...REQUEST, max_tokens: 120 }, SAID, prefill).max_tokens).toBe(100);
    expect(askToContinue({ ...REQUEST, max_completion_tokens: 3 }, SAID, prefill).max_completion_tokens).toBe(1);
    expect(askToContinue(REQUEST, SAID, prefill)).not.toHaveProperty("max_tokens");
  });

  it("has room for the words that are repeated, but never more than the caller's bound", () => {
    const said = SAID.repeat(5);

    expect(askToContinue({ ...REQUEST, max_tokens: 100 }, said, inWords).max_tokens).toBeGreaterThan(25);
    expect(askToContinue({ ...REQUEST, max_tokens: 100 }, SAID.slice(0, 12), inWords).max_tokens).toBe(100);
  });

  it("takes a character of an East Asian script for a token", () => {
    const said = "灯台守は夜明け前に通り過ぎた船を数えた。".repeat(40);

    expect(askToContinue({ ...REQUEST, max_tokens: 1_000 }, said, prefill).max_tokens).toBe(200);
  });

  it("is the same request where nothing but white space was said", () => {
    expect(askToContinue(REQUEST, "\n\n", inWords).messages).toEqual([QUESTION]);
    expect(askToContinueNative(native(), "\n\n", { prefill: true }).body.messages).toEqual([QUESTION]);
  });

  it("quotes more where the answer says its last words twice, and no more than 512 characters", () => {
    const verse = "And softly goes the sea between the islands, and softly goes the wind behind it.\n";

    expect(quoteIn(askToContinue(REQUEST, `First.\n${verse}Then.\n${verse}`, inWords).messages)).toContain("Then.");
    expect(quoteIn(askToContinue(REQUEST, verse.repeat(40), inWords).messages).length).toBeLessThanOrEqual(512);
    expect(quoteIn(askToContinue(REQUEST, `x${" ".repeat(9_000)}`, inWords).messages).length).toBeLessThanOrEqual(512);
  });

  it("never quotes half of a character", () => {
    const said = `${"x".repeat(30)}${"🌊".repeat(40)}`;

    expect(lastWords(askToContinue(REQUEST, said, inWords).messages).isWellFormed()).toBe(true);
  });
});

describe("a request in Anthropic's language to go on", () => {
  it("is the caller's own, with the answer so far, without white space at its end and without thoughts", () => {
    const asked = askToContinueNative(native({ thinking: { type: "enabled", budget_tokens: 90 }, top_k: 5 }), SAID, {
      prefill: true,
    });

    expect(asked).toEqual({
      ...native({ top_k: 5, max_tokens: 80 }),
      body: {
        ...native({ top_k: 5, max_tokens: 80 }).body,
        messages: [QUESTION, { role: "assistant", content: SAID.trimEnd() }],
      },
    });
  });

  it("edits no thoughts that it does not ask for", () => {
    const clearThinking = { type: "clear_thinking_20251015", keep: "all" };
    const clearTools = { type: "clear_tool_uses_20250919" };

    expect(managed(clearThinking)).toBeUndefined();
    expect(managed(clearThinking, clearTools)).toEqual({ edits: [clearTools] });
  });

  it("asks in words where the model takes no prefill", () => {
    const { body } = askToContinueNative(native(), SAID, { prefill: false });

    expect(body.messages).toMatchObject([{ role: "user" }, { role: "assistant" }, { role: "user" }]);
  });
});
