/** What refuses a call is never more than the truth; what spares a look at it never less than the estimate. */
import * as fc from "fast-check";
import { countTokens as countOlder } from "gpt-tokenizer/encoding/cl100k_base";
import { countTokens as countNewer } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { measureAll } from "../../../bench/tokens/measure.ts";
import { estimateCallTokens } from "../../../src/ledger/estimate-call.ts";
import { fewestTextTokens, fewestTokensIn } from "../../../src/ledger/fewest-tokens.ts";
import { mayReach } from "../../../src/ledger/most-tokens.ts";
import type { ChatRequest } from "../../../src/openai/chat-request.ts";
import { route } from "../../support/spine.ts";

describe.each(measureAll())("the lower bound of $set/$name", ({ fewest, newer, older }) => {
  it("is under what both tokenizers count, and no nothing", () => {
    expect(fewest).toBeLessThanOrEqual(Math.min(newer.real, older.real));
    expect(fewest).toBeGreaterThan(0);
  });
});

describe("the lower bound", () => {
  const pieces = fc.constantFrom(
    ..."don't|I'll|the|hello|getElementById|ありがとうございました|中国特色社会主义|감사합니다|ขอบคุณ|straße|naïve|привет|x7Qz|v2|2024|".split(
      "|",
    ),
    ..." | |\n|\t|====|----|—|…|, |. |'|_|/|\"|\u{1f600}|\u200d".split("|"),
  );
  const anyText = fc.oneof(
    fc.array(pieces, { maxLength: 60 }).map((all) => all.join("")),
    fc.tuple(pieces, fc.nat({ max: 400 })).map(([piece, times]) => piece.repeat(times)),
    fc.string({ unit: "grapheme", maxLength: 200 }),
  );

  it("is never over what a tokenizer counts", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(fewestTextTokens(text)).toBeLessThanOrEqual(Math.min(countNewer(text), countOlder(text)));
      }),
      { numRuns: 300 },
    );
  });

  it("counts what a model reads, and no pictures, ids, thoughts or names", () => {
    const picture = { type: "image_url", image_url: { url: `data:image/png;base64,${"word ".repeat(100)}` } };
    const call = { id: "one two three", type: "function", function: { name: "look", arguments: '{"a":"one two"}' } };

    expect(fewestTokensIn({ role: "user", content: "one two" })).toBe(2);
    expect(fewestTokensIn({ role: "user", content: [{ type: "text", text: "one two" }, picture] })).toBe(2);
    expect(fewestTokensIn({ role: "assistant", content: null, reasoning_content: "a b c", tool_calls: [call] })).toBe(
      3,
    );
    expect(
      fewestTokensIn({
        role: "assistant",
        content: [
          { type: "thinking", thinking: "a b c", signature: "d e f" },
          { type: "tool_use", id: "x", name: "look", input: { at: "one two" } },
        ],
      }),
    ).toBe(2);
  });
});

describe("the upper bound", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.string({ unit: "grapheme", maxLength: 300 }),
    fc.stringMatching(/^[a-c0-9 !\n\t]{0,200}$/),
    fc.integer({ min: 0x80, max: 0xffff }).map((code) => String.fromCharCode(code).repeat(100)),
  );
  const image = fc.record({ type: fc.constant("image_url" as const), image_url: fc.record({ url: text }) });
  const part = fc.oneof(fc.record({ type: fc.constant("text" as const), text }), image);
  const message = fc.oneof(
    fc.record({ role: fc.constant("user" as const), content: fc.oneof(text, fc.array(part, { maxLength: 4 })) }),
    fc.record({ role: fc.constant("tool" as const), tool_call_id: text, content: text }),
  );
  const tool = fc.record({
    type: fc.constant("function" as const),
    function: fc.record({
      name: fc.constant("look"),
      description: text,
      parameters: fc.dictionary(text, fc.jsonValue()),
    }),
  });
  const request = fc.record(
    {
      model: fc.constant("auto"),
      messages: fc.array(message, { minLength: 1, maxLength: 5 }),
      tools: fc.array(tool, { maxLength: 3 }),
    },
    { requiredKeys: ["model", "messages"] },
  );
  const routes = ["openai", "anthropic", "gemini"] as const;

  it("never spares a look at a request that is estimated at so much", () => {
    fc.assert(
      fc.property(request, fc.constantFrom(...routes, "other"), (asked, family) => {
        const api = family === "anthropic" || family === "gemini" ? family : "openai";
        const estimated = estimateCallTokens(
          { request: asked, native: null },
          route("hot/a/one", { api, provider: family }),
        );
        expect(mayReach(estimated, asked)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("looks at no more of a request than it needs", () => {
    let looked = 0;
    const counted = {
      role: "user",
      get content() {
        looked += 1;
        return "hi";
      },
    };

    expect(mayReach(1_000, { model: "auto", messages: Array.from({ length: 100_000 }, () => counted) })).toBe(true);
    expect(looked).toBeLessThan(1_000);
  });

  it("says no to a short call", () => {
    const short: ChatRequest = { model: "auto", messages: [{ role: "user", content: "hello ".repeat(100) }] };

    expect(mayReach(8_000, short)).toBe(false);
  });
});
