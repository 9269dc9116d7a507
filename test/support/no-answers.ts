import type { AnswerCache } from "../../src/cache/answer-cache.ts";

/** For calls whose kind asks for no cache: nobody may look there. */
export const noAnswers: AnswerCache = {
  find: () => Promise.reject(new Error("the cache was asked by a call that has none")),
  keep: () => Promise.reject(new Error("an answer was kept that nobody asked to keep")),
};
