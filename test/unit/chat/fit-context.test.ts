/** What is known of a prompt and the windows of the routes before anybody is asked. */
import { describe, expect, it } from "vitest";
import { replyHeaders } from "../../../src/http/reply-headers.ts";
import type { Route } from "../../../src/domain/route.ts";
import { answers, fails, route, spine } from "../../support/spine.ts";

const small = route("hot/a/small", { contextTokens: 8_000 });
const large = route("warm/b/large", { contextTokens: 100_000 });
const unstated = route("warm/c/unstated");

/** A token each, and about 1.3 by the estimate that errs high. */
function words(count: number): string {
  return "word ".repeat(count);
}

async function asked(routes: readonly Route[], request: Record<string, unknown>, kind: Record<string, unknown> = {}) {
  const providers = { "a.test": () => answers(), "b.test": () => answers(), "c.test": () => answers() };
  const at = spine({ routes, providers, kinds: { work: kind } });
  const reply = await at.ask({ model: "work", ...request });
  return { reply, trail: at.trail.all(), headers: replyHeaders("id", at.trail, null) };
}

function prompt(count: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { messages: [{ role: "user", content: words(count) }], ...more };
}

describe("a prompt", () => {
  it("that is small is asked as it is, and nothing is said", async () => {
    const { trail, headers } = await asked([small, large], prompt(100));

    expect(trail).toMatchObject([{ routeId: small.id, result: "answered" }]);
    expect(headers).not.toHaveProperty("x-lisbon-context");
    expect(headers).not.toHaveProperty("x-lisbon-notice");
  });

  it("that is surely too long for a route is not sent there", async () => {
    const { trail, headers } = await asked([small, large], prompt(9_000));

    expect(trail).toMatchObject([
      { routeId: small.id, result: "skipped", why: "context_too_small" },
      { routeId: large.id, result: "answered" },
    ]);
    expect(headers).not.toHaveProperty("x-lisbon-context");
  });

  it("that may be too long is for the provider to judge", async () => {
    // By the estimate that errs high it is over the window, by the other it is not.
    const { trail } = await asked([small, large], prompt(7_500));

    expect(trail).toMatchObject([{ routeId: small.id, result: "answered" }]);
  });

  it("that may fill 85 % of the largest window carries a warning", async () => {
    const { reply, headers } = await asked([small, large], prompt(75_000));

    expect(reply.ok).toBe(true);
    const percent = Number(/^(\d+)%$/.exec(headers["x-lisbon-context"] ?? "")?.[1]);
    expect(percent).toBeGreaterThanOrEqual(85);
    expect(headers["x-lisbon-notice"]).toContain(`The prompt may fill ${percent}% of the largest context window`);
  });

  it("is warned of from the per cent that its kind says", async () => {
    const warned = await asked([large], prompt(20_000), { contextWarnPercent: 20 });
    const silent = await asked([large], prompt(20_000), { contextWarnPercent: 95 });

    expect(warned.headers).toHaveProperty("x-lisbon-context");
    expect(silent.headers).not.toHaveProperty("x-lisbon-context");
  });

  it("that is too long for every window is refused, and the caller is told what to cut", async () => {
    const messages = [
      { role: "system", content: "be brief" },
      { role: "user", content: words(30_000) },
      { role: "assistant", content: words(1_000) },
      { role: "user", content: words(80_000) },
    ];

    const { reply, trail } = await asked([small, large], { messages }, { degrade: ["error"] });

    expect(trail).toEqual([]);
    expect(reply).toEqual({
      ok: false,
      failure: {
        kind: "context_too_long",
        reason:
          "The conversation has at least 111002 tokens, and the largest context window here is 100000: cut at least 15002. The largest, with their tokens at least: messages[3] (80000), messages[1] (30000), messages[2] (1000). Shorten these, or leave the oldest turns out.",
      },
    });
  });

  it("is not refused while a route does not state its window", async () => {
    const { trail } = await asked([small, unstated], prompt(200_000));

    expect(trail).toMatchObject([
      { routeId: small.id, why: "context_too_small" },
      { routeId: unstated.id, result: "answered" },
    ]);
  });

  it("is refused where the only larger route cannot do what it asks for", async () => {
    const incapable = { ...large, cannot: new Set(["seed"] as const) };

    const { reply } = await asked([small, incapable], prompt(9_000, { seed: 1 }));

    expect(reply).toMatchObject({ ok: false, failure: { kind: "context_too_long" } });
  });

  it("is asked to the last token where the caller asks for few back", async () => {
    const few = await asked([small], prompt(7_900, { max_tokens: 50 }));
    const many = await asked([small], prompt(7_900, { max_tokens: 500 }));

    expect(few.reply.ok).toBe(true);
    expect(many.reply).toMatchObject({ ok: false, failure: { kind: "context_too_long" } });
  });

  it("that the provider is to shorten is not judged", async () => {
    const { reply } = await asked([small], prompt(20_000, { transforms: ["middle-out"] }));

    expect(reply.ok).toBe(true);
  });

  it("whose pictures are large in bytes is not taken for a long one", async () => {
    const url = `data:image/png;base64,${"iVBORw0KGgo+".repeat(50_000)}`;
    const content = [
      { type: "text", text: "what is it?" },
      { type: "image_url", image_url: { url } },
    ];

    const { reply } = await asked([small], { messages: [{ role: "user", content }] });

    expect(reply.ok).toBe(true);
  });

  it("is left to the ladder where the kind shortens, and ends in the same refusal", async () => {
    const { reply, trail } = await asked([small], prompt(20_000), { degrade: ["shorter_context", "error"] });

    expect(reply).toMatchObject({ ok: false, failure: { kind: "context_too_long" } });
    expect(trail).toEqual([]);
  });

  it("is said to be tried again when the larger route is back, whatever the small one does", async () => {
    const at = spine({
      routes: [small, large],
      providers: { "b.test": fails(429, { message: "later" }, { "retry-after": "20" }) },
    });

    const reply = await at.ask(prompt(9_000));

    expect(reply).toMatchObject({ ok: false, failure: { kind: "providers_failed", retryAfterMs: 20_000 } });
  });
});

describe("a prompt in Anthropic's language", () => {
  const claude = route("hot/a/claude", { api: "anthropic", contextTokens: 8_000 });

  async function askedNatively(beta: string | null) {
    const body = {
      model: "auto",
      max_tokens: 1_000,
      system: words(10),
      messages: [{ role: "user", content: [{ type: "text", text: words(9_000) }] }],
    };
    const native = { body, headers: beta === null ? {} : { "anthropic-beta": beta }, onlyNative: null };
    const request = { model: "auto", messages: [{ role: "user" as const, content: words(9_000) }], max_tokens: 1_000 };
    const at = spine({ routes: [claude], providers: {}, call: { native, request } });
    return await at.ask();
  }

  it("is measured by the caller's own messages", async () => {
    expect(await askedNatively(null)).toMatchObject({
      ok: false,
      failure: { kind: "context_too_long", reason: expect.stringContaining("messages[0] (9000), system (10)") },
    });
  });

  it("whose caller asks for a larger window is for the provider to judge", async () => {
    expect(await askedNatively("context-1m-2025-08-07")).toMatchObject({
      ok: false,
      failure: { kind: "providers_failed" },
    });
  });
});
