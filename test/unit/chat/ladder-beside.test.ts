/** What the ladder, quality, kept answers, quiet kinds and jobs do to each other. */
import { describe, expect, it } from "vitest";
import { FORGOTTEN_MS, forgottenAtMs } from "../../../src/breaker/quiet.ts";
import type { AnswerCache, CacheAnswer } from "../../../src/cache/answer-cache.ts";
import type { Call } from "../../../src/domain/call.ts";
import { withCallFaults } from "../../../src/http/call-faults.ts";
import { NO_WISHES } from "../../../src/domain/call.ts";
import { replyHeaders } from "../../../src/http/reply-headers.ts";
import { jsonFlaw } from "../../../src/quality/json-flaw.ts";
import { bareSettings } from "../../support/bare-settings.ts";
import { ADMIN_KEY, operatorDeps } from "../../support/operator-deps.ts";
import { answers, fails, type FakeProvider, refuses, route, spine } from "../../support/spine.ts";

const hot = route("hot/a/one");
const warm = route("warm/b/two");
const small = route("smaller/c/three");
const DOWN = { "a.test": refuses, "b.test": refuses };

function ofJob(said: Extract<Call["from"], { kind: "job" }>["said"] = null): Partial<Call> {
  return { from: { kind: "job", tenant: "t", user: null, token: null, deadlineMs: 30_000, said } };
}

function finishing(text: string, reason: string): FakeProvider {
  const choice = { index: 0, message: { role: "assistant", content: text, refusal: null }, finish_reason: reason };
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  const body = { id: "x", object: "chat.completion", created: 1, model: "m", choices: [choice], usage };
  return () => Promise.resolve(Response.json(body));
}

describe("a job's own run", () => {
  it.each([
    ["finds the request wrong", fails(400, { message: "max_tokens is too large" })],
    ["finds it too long", fails(400, { message: "maximum context length is 10", code: "context_length_exceeded" })],
    ["is not there", fails(404, { message: "no such model", code: "model_not_found" })],
  ])("is judged by what failed before the ladder where the smaller model %s", async (_what, provider) => {
    const kinds = { work: { degrade: ["smaller_model", "queue"] } };
    const at = spine({ routes: [hot, warm, small], providers: { ...DOWN, "c.test": provider }, kinds, call: ofJob() });

    expect(await at.ask({ model: "work" })).toMatchObject({ ok: false, failure: { kind: "providers_failed" } });
    const before = at.trail.all().slice(0, at.trail.beforeLadder ?? undefined);
    expect(before.map(({ result }) => result)).toEqual(["unreachable", "unreachable"]);
    expect(at.trail.all()).toHaveLength(3);
  });

  it("waits for Hot where a smaller model's filter refuses", async () => {
    const providers = { ...DOWN, "c.test": fails(400, { message: "filtered", code: "content_filter" }) };
    const kinds = { work: { degrade: ["smaller_model", "queue"] } };
    const at = spine({ routes: [hot, warm, small], providers, kinds, call: ofJob() });

    expect(await at.ask({ model: "work" })).toMatchObject({ ok: false, failure: { kind: "providers_failed" } });
  });

  it.each([
    ["always", { cache: "always" }],
    ["as a step", { cache: true, degrade: ["cached_answer", "error"] }],
  ])("goes on with what was said, never with a whole answer that was kept (%s)", async (_when, kind) => {
    const answer = { text: "A whole other answer.", model: "m", route: hot.id, usage: null };
    const found: CacheAnswer = { kind: "found", found: { answer, ageMs: 1, similarity: 1, match: "exact" } };
    const cache: AnswerCache = { find: () => Promise.resolve(found), keep: () => Promise.resolve("kept") };
    const head = { id: "h", object: "chat.completion.chunk" as const, created: 1, model: "m", choices: [] };
    const said = { head, text: "The lighthouse keeper counted " };
    const kinds = { work: kind };
    const at = spine({ routes: [hot, warm], providers: DOWN, kinds, answers: cache, call: ofJob(said) });

    expect(await at.ask({ model: "work", stream: true })).toMatchObject({ ok: false });
  });
});

describe("a repair", () => {
  it.each([
    ["is refused", fails(400, { message: "messages: roles must alternate" })],
    ["is filtered", fails(400, { message: "filtered", code: "content_filter" })],
    ["is too long", fails(400, { message: "maximum context length is 10", code: "context_length_exceeded" })],
  ])("that %s is nobody's fault: the next route is asked for the prompt as it was", async (_what, again) => {
    let asked = 0;
    const first: FakeProvider = () => (asked++ === 0 ? answers("no json") : again());
    const providers = { "a.test": first, "b.test": () => answers("{}") };
    const at = spine({ routes: [hot, warm], providers, kinds: { work: { quality: true, degrade: ["queue"] } } });

    const reply = await at.ask({ model: "work", response_format: { type: "json_object" } });

    expect(reply.ok && reply.value).toMatchObject({ kind: "completion", route: { id: warm.id } });
    expect(at.trail.all().filter(({ result }) => result === "low_quality")).toHaveLength(1);
  });
});

describe("a cut answer of a smaller model", () => {
  it("says so in the headers as in the body", async () => {
    const providers = { "a.test": refuses, "c.test": finishing("It begins", "length") };
    const kinds = { work: { quality: true, degrade: ["smaller_model", "error"] } };
    const at = spine({ routes: [hot, small], providers, kinds });

    expect((await at.ask({ model: "work" })).ok).toBe(true);
    expect(replyHeaders("id", at.trail, small)).toMatchObject({ "x-lisbon-degraded": "smaller_model" });
  });
});

describe("a quiet kind", () => {
  it("still has its ladder", async () => {
    const providers = { ...DOWN, "c.test": () => answers("small") };
    const kinds = { work: { degrade: ["smaller_model", "error"] } };
    const at = spine({ routes: [hot, warm, small], providers, kinds, quiet: { work: Number.MAX_SAFE_INTEGER } });

    expect((await at.ask({ model: "work" })).ok).toBe(true);
    expect(at.trail.all().map(({ result }) => result)).toEqual(["skipped", "skipped", "answered"]);
  });

  it("is forgotten a while after the last walk, however many leases nobody used", () => {
    const state = { calls: 3, firstMs: 0, lastMs: 1_000, untilMs: 9_000_000 };

    expect(forgottenAtMs(state)).toBe(1_000 + FORGOTTEN_MS);
  });

  it("is not made by a drill of one call, nor is a request blocked by it", () => {
    const told: string[] = [];
    const plain = operatorDeps();
    const deps = operatorDeps({
      routing: { ...plain.routing, routes: [hot, warm] },
      settings: { ...bareSettings, adminKey: ADMIN_KEY, chaos: true },
      breakers: {
        ...plain.breakers,
        exhausted: (kind) => void told.push(kind),
        noteFailing: ({ id }) => void told.push(id),
      },
    });
    const headers = new Headers({ "x-lisbon-fault": "hot/*=unreachable", "x-lisbon-admin-key": ADMIN_KEY });
    const faulty = withCallFaults(headers, NO_WISHES, deps);
    if (!faulty.ok) throw new Error(JSON.stringify(faulty.failure));

    faulty.value.breakers.exhausted("work", 0);
    const scope = { tenant: "t", kind: "work" };
    faulty.value.breakers.noteFailing({ scope, id: "x", error: "unreadable", reason: null });

    expect(told).toEqual([]);
  });
});

describe("a schema's uniqueItems", () => {
  it("is not looked at: each item would be compared with each other", () => {
    const schema = { type: "array", uniqueItems: true };

    expect(jsonFlaw("[1,1]", { type: "json_schema", json_schema: { name: "x", schema } })).toBeNull();
    expect(jsonFlaw("{}", { type: "json_schema", json_schema: { name: "x", schema } })).toMatchObject({
      check: "json",
    });
  });
});
