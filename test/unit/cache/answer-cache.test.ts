import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAnswerCache, type AnswerCache, type CacheCall } from "../../../src/cache/answer-cache.ts";
import { CacheBook } from "../../../src/cache/cache-book.ts";
import type { CachePort } from "../../../src/cache/cache-port.ts";
import { CacheTables } from "../../../src/cache/cache-tables.ts";
import { cachedCompletion } from "../../../src/cache/cached-completion.ts";
import type { ChatCompletion } from "../../../src/openai/chat-completion.ts";
import { completionChunks } from "../../../src/openai/completion-chunks.ts";
import { DEFAULT_CACHE } from "../../../src/routing/resolve-cache.ts";
import { createSqlStorage } from "../../support/sql-storage.ts";

/** Every tenant's object, or one for all of them, as a mistake of whoever names the objects would have it. */
function objects(nameOf: (tenant: string) => string = (tenant) => tenant): (tenant: string) => CachePort {
  const books = new Map<string, CacheBook>();
  return (tenant) => {
    const name = nameOf(tenant);
    const book = books.get(name) ?? new CacheBook(new CacheTables(createSqlStorage()));
    books.set(name, book);
    return {
      find: async (question) => book.find(question, 0),
      keep: async (entry) => void book.keep(entry, 0),
      erase: async (owner) => book.erase(owner),
      view: async () => ({ ...book.view(), bytes: 0 }),
    };
  };
}

function cache(objectOf = objects()): AnswerCache {
  return createAnswerCache(objectOf);
}

function call(question: string, more: Partial<CacheCall> = {}): CacheCall {
  const request = { model: "auto", messages: [{ role: "user" as const, content: question }] };
  return {
    request,
    native: null,
    tenant: "acme",
    user: "ana",
    kind: "default",
    isPrivate: false,
    mayAskRoute: true,
    ...more,
  };
}

function answer(content: string): ChatCompletion {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "gpt-5",
    choices: [
      { index: 0, message: { role: "assistant", content, refusal: null }, finish_reason: "stop", logprobs: null },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  };
}

describe("the answers of a kind", () => {
  it("are found by the same question and by one that is similar", async () => {
    const answers = cache();

    expect(await answers.keep(call("How do I bake bread?"), answer("Slowly."), "a/b", DEFAULT_CACHE)).toBe("kept");
    expect(await answers.find(call("How do I bake bread?"), DEFAULT_CACHE)).toMatchObject({
      kind: "found",
      found: { answer: { text: "Slowly.", model: "gpt-5", route: "a/b" }, match: "exact", similarity: 1 },
    });
    expect(await answers.find(call("how to bake bread", { user: "bob" }), DEFAULT_CACHE)).toMatchObject({
      found: { match: "similar" },
    });
    expect(await answers.find(call("How do I bake cakes?"), DEFAULT_CACHE)).toEqual({
      kind: "none",
      why: "nothing_near",
    });
  });

  it("are a user's own where the kind says so", async () => {
    const answers = cache();
    const settings = { ...DEFAULT_CACHE, per: "user" as const };
    await answers.keep(call("How do I bake bread?"), answer("Slowly."), "a/b", settings);

    expect(await answers.find(call("how to bake bread"), settings)).toMatchObject({ kind: "found" });
    for (const user of ["bob", null]) {
      expect(await answers.find(call("how to bake bread", { user }), settings)).toMatchObject({ kind: "none" });
      expect(await answers.find(call("How do I bake bread?", { user }), settings)).toMatchObject({ kind: "none" });
    }
  });

  it("are neither kept nor given where the call is private, or says what only its own language can", async () => {
    const answers = cache();
    await answers.keep(call("one"), answer("1"), "a/b", DEFAULT_CACHE);
    const body = { model: "auto", max_tokens: 5, messages: [] };
    const native = { body, headers: {}, onlyNative: "thinking" };

    expect(await answers.find(call("one", { isPrivate: true }), DEFAULT_CACHE)).toEqual({
      kind: "none",
      why: "private",
    });
    expect(await answers.keep(call("two", { isPrivate: true }), answer("2"), "a/b", DEFAULT_CACHE)).toBe("private");
    expect(await answers.find(call("two"), DEFAULT_CACHE)).toMatchObject({ kind: "none" });
    expect(await answers.find(call("one", { native }), DEFAULT_CACHE)).toEqual({ kind: "none", why: "not_text" });
  });

  it("are not kept when they are no answers", async () => {
    const refused = answer("I'm sorry, but I can't help with that.");

    expect(await cache().keep(call("one"), refused, "a/b", DEFAULT_CACHE)).toBe("refusal");
  });

  it("can be erased with the user whose call it was, shared or not", async () => {
    const objectOf = objects();
    await cache(objectOf).keep(call("one"), answer("1"), "a/b", DEFAULT_CACHE);
    await cache(objectOf).keep(call("two", { user: "bob" }), answer("2"), "a/b", DEFAULT_CACHE);

    expect(await objectOf("acme").erase({ of: "user", user: "ana" })).toBe(1);
    expect(await cache(objectOf).find(call("one", { user: "bob" }), DEFAULT_CACHE)).toMatchObject({ kind: "none" });
    expect(await cache(objectOf).find(call("two"), DEFAULT_CACHE)).toMatchObject({ kind: "found" });
  });

  it("are none where the object is out of reach, and nobody fails because of it", async () => {
    const gone = cache(() => {
      throw new Error("Durable Object is overloaded.");
    });

    expect(await gone.find(call("one"), DEFAULT_CACHE)).toEqual({ kind: "none", why: "out_of_reach" });
    expect(await gone.keep(call("one"), answer("1"), "a/b", DEFAULT_CACHE)).toBe("out_of_reach");
  });

  it("are found by the very same words where the question is long", async () => {
    const objectOf = objects();
    const long = `Summarise: ${"the sea is wide ".repeat(200)}`;
    await cache(objectOf).keep(call(long), answer("Wide."), "a/b", DEFAULT_CACHE);

    expect(await cache(objectOf).find(call(long), DEFAULT_CACHE)).toMatchObject({ kind: "found" });
    expect(await cache(objectOf).find(call(`please ${long}`), DEFAULT_CACHE)).toMatchObject({ kind: "none" });
  });

  it("never cross tenants, not even where all of them share one object", async () => {
    const tenant = fc.constantFrom("acme", "globex", "initech");
    const question = fc.constantFrom("How do I bake bread?", "how to bake bread", "Please, how can I bake bread?");
    const step = fc.record({ tenant, question, keeps: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.boolean(), async (steps, shared) => {
        const answers = cache(objects(shared ? () => "one" : undefined));
        for (const { keeps, ...asked } of steps) {
          const made = call(asked.question, { tenant: asked.tenant });
          if (keeps) await answers.keep(made, answer(`for ${asked.tenant}`), "a/b", DEFAULT_CACHE);
          const given = await answers.find(made, DEFAULT_CACHE);
          if (keeps) expect(given).toMatchObject({ found: { match: "exact" } });
          if (given.kind === "found") expect(given.found.answer.text).toBe(`for ${asked.tenant}`);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("a cached answer", () => {
  it("is the completion that it was, and can be streamed", async () => {
    const answers = cache();
    await answers.keep(call("one"), answer("1"), "a/b", DEFAULT_CACHE);
    const given = await answers.find(call("one"), DEFAULT_CACHE);
    if (given.kind !== "found") throw new Error("not found");
    const completion = cachedCompletion({ ...given.found, ageMs: 5000 }, "chatcmpl-2", 65_000);

    expect(completion).toEqual({ ...answer("1"), id: "chatcmpl-2", created: 60 });
    expect(completionChunks(completion, true).map(({ choices }) => choices[0]?.delta.content ?? null)).toContain("1");
  });
});
