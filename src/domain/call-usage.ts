import type { Tokens } from "./price.ts";

/** The tokens of one call, for log and ledger. */
export interface CallUsage extends Tokens {
  /** `estimated`: counted from the text, because the provider reported none. */
  readonly source: "reported" | "estimated";
}

/** OpenAI's words; `prompt_tokens` holds what was cached too. https://platform.openai.com/docs/api-reference/chat/object */
interface Reported {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details?: {
    readonly cached_tokens: number;
    /** Whatever a server says: an answer that goes out as it came has not been looked at for these two. */
    readonly cache_write_tokens?: unknown;
    /** Of those. */
    readonly ephemeral_1h_input_tokens?: unknown;
  };
}

/** What an hour costs more than five minutes is three times as much again: see `Tokens`. */
export function reportedUsage({ prompt_tokens, completion_tokens, prompt_tokens_details: of }: Reported): CallUsage {
  return {
    promptTokens: prompt_tokens,
    completionTokens: completion_tokens,
    cachedTokens: of?.cached_tokens,
    writtenTokens: (Number(of?.cache_write_tokens) || 0) + 3 * (Number(of?.ephemeral_1h_input_tokens) || 0),
    source: "reported",
  };
}

/** English prose has about four bytes a token; the ledger corrects this by each route's own measured ratio. */
const BYTES_PER_TOKEN = 4;

export function estimateUsage(promptBytes: number, completionBytes: number): CallUsage {
  return {
    promptTokens: Math.ceil(promptBytes / BYTES_PER_TOKEN),
    completionTokens: Math.ceil(completionBytes / BYTES_PER_TOKEN),
    source: "estimated",
  };
}

/** What all routes of one answer billed; estimated as soon as one of them is. */
export function sumUsage(parts: readonly CallUsage[]): CallUsage {
  const sum = (of: (part: CallUsage) => number): number => parts.reduce((total, part) => total + of(part), 0);
  return {
    promptTokens: sum((part) => part.promptTokens),
    completionTokens: sum((part) => part.completionTokens),
    source: parts.every(({ source }) => source === "reported") ? "reported" : "estimated",
  };
}
