import { describe, expect, it } from "vitest";
import { cacheKeyOf, type CacheScope } from "../../../src/cache/cache-key.ts";
import type { ChatRequest } from "../../../src/openai/chat-request.ts";

const scope: CacheScope = { tenant: "acme", kind: "default", per: "tenant", user: "ana" };
const user = (content: string): ChatRequest["messages"][number] => ({ role: "user", content });
const request: ChatRequest = { model: "auto", temperature: 0.2, messages: [user("What is a tide?")] };

async function same(one: ChatRequest, other: ChatRequest): Promise<boolean> {
  return (await cacheKeyOf(one, scope)).exact === (await cacheKeyOf(other, scope)).exact;
}

describe("a request's key", () => {
  it.each<[string, Record<string, unknown>]>([
    ["asks for a stream", { stream: true, stream_options: { include_usage: true } }],
    ["names its user", { user: "u-17", safety_identifier: "x" }],
    ["has metadata and an id", { metadata: { trace: "a" }, id: "req_1", request_id: "b" }],
    ["says when", { created_at: "2026-11-21T08:00:00Z", timestamp: 1_763_714_740 }],
    ["says null where another says nothing", { top_p: null, stop: null }],
    ["is to be kept by the provider, or in another tier", { store: true, service_tier: "flex" }],
  ])("is the same where it %s", async (_what, more) => {
    expect(await same(request, { ...request, ...more })).toBe(true);
  });

  it("is the same for a text and a list of this text, with another order of fields, or with an id in a message", async () => {
    const parts: ChatRequest = {
      messages: [{ content: [{ type: "text", text: "What is a tide?" }], role: "user", id: "msg_1" }],
      temperature: 0.2,
      model: "auto",
    };

    expect(await same(request, parts)).toBe(true);
  });

  it.each<[string, Record<string, unknown>]>([
    ["model", { model: "gpt-5-mini" }],
    ["temperature", { temperature: 0.3 }],
    ["form", { response_format: { type: "json_object" } }],
    ["length", { max_tokens: 100 }],
    ["seed", { seed: 4 }],
    ["field that we do not know", { verbosity: "low" }],
    ["question", { messages: [user("What is a wave?")] }],
    ["turn before it", { messages: [user("Hello"), { role: "assistant", content: "Hi" }, user("What is a tide?")] }],
    ["speaker", { messages: [{ role: "user", name: "ana", content: "What is a tide?" }] }],
  ])("is another one with another %s", async (_what, more) => {
    expect(await same(request, { ...request, ...more })).toBe(false);
  });

  it("keeps tenants, kinds and, where asked, users apart", async () => {
    const keys = await Promise.all(
      [
        scope,
        { ...scope, tenant: "globex" },
        { ...scope, kind: "chat" },
        { ...scope, per: "user" as const },
        { ...scope, per: "user" as const, user: "bob" },
        { ...scope, per: "user" as const, user: null },
      ].map((one) => cacheKeyOf(request, one)),
    );

    expect(new Set(keys.map(({ exact }) => exact)).size).toBe(6);
    expect(new Set(keys.map(({ context }) => context)).size).toBe(6);
    expect(await cacheKeyOf(request, { ...scope, user: "bob" })).toEqual(keys[0]);
  });

  it("has one context for all last questions in the same surroundings, and another for other surroundings", async () => {
    const one = await cacheKeyOf(prompted("Be short.", "What is a tide?"), scope);
    const other = await cacheKeyOf(prompted("Be short.", "What is a wave?"), scope);
    const elsewhere = await cacheKeyOf(prompted("Be long.", "What is a tide?"), scope);

    expect(one.context).toBe(other.context);
    expect(one.exact).not.toBe(other.exact);
    expect(elsewhere.context).not.toBe(one.context);
    expect(one.question).toBe("What is a tide?");
  });

  it("keeps what else changes the answer apart", async () => {
    const beta = await cacheKeyOf(request, scope, { "anthropic-beta": "x" });

    expect(beta.exact).not.toBe((await cacheKeyOf(request, scope)).exact);
  });
});

describe("the present moment in a system prompt", () => {
  it.each([
    ["Current time: 2026-11-21T08:45:40.123Z", "Current time: 2026-11-21T23:59:59Z"],
    ["Today is Saturday, it is now 8:45 AM.", "Today is Saturday, it is now 11:02 PM."],
    [
      "Be short.\nThe current date and time is 2026-11-21 08:45 (UTC).",
      "Be short.\nThe current date and time is 2026-11-21 17:20 (UTC).",
    ],
    ["timestamp: 1795250000", "timestamp: 1795250999"],
    ["Request id: 5f1c-aa", "Request id: 77be-09"],
    ["Aktuelle Zeit: 08:45:01", "Aktuelle Zeit: 09:12:44"],
  ])("makes no other request: %s", async (one, other) => {
    expect(await same(prompted(one), prompted(other))).toBe(true);
  });

  it.each([
    ["Current time: 2026-11-21T08:45:40Z", "Current time: 2026-11-22T08:45:40Z"],
    ["The appointment is at 9:00.", "The appointment is at 10:00."],
    ["timestamp: 1795250000", "timestamp: 1795350000"],
    ["Order: 5f1c-aa", "Order: 77be-09"],
  ])("is told from what only looks like it: %s and %s", async (one, other) => {
    expect(await same(prompted(one), prompted(other))).toBe(false);
  });

  it("is looked for in a time that grows with the text and no more", async () => {
    const began = performance.now();
    await same(prompted(`Now: ${" ".repeat(100_000)}`), prompted(`Now: ${"1:".repeat(50_000)}`));

    expect(performance.now() - began).toBeLessThan(1000);
  });

  it("stays in what the user says", async () => {
    expect(await same(timed("9:00"), timed("23:00"))).toBe(false);
  });
});

function prompted(content: string, question = "What is a tide?"): ChatRequest {
  return { model: "auto", messages: [{ role: "system", content }, user(question)] };
}

function timed(time: string): ChatRequest {
  return { model: "auto", messages: [user(`It is now ${time}. Is it late?`)] };
}
