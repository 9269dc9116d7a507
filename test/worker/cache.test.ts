/** A tenant's cache as a Durable Object: its book's rules are tested in `test/unit/cache/`. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createAnswerCache, type CacheCall } from "../../src/cache/answer-cache.ts";
import type { ChatCompletion } from "../../src/openai/chat-completion.ts";
import { DEFAULT_CACHE } from "../../src/routing/resolve-cache.ts";
import { asked, entryOf } from "../unit/cache/support.ts";
import type { Cache } from "./cache-entry.ts";

type Stub = DurableObjectStub<Cache>;

/** Storage is isolated for each file only, so every test names its own tenant. */
function objectOf(tenant: string): Stub {
  const namespace: DurableObjectNamespace<Cache> = Reflect.get(env, "CACHE");
  return namespace.getByName(tenant);
}

const HOUR_MS = 3_600_000;

describe("a tenant's cache", () => {
  it("finds over RPC what was kept, the same and a similar question", async () => {
    const cache = objectOf("rpc");
    await cache.keep(entryOf("How do I reset my password?"));

    expect(await cache.find(asked("How do I reset my password?"))).toMatchObject({
      answer: { text: "the answer to How do I reset my password?", route: "openai/gpt-5-mini", usage: null },
      match: "exact",
    });
    expect(await cache.find(asked("please, how can I reset my password"))).toMatchObject({ match: "similar" });
    expect(await cache.find(asked("How do I change my password?"))).toBeNull();
  });

  it("has lost nothing after an eviction, neither vectors nor the order of use", async () => {
    const cache = objectOf("eviction");
    await cache.keep(entryOf("How do I reset my password?", { most: 2 }));
    await cache.keep(entryOf("How do I bake bread?", { most: 2 }));
    await cache.find(asked("How do I reset my password?"));
    await evictDurableObject(cache);

    expect(await cache.find(asked("how can I bake bread"))).toMatchObject({ match: "similar" });
    await cache.find(asked("How do I reset my password?"));
    await evictDurableObject(cache);
    await cache.keep(entryOf("Why is the sky blue?", { most: 2 }));
    expect(await cache.find(asked("how can I bake bread"))).toBeNull();
    expect(await cache.find(asked("how can I reset my password"))).toMatchObject({ match: "similar" });
    expect(await cache.view()).toMatchObject({ entries: 2, compared: 2 });
  });

  it("never holds more than may be under a crowd that keeps and asks at once", async () => {
    const cache = objectOf("crowd");
    const questions = Array.from({ length: 60 }, (_none, place) => `How do I open door ${place}?`);
    await Promise.all(
      questions.flatMap((question) => [cache.keep(entryOf(question, { most: 20 })), cache.find(asked(question))]),
    );
    const found = await Promise.all(questions.map((question) => cache.find(asked(question))));

    expect(await cache.view()).toMatchObject({ entries: 20, compared: 20 });
    for (const [place, one] of found.entries()) {
      if (one !== null) expect(one.answer.text).toBe(`the answer to ${questions[place]}`);
    }
    expect(found.filter((one) => one !== null)).toHaveLength(20);
  });

  it("erases by its alarm what has ended, and sets the next one", async () => {
    const cache = objectOf("alarm");
    await cache.keep(entryOf("one", { maxAgeMs: HOUR_MS }));
    await cache.keep(entryOf("two", { maxAgeMs: 3 * HOUR_MS }));
    const first = await alarmOf(cache);
    await runInDurableObject(cache, (instance: Cache) => instance.setAhead(2 * HOUR_MS));
    expect(await runDurableObjectAlarm(cache)).toBe(true);

    expect(await cache.view()).toMatchObject({ entries: 1, compared: 1 });
    expect((await alarmOf(cache)) - first).toBeGreaterThan(0);
    await runInDurableObject(cache, (instance: Cache) => instance.setAhead(4 * HOUR_MS));
    expect(await runDurableObjectAlarm(cache)).toBe(true);
    expect(await cache.view()).toMatchObject({ entries: 0 });
    expect(await alarmOf(cache)).toBe(-1);
  });

  it("gives an answer's age, and none that is too old", async () => {
    const cache = objectOf("age");
    await cache.keep(entryOf("one"));
    await runInDurableObject(cache, (instance: Cache) => instance.setAhead(HOUR_MS / 2));
    const found = await cache.find(asked("one"));

    expect(found?.ageMs).toBeGreaterThanOrEqual(HOUR_MS / 2);
    expect(await cache.find(asked("one", { maxAgeMs: 1000 }))).toBeNull();
  });

  it("erases what is a user's, and all, for good", async () => {
    const cache = objectOf("erasing");
    await cache.keep(entryOf("one", { user: "ana" }));
    await cache.keep(entryOf("two"));

    expect(await cache.erase({ of: "user", user: "ana" })).toBe(1);
    await evictDurableObject(cache);
    expect(await cache.find(asked("one"))).toBeNull();
    expect(await cache.erase({ of: "tenant" })).toBe(1);
    expect(await cache.view()).toEqual({
      entries: 0,
      compared: 0,
      oldestAtMs: null,
      bytes: expect.any(Number),
    });
  });

  it("knows nothing of a change that was taken back, in memory neither", async () => {
    const cache = objectOf("taken-back");
    await cache.keep(entryOf("How do I bake bread?"));
    await cache.find(asked("how can I bake bread"));
    const failed = await runInDurableObject(cache, async (instance: Cache, state) => {
      const { sql } = state.storage;
      const exec = sql.exec.bind(sql);
      Object.defineProperty(sql, "exec", {
        configurable: true,
        value: (query: string, ...bindings: unknown[]) => {
          if (query.includes("ORDER BY used")) throw new Error("disk");
          return exec(query, ...bindings);
        },
      });
      const kept = instance.keep(entryOf("How do I reset my password?", { most: 1 }));
      const cause = await kept.then(
        () => "kept",
        (thrown: unknown) => String(thrown),
      );
      Object.defineProperty(sql, "exec", { configurable: true, value: exec });
      return cause;
    });

    expect(failed).toContain("disk");
    expect(await cache.find(asked("how can I reset my password"))).toBeNull();
    expect(await cache.find(asked("how can I bake bread"))).toMatchObject({ match: "similar" });
    expect(await cache.view()).toMatchObject({ entries: 1, compared: 1 });
  });

  it("reads a page of rows for a question, not the whole cache: what is read is what is paid", async () => {
    const cache = objectOf("cost");
    for (let place = 0; place < 300; place++) await cache.keep(entryOf(`How do I open door ${place}?`, { most: 300 }));
    await cache.find(asked("how can I open door 7"));

    expect(await rowsReadBy(cache, () => cache.find(asked("how can I open door 7")))).toBeLessThan(20);
    expect(await rowsReadBy(cache, () => cache.keep(entryOf("Another one?", { most: 300 })))).toBeLessThan(20);
  });
});

describe("two tenants", () => {
  it("never see each other's answers", async () => {
    const answers = createAnswerCache(objectOf);
    await answers.keep(call("acme", "How do I bake bread?"), answer("Slowly."), "a/b", DEFAULT_CACHE);

    expect(await answers.find(call("acme", "how can I bake bread"), DEFAULT_CACHE)).toMatchObject({ kind: "found" });
    for (const question of ["How do I bake bread?", "how can I bake bread"]) {
      expect(await answers.find(call("globex", question), DEFAULT_CACHE)).toMatchObject({ kind: "none" });
    }
  });
});

function call(tenant: string, question: string): CacheCall {
  const request = { model: "auto", messages: [{ role: "user" as const, content: question }] };
  return { request, native: null, tenant, user: null, kind: "default", isPrivate: false, mayAskRoute: false };
}

function answer(content: string): ChatCompletion {
  const message = { role: "assistant" as const, content, refusal: null };
  const choices = [{ index: 0, message, finish_reason: "stop" as const, logprobs: null }];
  return { id: "chatcmpl-1", object: "chat.completion", created: 1, model: "gpt-5", choices };
}

/** -1: there is none. */
function alarmOf(cache: Stub): Promise<number> {
  return runInDurableObject(cache, async (_instance, state) => (await state.storage.getAlarm()) ?? -1);
}

async function rowsReadBy(cache: Stub, work: () => Promise<unknown>): Promise<number> {
  const cursors = await runInDurableObject(cache, (_instance, state) => {
    const { sql } = state.storage;
    const seen: { readonly rowsRead: number }[] = [];
    const exec = sql.exec.bind(sql);
    Object.defineProperty(sql, "exec", {
      configurable: true,
      value: (query: string, ...bindings: unknown[]) => {
        const cursor = exec(query, ...bindings);
        seen.push(cursor);
        return cursor;
      },
    });
    return seen;
  });
  await work();
  return cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
}
