/** What a call gets when Hot and Warm have failed: the steps of its kind, in its order, and what it is told. */
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { replyHeaders } from "../../../src/http/reply-headers.ts";
import { answers, fails, refuses, route, silent, spine, type SpineOptions } from "../../support/spine.ts";

const Body = z.record(z.string(), z.unknown());
const Turns = z.array(z.unknown());

const hot = route("hot/a/one");
const warm = route("warm/b/two");
const small = route("smaller/c/three");
const DOWN = { "a.test": refuses, "b.test": refuses };

const LADDER = ["smaller_model", "shorter_context", "error"];
const TURNS = [
  { role: "system", content: "be brief" },
  { role: "user", content: "the first question ".repeat(50) },
  { role: "assistant", content: "the first answer ".repeat(50) },
  { role: "user", content: "the second question" },
];
const OVERFLOW = fails(400, {
  message: "This model's maximum context length is 10 tokens",
  code: "context_length_exceeded",
});

function stage(options: Partial<SpineOptions> & { readonly degrade?: readonly unknown[]; readonly kind?: object }) {
  const { degrade = LADDER, kind = {}, ...more } = options;
  const at = spine({
    routes: [hot, warm, small],
    providers: { ...DOWN, "c.test": () => answers("from the small one") },
    kinds: { work: { degrade, ...kind } },
    ...more,
  });
  return { ...at, ask: (request: object = {}) => at.ask({ model: "work", ...request }) };
}

function bodyOf(reply: Awaited<ReturnType<ReturnType<typeof stage>["ask"]>>): Record<string, unknown> {
  if (!reply.ok || reply.value.kind !== "completion") throw new Error(`no completion: ${JSON.stringify(reply)}`);
  return Body.parse(JSON.parse(reply.value.body));
}

describe("a smaller model", () => {
  it("answers when Hot and Warm have failed, and the caller is told in the body and in the headers", async () => {
    const at = stage({});

    const reply = await at.ask();

    expect(bodyOf(reply)).toMatchObject({
      choices: [{ message: { content: "from the small one" } }],
      x_lisbon: {
        from_fallback: true,
        degraded: "smaller_model",
        notice: "Answered by a smaller model due to capacity limits",
      },
    });
    expect(replyHeaders("id", at.trail, small)).toMatchObject({
      "x-lisbon-tier": "smaller",
      "x-lisbon-degraded": "smaller_model",
      "x-lisbon-notice": "Answered by a smaller model due to capacity limits",
    });
    expect(at.trail.all().map(({ routeId }) => routeId)).toEqual([hot.id, warm.id, small.id]);
  });

  it("is not asked while Hot or Warm answers, and never for the first answer", async () => {
    const at = stage({ providers: { "a.test": refuses, "b.test": () => answers() } });

    await at.ask();

    expect(at.trail.all().map(({ routeId }) => routeId)).toEqual([hot.id, warm.id]);
  });

  it("is not asked where the kind does not list it, nor for what the request itself is to blame for", async () => {
    const unlisted = stage({ degrade: ["error"] });
    const rejected = stage({
      providers: { "a.test": fails(400, { message: "no such field" }), "c.test": () => answers() },
    });

    expect(await unlisted.ask()).toMatchObject({ ok: false, failure: { kind: "providers_failed" } });
    expect(await rejected.ask()).toMatchObject({ ok: false, failure: { kind: "request_rejected" } });
    expect(unlisted.trail.all().map(({ routeId }) => routeId)).not.toContain(small.id);
    expect(rejected.trail.all().map(({ routeId }) => routeId)).not.toContain(small.id);
  });

  it("that finds the request wrong is passed over: it may be the small model's own limit", async () => {
    const at = stage({ providers: { ...DOWN, "c.test": fails(400, { message: "max_tokens is too large" }) } });

    expect(await at.ask()).toMatchObject({ ok: false, failure: { kind: "providers_failed" } });
  });

  it("has its own time: Hot and Warm leave it a quarter of the deadline", async () => {
    const at = stage({ providers: { "a.test": silent, "b.test": silent, "c.test": () => answers() }, degrade: LADDER });
    const began = at.clock.now();

    expect((await at.ask()).ok).toBe(true);
    expect(at.clock.now() - began).toBe(22_500);
  });

  it("is given up after the time-out that the map says", async () => {
    const degrade = [{ step: "smaller_model", timeoutSeconds: 3 }, "error"];
    const at = stage({ providers: { ...DOWN, "c.test": silent }, degrade });
    const began = at.clock.now();

    expect(await at.ask()).toMatchObject({ ok: false, failure: { kind: "providers_failed" } });
    expect(at.clock.now() - began).toBe(3_000);
  });

  it("is passed over while it is killed, paused or open", async () => {
    const at = stage({ blocked: { [small.id]: { why: "killed", untilMs: null } } });

    expect(await at.ask()).toMatchObject({ ok: false, failure: { kind: "providers_failed" } });
    expect(at.trail.all().at(-1)).toEqual({ routeId: small.id, result: "skipped", why: "killed" });
  });
});

describe("a shorter context", () => {
  it("is asked of the same routes when the prompt was too long for them, the oldest turns left out", async () => {
    const sent: unknown[] = [];
    const at = stage({
      routes: [hot],
      providers: {
        "a.test": (call) => {
          sent.push(call.body["messages"]);
          return sent.length === 1 ? OVERFLOW() : answers("in short");
        },
      },
    });

    const reply = await at.ask({ messages: TURNS });

    expect(sent).toEqual([TURNS, [TURNS[0], TURNS[3]]]);
    expect(bodyOf(reply)).toMatchObject({
      x_lisbon: { degraded: "shorter_context", notice: "Shorter response due to capacity limits" },
    });
  });

  it("is asked again with half of that while a provider still finds it too long", async () => {
    const long = [TURNS[0], ...Array.from({ length: 20 }, () => TURNS.slice(1, 3)).flat(), TURNS[3]];
    let asked = 0;
    const lengths: number[] = [];
    const at = stage({
      routes: [hot],
      providers: {
        "a.test": ({ body }) => {
          lengths.push(Turns.parse(body["messages"]).length);
          return ++asked < 4 ? OVERFLOW() : answers();
        },
      },
    });

    expect((await at.ask({ messages: long })).ok).toBe(true);
    expect(lengths).toEqual([42, 20, 10, 4]);
  });

  it("is asked again too where others have failed for reasons of their own", async () => {
    let asked = 0;
    const long = [...Array.from({ length: 6 }, () => TURNS.slice(1, 3)).flat(), TURNS[3]];
    const providers = { "a.test": () => (++asked < 3 ? OVERFLOW() : answers()), "b.test": refuses };
    const at = stage({ routes: [warm, { ...hot, contextTokens: 50_000 }], providers });

    expect((await at.ask({ messages: long })).ok).toBe(true);
    expect(asked).toBe(3);
  });

  it("goes no further than the kind's window where the map states it, and nobody is asked in vain", async () => {
    const narrow = { ...hot, contextTokens: 2_000 };
    const turn = { role: "user", content: "word ".repeat(900) };
    const at = stage({ routes: [narrow], providers: { "a.test": () => answers() } });

    const reply = await at.ask({ messages: [turn, turn, turn, { role: "user", content: "go on" }] });

    expect(bodyOf(reply)).toMatchObject({ x_lisbon: { degraded: "shorter_context" } });
    expect(at.trail.asked()).toBe(1);
  });

  it("is no step where nothing was too long and nothing took too long", async () => {
    const at = stage({ routes: [hot], providers: DOWN });

    await at.ask({ messages: TURNS });

    expect(at.trail.all().map(({ result }) => result)).toEqual(["unreachable"]);
  });

  it("ends in the refusal that says what to cut where nothing can be left out", async () => {
    const at = stage({ routes: [hot], providers: { "a.test": OVERFLOW } });

    expect(await at.ask()).toMatchObject({ ok: false, failure: { kind: "context_too_long" } });
  });
});

describe("the ladder", () => {
  it("is taken in the kind's own order", async () => {
    const providers = { "a.test": OVERFLOW, "b.test": refuses, "c.test": refuses };
    const one = stage({ degrade: ["shorter_context", "smaller_model", "error"], providers });
    const other = stage({ degrade: ["smaller_model", "shorter_context", "error"], providers });

    await one.ask({ messages: TURNS });
    await other.ask({ messages: TURNS });

    expect(one.trail.all().at(-1)?.routeId).toBe(small.id);
    expect(other.trail.all().findIndex(({ routeId }) => routeId === small.id)).toBeLessThan(
      other.trail.all().findLastIndex(({ routeId }) => routeId === hot.id),
    );
  });

  it("is smaller model, shorter context, cached answer and the queue where the kind names none", async () => {
    const at = stage({ kind: { degrade: undefined } });

    expect(bodyOf(await at.ask())).toMatchObject({ x_lisbon: { degraded: "smaller_model" } });
  });

  it("is not taken for a caller who has hung up", async () => {
    const at = stage({
      providers: {
        ...DOWN,
        "b.test": () => {
          at.caller.abort();
          return refuses();
        },
      },
    });

    expect(await at.ask()).toMatchObject({ ok: false, failure: { kind: "caller_gone" } });
    expect(at.trail.all().map(({ routeId }) => routeId)).not.toContain(small.id);
  });
});

describe("an answer of Warm", () => {
  it("says that it is a backup's, and is the provider's own but for that", async () => {
    const at = stage({ providers: { "a.test": refuses, "b.test": () => answers("from Warm") } });

    const { x_lisbon: told, ...rest } = bodyOf(await at.ask());

    expect(told).toEqual({ from_fallback: true, notice: "Using backup service" });
    expect(rest).toEqual(await (await answers("from Warm")).json());
  });

  it("is no backup for who asked for that very model", async () => {
    const at = spine({ routes: [hot, warm], providers: { "b.test": () => answers() } });

    expect(bodyOf(await at.ask({ model: warm.model }))).not.toHaveProperty("x_lisbon");
  });
});

describe("an answer that came late", () => {
  it("says so where its route is slower than it used to be", async () => {
    const at = stage({ routes: [hot], providers: { "a.test": () => answers() }, slow: [hot.id] });

    expect(bodyOf(await at.ask())).toMatchObject({
      x_lisbon: { notice: "Response may be slower than usual due to high demand." },
    });
  });

  it("says so from five lost seconds on", async () => {
    const routes = [hot, route("hot/b/two")];
    const at = stage({ routes, providers: { "a.test": silent, "b.test": () => answers() } });

    expect(bodyOf(await at.ask())).toMatchObject({
      x_lisbon: { notice: "Response may be slower than usual due to high demand." },
    });
  });
});
