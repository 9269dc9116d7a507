import { describe, expect, it } from "vitest";
import { reportedUsage } from "../../../src/domain/call-usage.ts";
import { FREE, microsOf } from "../../../src/domain/price.ts";

const PRICE = { input: 3, output: 15, cachedInput: 0.3 };
const TOKENS = { promptTokens: 1_000, completionTokens: 10 };

describe("what tokens cost", () => {
  it.each([
    ["all of the input where none was cached", {}, 3_150],
    ["a part of it less where the provider had it", { cachedTokens: 900 }, 100 * 3 + 900 * 0.3 + 150],
    ["all of it less where the provider had it all", { cachedTokens: 1_000 }, 450],
    ["the full price where more was cached than there was", { cachedTokens: 1_001 }, 3_150],
    ["a quarter more of what was written", { writtenTokens: 1_000 }, 3_900],
    ["both, of what was read and what was written", { cachedTokens: 500, writtenTokens: 500 }, 2_175],
  ])("is %s", (_what, more, micros) => {
    expect(microsOf({ ...TOKENS, ...more }, PRICE)).toBe(micros);
  });

  it("is the full price where nobody knows that of cached input, and nothing where nothing costs", () => {
    expect(microsOf({ ...TOKENS, cachedTokens: 900 }, { input: 3, output: 15 })).toBe(3_150);
    expect(microsOf({ ...TOKENS, cachedTokens: 900, writtenTokens: 100 }, FREE)).toBe(0);
  });

  it("is whole millionths, rounded up", () => {
    expect(microsOf({ promptTokens: 1, completionTokens: 0, cachedTokens: 1 }, PRICE)).toBe(1);
  });
});

describe("what a provider reported", () => {
  const counts = { prompt_tokens: 1_000, completion_tokens: 10 };

  it("is read with what was cached and written; an hour's is four times what five minutes' is", () => {
    const details = { cached_tokens: 500, cache_write_tokens: 400, ephemeral_1h_input_tokens: 100 };
    expect(reportedUsage({ ...counts, prompt_tokens_details: details })).toEqual({
      ...TOKENS,
      cachedTokens: 500,
      writtenTokens: 300 + 4 * 100,
      source: "reported",
    });
  });

  it.each([null, "many", {}, undefined])("has written nothing where it says %j of it", (cache_write_tokens) => {
    const usage = reportedUsage({ ...counts, prompt_tokens_details: { cached_tokens: 500, cache_write_tokens } });
    expect(microsOf(usage, PRICE)).toBe(500 * 3 + 500 * 0.3 + 150);
  });
});
