/** Kept answers at three isolates as they are deployed: what one keeps another gives, to the same tenant. */
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import * as z from "zod";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ADMIN, startCacheStage, type CacheStage } from "../support/cache-stage.ts";
import { serverKey } from "../support/server-keys.ts";

let stage: CacheStage;
let tenants = 0;
/** Another one for each test: nothing that another has kept is near. */
let tenant = "";

beforeAll(async () => {
  stage = await startCacheStage();
});

beforeEach(() => {
  tenant = `tenant-${(tenants += 1)}`;
  stage.asked.length = 0;
  stage.embedded.length = 0;
  Object.assign(stage.state, { isUp: true, meanings: [], answer: "Slowly.", reason: "stop" });
});

afterAll(() => stage.dispose());

const Answer = z.looseObject({
  choices: z.tuple([z.looseObject({ message: z.looseObject({ content: z.string() }) })]),
  x_lisbon: z.optional(z.unknown()),
});

async function answerIn(response: Response): Promise<z.infer<typeof Answer>> {
  expect(response.status).toBe(200);
  return Answer.parse(await response.json());
}

/** One answer in the tenant's cache, by isolate 0. */
async function keep(question: string, more: Parameters<CacheStage["call"]>[2] = {}): Promise<void> {
  await (await stage.call(0, question, { tenant, ...more })).text();
  await stage.kept(tenant, 1);
}

describe("an answer that one isolate has kept", () => {
  it("is given by another, and no provider is asked, not even when all of them are gone", async () => {
    await keep("How do I bake bread?");
    stage.state.isUp = false;
    stage.state.meanings = null;

    for (const [question, match] of [
      ["How do I bake bread?", "exact"],
      ["please, how can I bake bread", "similar"],
    ] as const) {
      const response = await stage.call(1, question, { tenant });
      expect(response.headers.get("x-lisbon-cache")).toMatch(new RegExp(`^${match}; age=\\d+$`));
      expect(response.headers.get("x-lisbon-notice")).toBeNull();
      expect(await answerIn(response)).toMatchObject({
        choices: [{ message: { content: "Slowly." }, finish_reason: "stop" }],
        x_lisbon: { from_cache: true, cache_similarity: match === "exact" ? 1 : expect.closeTo(0.95, 1) },
      });
    }
    expect(stage.asked).toHaveLength(1);
    expect((await stage.call(2, "How do I bake cakes?", { tenant })).status).toBe(503);
  });

  it("is never another tenant's", async () => {
    await keep("How do I bake bread?");
    stage.state.answer = "Another's.";

    const other = await stage.call(1, "How do I bake bread?", { tenant: `${tenant}-other` });
    expect(other.headers.get("x-lisbon-cache")).toBeNull();
    expect((await answerIn(other)).choices[0].message.content).toBe("Another's.");
  });

  it("is another user's unless the kind says whose it is", async () => {
    await keep("How do I bake bread?", { kind: "own", body: { user: "ana" } });

    for (const [user, cache] of [
      ["ana", expect.stringMatching(/^exact/)],
      ["bob", null],
    ] as const) {
      const response = await stage.call(1, "How do I bake bread?", { tenant, kind: "own", body: { user } });
      expect(response.headers.get("x-lisbon-cache")).toEqual(cache);
    }
  });

  it("was streamed or not, and is streamed or not: the message is the same", async () => {
    stage.state.answer = `${"Slowly, with 🍞 and salt. ".repeat(3)}${"🍞".repeat(300)}`;
    await keep("How do I bake bread?", { body: { stream: true } });

    const client = new OpenAI({ apiKey: serverKey(tenant), baseURL: `${stage.urls[1]}/v1`, maxRetries: 0 });
    const messages = [{ role: "user" as const, content: "How do I bake bread?" }];
    const whole = await client.chat.completions.create({ model: "faq", messages });
    const stream = await client.chat.completions.create({ model: "faq", messages, stream: true });
    let streamed = "";
    let notes: unknown[] = [];
    let reasons: unknown[] = [];
    for await (const { choices, ...rest } of stream) {
      streamed += choices[0]?.delta.content ?? "";
      reasons = [...reasons, choices[0]?.finish_reason ?? null].filter((reason) => reason !== null);
      notes = [...notes, Reflect.get(rest, "x_lisbon")].filter((note) => note !== undefined);
    }

    expect(whole.choices[0]?.message.content).toBe(stage.state.answer);
    expect(streamed).toBe(stage.state.answer);
    expect([reasons, notes.length]).toEqual([["stop"], 1]);
    expect(Reflect.get(whole, "x_lisbon")).toEqual(notes[0]);
    expect(stage.asked).toHaveLength(1);
  });

  it.each(["faq", "checked", "whole"])("was streamed by way of the kind %s", async (kind) => {
    await keep("How do I bake bread?", { kind, body: { stream: true } });

    const response = await stage.call(1, "How do I bake bread?", { tenant, kind });
    expect((await answerIn(response)).choices[0].message.content).toBe("Slowly.");
    expect(stage.asked).toHaveLength(1);
  });

  it("is given by a job to a call with an Idempotency-Key, streamed or not", async () => {
    await keep("How do I bake bread?");
    for (const stream of [false, true]) {
      const headers = { "idempotency-key": `${tenant}-${stream}` };
      const response = await stage.call(1, "How do I bake bread?", { tenant, headers, body: { stream } });
      expect(response.headers.get("x-lisbon-job")).not.toBeNull();
      expect(response.headers.get("x-lisbon-cache")).toMatch(/^exact; age=\d+$/);
      const text = await response.text();
      expect(text).toContain("Slowly.");
      expect(text).toContain('"from_cache":true');
      expect(text.includes("data: [DONE]")).toBe(stream);
    }
    expect(stage.asked).toHaveLength(1);
  });

  it("reads as Anthropic's own answer to who speaks its language", async () => {
    const how = { path: "/v1/messages", body: { max_tokens: 100 } };
    await keep("How do I bake bread?", how);

    const client = new Anthropic({ apiKey: serverKey(tenant), baseURL: stage.urls[2] ?? "", maxRetries: 0 });
    const wanted: Anthropic.MessageCreateParamsNonStreaming = {
      model: "faq",
      max_tokens: 100,
      messages: [{ role: "user", content: "How do I bake bread?" }],
    };
    const whole = await client.messages.create(wanted);
    const streamed = await client.messages.stream(wanted).finalMessage();

    expect(whole).toMatchObject({ content: [{ type: "text", text: "Slowly." }], stop_reason: "end_turn" });
    expect(streamed.content).toEqual(whole.content);
    expect(Reflect.get(whole, "x_lisbon")).toMatchObject({ from_cache: true, cache_similarity: 1 });
    expect(stage.asked).toHaveLength(1);
  });
});

describe("nothing is kept, and nothing given,", () => {
  it.each([
    ["of a call that is private by its header", { headers: { "x-lisbon-private": "true" } }],
    ["of a call that is private by its body", { body: { private: true } }],
    ["of a call that is not to be stored", { body: { store: false } }],
    ["of a kind that asks for no cache", { kind: "plain" }],
    ["of a call with tools", { body: { tools: [{ type: "function", function: { name: "bake" } }] } }],
  ])("%s", async (_what, how) => {
    await keep("How do I bake bread?");
    for (const at of [1, 2]) {
      const response = await stage.call(at, "How do I bake bread?", { tenant, ...how });
      expect([response.status, response.headers.get("x-lisbon-cache")]).toEqual([200, null]);
      await response.text();
    }
    await stage.kept(tenant, 1);
    expect(stage.asked).toHaveLength(3);
    expect(stage.asked.join("\n")).not.toContain("private");
  });

  it.each([false, true])("of an answer that was cut short (streamed: %s)", async (stream) => {
    stage.state.reason = "length";
    for (const at of [0, 1]) {
      const response = await stage.call(at, "How do I bake bread?", { tenant, body: { stream } });
      expect([response.status, response.headers.get("x-lisbon-cache")]).toEqual([200, null]);
      await response.text();
    }
    stage.state.reason = "stop";
    await keep("Why is the sky blue?");
    expect(stage.asked).toHaveLength(3);
  });

  it.each([{ "x-lisbon-private": "1" }, { "x-lisbon-private": "1", "idempotency-key": "a-private-one" }])(
    "of a private call, whoever runs it (%j)",
    async (headers) => {
      await (await stage.call(0, "How do I bake bread?", { tenant, headers })).text();
      await keep("Why is the sky blue?");

      const response = await stage.call(1, "How do I bake bread?", { tenant });
      expect(response.headers.get("x-lisbon-cache")).toBeNull();
    },
  );

  it("of a kind for emergencies, while a provider answers, but its answer is kept", async () => {
    for (const at of [0, 1]) {
      const response = await stage.call(at, "How do I bake bread?", { tenant, kind: "kept" });
      expect([response.status, response.headers.get("x-lisbon-cache")]).toEqual([200, null]);
    }
    await stage.kept(tenant, 1);
    expect(stage.asked).toHaveLength(2);
  });
});

describe("the map's embeddings route", () => {
  const FAST = "What is the quickest way home?";
  const SOON = "Which road gets me back soonest?";

  it("finds what is said in other words, and is asked for nothing that is found without it", async () => {
    stage.state.meanings = [[FAST, SOON]];
    await keep(FAST);
    await expect.poll(() => stage.embedded.length).toBe(2);
    await stage.call(1, FAST, { tenant });
    expect(stage.embedded).toHaveLength(2);

    const response = await stage.call(1, SOON, { tenant });
    expect(response.headers.get("x-lisbon-cache")).toMatch(/^similar/);
    expect(stage.embedded).toHaveLength(3);
    expect(stage.asked).toHaveLength(1);
  });

  it("that is away costs nobody an answer: the same question is still found, and so is one like it", async () => {
    stage.state.meanings = null;
    await keep(FAST);
    stage.state.meanings = [[FAST, SOON]];

    // Its vectors were not to be had when this was kept, and another's are none of its own.
    expect((await stage.call(1, SOON, { tenant })).headers.get("x-lisbon-cache")).toBeNull();
    stage.state.meanings = null;
    const response = await stage.call(1, "what's the quickest way home", { tenant });
    expect(response.headers.get("x-lisbon-cache")).toMatch(/^similar/);
  });
});

describe("the operator", () => {
  it("sees how much is kept, erases a user's or all of it, and leaves a line", async () => {
    const admin = async (query: string, method = "GET"): Promise<unknown> =>
      (await fetch(`${stage.urls[1]}/admin/cache${query}`, { method, headers: ADMIN })).json();
    await (await stage.call(0, "How do I bake bread?", { tenant, body: { user: "ana" } })).text();
    await (await stage.call(1, "Why is the sky blue?", { tenant })).text();
    await stage.kept(tenant, 2);

    expect(await admin(`?tenant=${tenant}`)).toEqual({
      tenant,
      entries: 2,
      compared: 2,
      bytes: expect.any(Number),
      oldest_at: expect.stringMatching(/^20.*Z$/),
    });
    expect(await admin(`?tenant=${tenant}&user=ana`, "DELETE")).toEqual({ tenant, erased: 1 });
    expect(await admin(`?tenant=${tenant}`, "DELETE")).toEqual({ tenant, erased: 1 });
    expect(await admin(`?tenant=${tenant}`)).toMatchObject({ entries: 0, compared: 0, oldest_at: null });
    expect(await admin("?tenant=No One")).toMatchObject({ error: { code: "invalid_request", param: "tenant" } });
    expect(await admin(`?tenant=${tenant}&user=`, "DELETE")).toMatchObject({ error: { param: "user" } });
    const trail = await fetch(`${stage.urls[2]}/admin/audit?limit=3`, { headers: ADMIN });
    expect(await trail.json()).toMatchObject({
      changes: [
        { status: 400 },
        { what: "DELETE /admin/cache", detail: `?tenant=${tenant}`, status: 200 },
        { what: "DELETE /admin/cache", detail: `?tenant=${tenant}&user=ana`, status: 200 },
      ],
    });
  });
});
