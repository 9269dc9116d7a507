/**
 * What the providers themselves charge, in US dollars for a million tokens, so
 * that a route without a `price` in the map is not free of charge. Looked up
 * on 2026-11-21, in copies from September to November 2026 of
 *
 * - https://platform.claude.com/docs/en/about-claude/pricing
 * - https://developers.openai.com/api/docs/pricing and /api/docs/models/…
 * - https://ai.google.dev/gemini-api/docs/pricing
 *
 * and, where those were cut short, in https://models.dev, which quotes them.
 * Where a promotion ends on a known day, the price after it stands here: what
 * is shipped lives longer, and a reserve must not be too small. Batch, fast
 * and regional prices are not in it; what writing a cache costs is in
 * `domain/price.ts`, for it is the same share of each input price.
 */
import type { Price } from "../domain/price.ts";

export interface ListPrice extends Price {
  readonly cachedInput: number;
}

type Row = readonly [input: number, output: number, cachedInput: number, longPrompt?: LongPrompt];
/** A prompt of more tokens than that costs so many times the price, all of it. */
type LongPrompt = readonly [aboveTokens: number, timesInput: number, timesOutput: number];

const ANY_LENGTH: LongPrompt = [Infinity, 1, 1];
/** GPT-5.4 and later, except mini and nano. */
const OVER_272K: LongPrompt = [272_000, 2, 1.5];
/** Gemini's Pro models, and Claude where its long context is a beta. */
const OVER_200K: LongPrompt = [200_000, 2, 1.5];

/**
 * By canonical provider, then by model without its date. Amazon and resellers
 * have prices of their own; models that only OpenAI's Responses API serves
 * (pro, codex) and retired ones are left out.
 */
const PRICES: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  anthropic: {
    "claude-fable-5-1": [10, 50, 0.25],
    "claude-fable-5": [10, 50, 1],
    "claude-opus-5-5": [4, 20, 0.2],
    "claude-opus-5": [5, 25, 0.5],
    "claude-opus-4-8": [5, 25, 0.5],
    "claude-opus-4-7": [5, 25, 0.5],
    "claude-opus-4-6": [5, 25, 0.5],
    "claude-opus-4-5": [5, 25, 0.5],
    "claude-sonnet-5-5": [2, 10, 0.1],
    "claude-sonnet-5": [2, 10, 0.2],
    "claude-sonnet-4-6": [3, 15, 0.3],
    "claude-sonnet-4-5": [3, 15, 0.3, OVER_200K],
    "claude-haiku-5-5": [0.1, 0.5, 0.01, [100_000, 5, 5]],
    "claude-haiku-4-5": [1, 5, 0.1],
  },
  openai: {
    "gpt-6.1-sol": [2, 10, 0.1, OVER_272K],
    "gpt-6.1-terra": [1, 5, 0.05, OVER_272K],
    "gpt-6-astra": [10, 50, 1, OVER_272K],
    "gpt-6-sol": [2, 10, 0.2, OVER_272K],
    "gpt-6-luna": [0.1, 0.5, 0.01, OVER_272K],
    // $4 and $20 until 2026-11-21 at least.
    "gpt-5.6-sol": [5, 30, 0.5, OVER_272K],
    "gpt-5.6": [5, 30, 0.5, OVER_272K],
    "gpt-5.6-terra": [2, 12, 0.2, OVER_272K],
    "gpt-5.6-luna": [0.2, 1.2, 0.02, OVER_272K],
    "gpt-5.5": [5, 30, 0.5, OVER_272K],
    "gpt-5.4-mini": [0.75, 4.5, 0.075],
    "gpt-5.4-nano": [0.2, 1.25, 0.02],
    "gpt-5.4": [2.5, 15, 0.25, OVER_272K],
    "gpt-5.2": [1.75, 14, 0.175],
    "gpt-5.1": [1.25, 10, 0.125],
    "gpt-5-mini": [0.25, 2, 0.025],
    "gpt-5-nano": [0.05, 0.4, 0.005],
    "gpt-5": [1.25, 10, 0.125],
    "gpt-4.1-mini": [0.4, 1.6, 0.1],
    "gpt-4.1-nano": [0.1, 0.4, 0.025],
    "gpt-4.1": [2, 8, 0.5],
    "gpt-4o-mini": [0.15, 0.6, 0.075],
    "gpt-4o": [2.5, 10, 1.25],
    "o4-mini": [1.1, 4.4, 0.275],
    "o3-mini": [1.1, 4.4, 0.55],
    o3: [2, 8, 0.5],
  },
  google: {
    // $2 and $10 until 2026-11-30.
    "gemini-4-argon": [4, 20, 0.2],
    // 3.6 to 3.8 Flash at half until 2026-12-31.
    "gemini-3.8-flash": [1.5, 7.5, 0.15],
    "gemini-3.7-flash": [1.5, 7.5, 0.15],
    "gemini-3.6-flash": [1.5, 7.5, 0.15],
    "gemini-3.5-flash-lite": [0.3, 2.5, 0.03],
    "gemini-3.5-flash": [1.5, 9, 0.15],
    "gemini-3.1-pro": [2, 12, 0.2, OVER_200K],
    "gemini-3.1-flash-lite": [0.25, 1.5, 0.025],
    "gemini-3-flash": [0.5, 3, 0.05],
    "gemini-2.5-pro": [1.25, 10, 0.125, OVER_200K],
    "gemini-2.5-flash-lite": [0.1, 0.4, 0.01],
    "gemini-2.5-flash": [0.3, 2.5, 0.03],
  },
};

/** `-20251001`, `-2024-07-18`, `@20250929`, `-latest`, `-001`, `-preview-09-2025`: the same model at the same price. */
const SNAPSHOT = /([-@](latest|preview|\d\d-\d\d(\d\d)?|\d{3,}(-\d\d-\d\d)?))+$/;

/** For a prompt of this length. Null: not in the list; a `gpt-4o-tiny` is never taken for a `gpt-4o`. */
export function priceOf(provider: string, model: string, promptTokens = 0): ListPrice | null {
  const rows = own(PRICES, provider) ?? {};
  const row = own(rows, model) ?? own(rows, model.replace(SNAPSHOT, ""));
  if (!row) return null;

  const [input, output, cachedInput, longPrompt = ANY_LENGTH] = row;
  const [, timesInput, timesOutput] = promptTokens > longPrompt[0] ? longPrompt : ANY_LENGTH;
  return { input: input * timesInput, output: output * timesOutput, cachedInput: cachedInput * timesInput };
}

function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
