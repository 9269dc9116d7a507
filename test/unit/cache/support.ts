import type { CacheEntry, CacheQuestion } from "../../../src/cache/cache-port.ts";
import { embeddedVector } from "../../../src/cache/vectorise.ts";

/** One question and its answer, in one context unless told otherwise. */
export function entryOf(question: string, more: Partial<CacheEntry> = {}): CacheEntry {
  const bytes = embeddedVector(question);
  return {
    exact: `exact ${question}`,
    context: "context",
    user: null,
    question,
    vector: bytes && { by: "embedded-1", bytes },
    answer: { text: `the answer to ${question}`, model: "gpt-5-mini", route: "openai/gpt-5-mini", usage: null },
    maxAgeMs: 3_600_000,
    most: 10_000,
    ...more,
  };
}

export function asked(question: string, more: Partial<CacheQuestion> = {}): CacheQuestion {
  const { exact, context, vector } = entryOf(question);
  const similar = vector && { context, question, vector, threshold: 0.9, wordsMustMatch: true };
  return { exact, maxAgeMs: 3_600_000, similar, ...more };
}
