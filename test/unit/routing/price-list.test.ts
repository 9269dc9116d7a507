import { describe, expect, it } from "vitest";
import { priceOf } from "../../../src/routing/price-list.ts";

describe("the price list", () => {
  it("knows a model by its name", () => {
    expect(priceOf("anthropic", "claude-sonnet-4-6")).toEqual({ input: 3, output: 15, cachedInput: 0.3 });
    expect(priceOf("openai", "gpt-4o-mini")).toEqual({ input: 0.15, output: 0.6, cachedInput: 0.075 });
    expect(priceOf("google", "gemini-2.5-flash")).toEqual({ input: 0.3, output: 2.5, cachedInput: 0.03 });
  });

  it.each([
    ["anthropic", "claude-sonnet-4-6-20260101", "claude-sonnet-4-6"],
    ["anthropic", "claude-haiku-4-5@20251001", "claude-haiku-4-5"],
    ["openai", "gpt-4o-mini-2024-07-18", "gpt-4o-mini"],
    ["openai", "gpt-4.1-2025-04-14", "gpt-4.1"],
    ["openai", "o3-2025-04-16", "o3"],
    ["google", "gemini-3.1-pro-preview", "gemini-3.1-pro"],
    ["google", "gemini-2.5-flash-preview-09-2025", "gemini-2.5-flash"],
    ["google", "gemini-2.5-flash-lite-001", "gemini-2.5-flash-lite"],
  ])("prices %s's snapshot %s as %s", (provider, snapshot, name) => {
    expect(priceOf(provider, name)).not.toBeNull();
    expect(priceOf(provider, snapshot)).toEqual(priceOf(provider, name));
  });

  it.each([
    ["openai", "gpt-4o-tiny"],
    ["openai", "gpt-4o-audio-preview"],
    ["openai", "gpt-4"],
    ["openai", "o3-pro"],
    ["anthropic", "claude-opus-5-9"],
    ["anthropic", "claude-opus-5-10"],
    ["google", "gemini-2.5-flash-image"],
    ["google", "gemini-2.5-flash-lite-tts"],
    ["openai", ""],
    ["openai", "constructor"],
    ["__proto__", "toString"],
  ])("has no price for %s's %s, whatever its neighbours cost", (provider, model) => {
    expect(priceOf(provider, model)).toBeNull();
  });

  it("never prices one model as another of which it has the beginning", () => {
    expect(priceOf("openai", "gpt-4o-mini-2024-07-18")).not.toEqual(priceOf("openai", "gpt-4o"));
    expect(priceOf("anthropic", "claude-opus-5-5")).not.toEqual(priceOf("anthropic", "claude-opus-5"));
    expect(priceOf("google", "gemini-3.5-flash-lite")).not.toEqual(priceOf("google", "gemini-3.5-flash"));
  });

  it("says nothing of the same model at somebody else's host", () => {
    expect(priceOf("openrouter", "gpt-4o")).toBeNull();
    expect(priceOf("aws-bedrock", "claude-sonnet-4-6")).toBeNull();
  });

  it("charges a long prompt what the provider charges for long prompts", () => {
    expect(priceOf("google", "gemini-2.5-pro", 200_000)).toEqual({ input: 1.25, output: 10, cachedInput: 0.125 });
    expect(priceOf("google", "gemini-2.5-pro", 200_001)).toEqual({ input: 2.5, output: 15, cachedInput: 0.25 });
    expect(priceOf("anthropic", "claude-haiku-5-5", 100_001)).toEqual({ input: 0.5, output: 2.5, cachedInput: 0.05 });
    expect(priceOf("openai", "gpt-4.1", 900_000)).toEqual(priceOf("openai", "gpt-4.1"));
  });
});
