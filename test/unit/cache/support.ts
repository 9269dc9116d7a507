import type { CacheEntry, CacheQuestion } from "../../../src/cache/cache-port.ts";

/** One question and its answer, in one context unless told otherwise. */
export function entryOf(question: string, more: Partial<CacheEntry> = {}): CacheEntry {
  return {
    exact: `exact ${question}`,
    context: "context",
    user: null,
    question,
    answer: { text: `the answer to ${question}`, model: "gpt-5-mini", route: "openai/gpt-5-mini", usage: null },
    maxAgeMs: 3_600_000,
    most: 10_000,
    mayAskRoute: true,
    ...more,
  };
}

export function asked(question: string, more: Partial<CacheQuestion> = {}): CacheQuestion {
  const { exact, context } = entryOf(question);
  const similar = { context, question, threshold: 0.9 };
  return { exact, maxAgeMs: 3_600_000, similar, mayAskRoute: true, ...more };
}
