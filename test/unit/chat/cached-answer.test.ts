import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnswerCache, CacheCall, CacheAnswer } from "../../../src/cache/answer-cache.ts";
import { cacheCallOf, cachedAnswer, type CachedReply } from "../../../src/chat/cached-answer.ts";
import type { Breakers } from "../../../src/breaker/breakers.ts";
import { cachedBody } from "../../../src/chat/cached-body.ts";
import { Trail } from "../../../src/chat/trail.ts";
import { NO_WISHES, type PlannedCall } from "../../../src/domain/call.ts";
import type { ChatCompletion } from "../../../src/openai/chat-completion.ts";
import { CompletionFold } from "../../../src/openai/fold-completion.ts";
import { wait, type Clock } from "../../../src/lib/clock.ts";
import { createFakeClock } from "../../support/fake-clock.ts";
import { operatorDeps } from "../../support/operator-deps.ts";
import { answers, fails, route, spine, type SpineOptions } from "../../support/spine.ts";
import { standardRouting } from "../../support/standard-routing.ts";

const kinds = { faq: { cache: "always" }, kept: { cache: true }, plain: {} };

const FOUND: CacheAnswer = {
  kind: "found",
  found: {
    answer: { text: "Slowly.", model: "m", route: "hot/a", usage: null },
    ageMs: 61_000,
    similarity: 0.9339,
    match: "similar",
  },
};

interface Kept {
  readonly call: CacheCall;
  readonly completion: ChatCompletion;
  readonly route: string;
}

/** A cache that is as the test says, and writes down what it is given. */
function cacheOf(find: AnswerCache["find"]): AnswerCache & { readonly kept: Kept[]; readonly asked: CacheCall[] } {
  const kept: Kept[] = [];
  const asked: CacheCall[] = [];
  return {
    kept,
    asked,
    find: (call, settings) => {
      asked.push(call);
      return find(call, settings);
    },
    async keep(call, completion, routeId) {
      kept.push({ call, completion, route: routeId });
      return "kept";
    },
  };
}

const silent = (): Promise<CacheAnswer> => new Promise(() => undefined);
const nothing = (): ReturnType<typeof cacheOf> => cacheOf(async () => ({ kind: "none", why: "nothing_near" }));

function plannedCall(clock: Clock): PlannedCall {
  const kind = standardRouting({ kinds }).kinds.get("kept");
  if (kind === undefined) throw new Error("the map has it");
  return {
    requestId: "id",
    dialect: "openai",
    request: { model: "kept", messages: [{ role: "user", content: "hello" }] },
    native: null,
    stream: false,
    readAtMs: clock.now(),
    callerSignal: new AbortController().signal,
    from: { kind: "caller", tenant: "acme", user: null, token: null, wishes: NO_WISHES, calledUrl: "https://l.test" },
    kind,
    routes: [],
    deadlineAtMs: clock.now() + 30_000,
    context: null,
  };
}

function step(find: (clock: Clock) => Promise<CacheAnswer>, limitMs: number, more: Partial<PlannedCall> = {}) {
  const clock = createFakeClock();
  const cache = cacheOf(() => find(clock));
  const trail = new Trail();
  const call = { ...plannedCall(clock), ...more };
  const before = clock.now();
  const reply = clock.run(cachedAnswer(call, limitMs, trail, operatorDeps({ clock, answers: cache })));
  return reply.then((given) => ({ given, ms: clock.now() - before, told: trail.told, asked: cache.asked }));
}

describe("the step cached_answer", () => {
  it("gives what is found, with whose it was, how near and how old, and says that it is a way out", async () => {
    const { given, told } = await step(async () => FOUND, 1_000);

    expect(given).toMatchObject({ kind: "cached", routeId: "hot/a", similarity: 0.933, ageMs: 61_000 });
    expect(given?.told).toEqual(told);
    expect(given?.completion).toMatchObject({ id: "chatcmpl-id", choices: [{ message: { content: "Slowly." } }] });
    expect(told).toEqual({
      from_cache: true,
      cache_similarity: 0.933,
      cache_age: 61,
      degraded: "cached_answer",
      notice: "Cached response due to high demand",
    });
  });

  it("never reads as the same where it is only as near as can be", async () => {
    const near: CacheAnswer = { ...FOUND, found: { ...FOUND.found, similarity: 1 } };

    expect((await step(async () => near, 1_000)).given?.similarity).toBe(0.999);
  });

  it("is over after its time, whatever becomes of the object", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(3_000), fc.nat(3_000), fc.boolean(), async (limitMs, takesMs, breaks) => {
        const find = async (clock: Clock): Promise<CacheAnswer> => {
          await wait(clock, takesMs);
          if (breaks) throw new Error("the object is away");
          return FOUND;
        };
        const { given, ms, told } = await step(find, limitMs);
        expect(ms).toBeLessThanOrEqual(limitMs);
        if (takesMs !== limitMs) expect(given !== null).toBe(!breaks && takesMs < limitMs);
        expect(told === null).toBe(given === null);
      }),
      { numRuns: 50 },
    );
  });

  it("waits for nobody without a time, and for a silent object no longer than that", async () => {
    expect(await step(silent, 0)).toMatchObject({ given: null, ms: 0, asked: [] });
    expect(await step(silent, 700)).toMatchObject({ given: null, ms: 700, told: null });
  });

  it("asks nobody for a kind that keeps nothing", async () => {
    const kind = standardRouting({ kinds }).kinds.get("plain");

    expect(await step(async () => FOUND, 700, kind && { kind })).toMatchObject({ given: null, asked: [] });
  });

  it.each<[string, Partial<Breakers>, boolean]>([
    ["lets", {}, true],
    ["does not let, in a pause,", { paused: () => true }, false],
    ["does not let, while its account is out,", { blocked: () => ({ why: "account_out", untilMs: null }) }, false],
  ])("%s the cache ask the map's embeddings route", (_does, kept, mayAskRoute) => {
    const embeddings = { provider: "vectors", model: "small", baseUrl: "https://vectors.test/v1", cost: "paid" };
    const { routing, breakers } = operatorDeps({ routing: standardRouting({ kinds, cache: { embeddings } }) });

    const call = plannedCall(createFakeClock());
    expect(cacheCallOf(call, { routing, breakers: { ...breakers, ...kept } })).toMatchObject({ mayAskRoute });
  });

  it("takes a name of a user that is none for a private call", async () => {
    const request = { model: "kept", messages: [{ role: "user" as const, content: "hi" }], user: "u".repeat(300) };

    expect((await step(async () => FOUND, 700, { request })).asked).toMatchObject([{ isPrivate: true }]);
  });
});

function spineWith(cache: AnswerCache, more: Partial<SpineOptions> = {}) {
  return spine({
    routes: [route("hot/a")],
    providers: { "a.test": () => answers("Slowly.") },
    kinds,
    answers: cache,
    ...more,
  });
}

describe("a call of a kind that keeps its answers", () => {
  it("is kept with its route, as it was asked", async () => {
    const cache = nothing();
    await spineWith(cache).ask({ model: "kept", user: "ana" });

    expect(cache.asked).toEqual([]);
    expect(cache.kept).toMatchObject([
      { route: "hot/a", call: { tenant: "default", user: "ana", kind: "kept", isPrivate: false, mayAskRoute: false } },
    ]);
    expect(cache.kept[0]?.completion.choices[0]?.message.content).toBe("Slowly.");
  });

  it("is not asked for, nor kept, by a kind that says nothing of it", async () => {
    const cache = nothing();
    await spineWith(cache).ask({ model: "plain" });
    expect([cache.asked, cache.kept]).toEqual([[], []]);
  });

  it("is not kept where nobody answered", async () => {
    const cache = nothing();
    const failing = { providers: { "a.test": fails(500, {}) } };
    await spineWith(cache, failing).ask({ model: "kept" });

    expect(cache.kept).toEqual([]);
  });

  it("is told to be private", async () => {
    const cache = nothing();
    await spineWith(cache, { wishes: { isPrivate: true } }).ask({ model: "faq" });

    expect(cache.asked).toMatchObject([{ isPrivate: true }]);
    expect(cache.kept).toMatchObject([{ call: { isPrivate: true } }]);
  });
});

describe("a kind whose cache answers always", () => {
  it("asks no provider for what is found, and calls it no way out", async () => {
    const calls = spineWith(cacheOf(async () => FOUND));

    expect(await calls.ask({ model: "faq" })).toMatchObject({
      ok: true,
      value: { kind: "cached", told: { from_cache: true } },
    });
    expect([calls.trail.all(), calls.trail.notes()]).toEqual([[], []]);
  });

  it("goes on after 500 ms where the object does not answer", async () => {
    const calls = spineWith(cacheOf(silent));
    const before = calls.clock.now();

    expect(await calls.ask({ model: "faq" })).toMatchObject({ ok: true, value: { kind: "completion" } });
    expect(calls.clock.now() - before).toBe(500);
  });
});

const reply: CachedReply = {
  kind: "cached",
  completion: {
    id: "chatcmpl-id",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [
      { index: 0, message: { role: "assistant", content: "", refusal: null }, finish_reason: "stop", logprobs: null },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  },
  routeId: "hot/a",
  similarity: 1,
  ageMs: 1_499,
  told: {
    from_cache: true,
    cache_similarity: 1,
    cache_age: 1,
    degraded: "cached_answer",
    notice: "Cached response due to high demand",
  },
};

function saying(content: string): CachedReply {
  const [choice] = reply.completion.choices;
  if (choice === undefined) throw new Error("it has one");
  const choices = [{ ...choice, message: { ...choice.message, content } }];
  return { ...reply, completion: { ...reply.completion, choices } };
}

describe("a kept answer's body", () => {
  it("says where it is from", () => {
    const how = { dialect: "openai", stream: false, includeUsage: false } as const;

    expect(JSON.parse(cachedBody(reply, how)).x_lisbon).toEqual(reply.told);
  });

  it("is the same message streamed and whole, whatever it says", () => {
    const character = fc.oneof(fc.constantFrom("🍞", "a", "\n"), fc.string({ unit: "binary", maxLength: 1 }));
    const said = fc.array(character, { minLength: 1, maxLength: 450, size: "max" }).map((all) => `a${all.join("")}`);
    fc.assert(
      fc.property(said, fc.boolean(), (text, includeUsage) => {
        const fold = new CompletionFold();
        const streamed = cachedBody(saying(text), { dialect: "openai", stream: true, includeUsage });
        const events = streamed.split("\n\n").slice(0, -1);
        expect(events.pop()).toBe("data: [DONE]");
        for (const event of events) {
          // A character's halves never part: each event is a text by itself.
          expect(event.isWellFormed()).toBe(true);
          expect(/\\ud[89a-f]/.test(event)).toBe(false);
          fold.take(JSON.parse(event.slice("data: ".length)));
        }
        const whole: ChatCompletion = JSON.parse(
          cachedBody(saying(text), { dialect: "openai", stream: false, includeUsage }),
        );
        const { usage, ...rest } = whole;
        expect(fold.completion()).toEqual(includeUsage ? { ...rest, usage } : rest);
      }),
      { numRuns: 40 },
    );
  });
});
