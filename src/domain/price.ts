/** US dollars for a million tokens, which is the same as millionths of a dollar for one. */
export interface Price {
  readonly input: number;
  readonly output: number;
}

export const FREE: Price = { input: 0, output: 0 };

export interface Tokens {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Millionths of a US dollar, rounded up: money is counted in whole ones. */
export function microsOf({ promptTokens, completionTokens }: Tokens, { input, output }: Price): number {
  return Math.ceil(promptTokens * input + completionTokens * output);
}

export const MICROS = 1_000_000;
