/** US dollars for a million tokens, which is the same as millionths of a dollar for one. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Of input that the provider had in its cache; undefined: nobody knows, and it costs as any other. */
  readonly cachedInput?: number | undefined;
}

export const FREE: Price = { input: 0, output: 0 };

export interface Tokens {
  /** All of the input, cached or not. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of the prompt: what was read from the provider's cache. */
  readonly cachedTokens?: number | undefined;
  /** Of the prompt: what was written to it, at a quarter more than the input; a token kept for an hour counts four times. */
  readonly writtenTokens?: number;
}

/**
 * Millionths of a US dollar, rounded up: money is counted in whole ones. Writing a cache costs a quarter more than the
 * input: https://platform.claude.com/docs/en/about-claude/pricing, and with OpenAI since GPT-5.6
 * https://developers.openai.com/api/docs/guides/prompt-caching
 */
export function microsOf(
  { promptTokens, completionTokens, cachedTokens = 0, writtenTokens = 0 }: Tokens,
  { input, output, cachedInput = input }: Price,
): number {
  // More than there was at all comes of a server that counts in its own way: nothing is cheaper for it.
  const cached = cachedTokens > promptTokens ? 0 : cachedTokens;
  const full = promptTokens - cached + writtenTokens / 4;
  return Math.ceil(full * input + cached * cachedInput + completionTokens * output);
}

export const MICROS = 1_000_000;
