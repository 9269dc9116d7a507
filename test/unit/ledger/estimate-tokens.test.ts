import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { measureAll } from "../../../bench/tokens/measure.ts";
import {
  estimatePromptTokens,
  estimateTextTokens,
  familyOf,
  type TokenFamily,
} from "../../../src/ledger/estimate-tokens.ts";
import type { ChatRequest } from "../../../src/openai/chat-request.ts";

const FAMILIES = ["openai", "anthropic", "gemini", "other"] as const satisfies readonly TokenFamily[];

/** See bench/README.md for what was measured. */
const MOST_UNDER = 0.05;
/** Scripts that have no row of their own are counted as dear; `other` counts every digit. */
const MOST_OVER = { newer: 2.5, older: 2.3 };

describe.each(measureAll())("the estimate of $set/$name", ({ newer, older }) => {
  it("is at most 5 % under what o200k_base counts, and not far over", () => {
    expect(newer.ratio).toBeGreaterThan(1 - MOST_UNDER);
    expect(newer.ratio).toBeLessThan(MOST_OVER.newer);
  });

  it("is at most 5 % under what cl100k_base counts, and not far over", () => {
    expect(older.ratio).toBeGreaterThan(1 - MOST_UNDER);
    expect(older.ratio).toBeLessThan(MOST_OVER.older);
  });
});

describe("the estimate of a text", () => {
  const anyText = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.string({ unit: "grapheme", maxLength: 300 }),
    fc.string({ maxLength: 300 }),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 }).map((codes) => String.fromCharCode(...codes)),
  );
  const anyFamily = fc.constantFrom(...FAMILIES);

  it("is a whole number for any text, lone surrogates too", () => {
    fc.assert(
      fc.property(anyText, anyFamily, (text, family) => {
        const tokens = estimateTextTokens(text, family);
        expect(Number.isSafeInteger(tokens)).toBe(true);
        expect(tokens).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("never shrinks as a text grows, and two halves have about what the whole has", () => {
    fc.assert(
      fc.property(anyText, anyText, anyFamily, (left, right, family) => {
        const [first, second] = [estimateTextTokens(left, family), estimateTextTokens(right, family)];
        const whole = estimateTextTokens(left + right, family);
        expect(whole).toBeGreaterThanOrEqual(first);
        // A word or a number that is cut in two is counted once or twice.
        expect(Math.abs(whole - first - second)).toBeLessThanOrEqual(8);
      }),
    );
  });

  it("is linear", () => {
    fc.assert(
      fc.property(anyText, anyFamily, (text, family) => {
        const once = estimateTextTokens(`${text}\n`, family);
        const often = estimateTextTokens(`${text}\n`.repeat(50), family);
        expect(Math.abs(often - once * 50)).toBeLessThanOrEqual(50 * 8);
      }),
    );
  });

  it("counts an empty text as nothing", () => {
    for (const family of FAMILIES) expect(estimateTextTokens("", family)).toBe(0);
  });

  it("counts a space before a number, but not before a word", () => {
    expect(estimateTextTokens("a 1", "openai")).toBeGreaterThan(estimateTextTokens("a b", "openai"));
  });
});

describe("the estimate of a prompt", () => {
  const hello: ChatRequest = { model: "m", messages: [{ role: "user", content: "Hello, world" }] };

  it("has some tokens for each message besides its text", () => {
    const tokens = estimatePromptTokens(hello, "openai");
    expect(tokens).toBeGreaterThan(estimateTextTokens("Hello, world", "openai") + 3);
    expect(tokens).toBeLessThan(estimateTextTokens("Hello, world", "openai") + 15);
  });

  it("counts text parts like a text", () => {
    const inParts: ChatRequest = {
      model: "m",
      messages: [{ role: "user", content: [{ type: "text", text: "Hello, world" }] }],
    };
    const more = estimatePromptTokens(inParts, "openai") - estimatePromptTokens(hello, "openai");
    expect(more).toBeGreaterThanOrEqual(0);
    expect(more).toBeLessThan(12);
  });

  it.each(FAMILIES)("gives an image a fixed figure, however long its bytes are (%s)", (family) => {
    const small = estimatePromptTokens(withImage("https://example.com/cat.png"), family);
    expect(small).toBeGreaterThan(1_000);
    expect(estimatePromptTokens(withImage(`data:image/png;base64,${"iVBORw0KGgo".repeat(50_000)}`), family)).toBe(
      small,
    );
  });

  it("gives sounds and files the figure of an image", () => {
    const content = [{ type: "input_audio", input_audio: { data: "UklGR".repeat(50_000), format: "wav" } }];
    const tokens = estimatePromptTokens({ model: "m", messages: [{ role: "user", content }] }, "openai");
    expect(tokens).toBeGreaterThan(15_000);
    expect(tokens).toBeLessThan(15_100);
  });

  it("counts tools, their calls, their results and the answer's schema", () => {
    const words = "the weather in a city, by its name and country. ".repeat(50);
    const plain = estimatePromptTokens(hello, "openai");
    const least = plain + estimateTextTokens(words, "openai");
    const tool = { type: "function" as const, function: { name: "weather", description: words } };
    const call = { id: "1", type: "function" as const, function: { name: "weather", arguments: words } };

    expect(estimatePromptTokens({ ...hello, tools: [tool] }, "openai")).toBeGreaterThan(least);
    const asked: ChatRequest["messages"] = [
      ...hello.messages,
      { role: "assistant", content: null, tool_calls: [call] },
    ];
    expect(estimatePromptTokens({ ...hello, messages: asked }, "openai")).toBeGreaterThan(least);
    const answered: ChatRequest["messages"] = [...hello.messages, { role: "tool", tool_call_id: "1", content: words }];
    expect(estimatePromptTokens({ ...hello, messages: answered }, "openai")).toBeGreaterThan(least);
    const schema = { name: "s", schema: { type: "object", description: words } };
    const format = { type: "json_schema" as const, json_schema: schema };
    expect(estimatePromptTokens({ ...hello, response_format: format }, "openai")).toBeGreaterThan(least);
  });

  it("is highest for Anthropic, whose tokenizer makes the most of a text", () => {
    const tokens = FAMILIES.map((family) => estimatePromptTokens(hello, family));
    expect(Math.max(...tokens)).toBe(estimatePromptTokens(hello, "anthropic"));
  });
});

describe("the family of a route", () => {
  it.each([
    ["openai", "openai", "gpt-5.4-mini", "openai"],
    ["openai", "openai", "o3", "openai"],
    ["openai", "openai", "gpt-4o-2024-08-06", "openai"],
    ["openai", "openai", "gpt-4.1", "openai"],
    ["openai", "openai", "gpt-4-turbo", "other"],
    ["openai", "openai", "gpt-3.5-turbo", "other"],
    ["openai", "groq", "openai/gpt-oss-120b", "openai"],
    ["anthropic", "anthropic", "claude-sonnet-4-6", "anthropic"],
    ["bedrock", "aws-bedrock", "eu.anthropic.claude-sonnet-4-6-v1:0", "anthropic"],
    ["openai", "openrouter", "anthropic/Claude-Opus-5.5", "anthropic"],
    ["gemini", "google", "gemini-2.5-pro", "gemini"],
    ["openai", "google", "gemini-2.5-pro", "gemini"],
    ["openai", "mistral", "mistral-large-latest", "other"],
    ["bedrock", "aws-bedrock", "meta.llama4", "other"],
  ] as const)("is, for %s at %s with %s, %s", (api, provider, model, family) => {
    expect(familyOf({ api, provider, model })).toBe(family);
  });
});

function withImage(url: string): ChatRequest {
  return { model: "m", messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }] };
}
