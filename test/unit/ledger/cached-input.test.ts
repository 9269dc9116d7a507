/** What an answer costs of which the provider had a part of the prompt in its cache, from its own words to the budget. */
import { describe, expect, it, vi } from "vitest";
import { NO_WISHES } from "../../../src/domain/call.ts";
import type { Route } from "../../../src/domain/route.ts";
import { startFleet } from "../../support/ledger-fleet.ts";
import { at, MONTH } from "../../support/ledger-money.ts";
import { plays } from "../../support/played-stream.ts";
import { recorded } from "../../support/providers.ts";
import { DONE } from "../../support/scripted-provider.ts";
import { spine, type FakeProvider } from "../../support/spine.ts";

// Node has none; the platform's differs in nothing that is asked here.
vi.stubGlobal("IdentityTransformStream", TransformStream);

const FULL = { inputPerMillion: 3, outputPerMillion: 15 };
const REDUCED = { ...FULL, cachedInputPerMillion: 0.3 };
const USAGE = {
  prompt_tokens: 10_000,
  completion_tokens: 100,
  total_tokens: 10_100,
  prompt_tokens_details: { cached_tokens: 8_000 },
};
const WRITING = { ...USAGE, prompt_tokens_details: { cached_tokens: 8_000, cache_write_tokens: 2_000 } };
const ANTHROPIC: Partial<Route> = { provider: "anthropic", api: "anthropic", model: "claude-sonnet-4-6", price: null };
const HEAD = { id: "c", object: "chat.completion", created: 1, model: "m" };
const HELLO = { role: "assistant", content: "hello", refusal: null };

const whole = (usage: object): FakeProvider =>
  says({ ...HEAD, choices: [{ index: 0, message: HELLO, finish_reason: "stop", logprobs: null }], usage });

const chunk = (more: object): string =>
  `data: ${JSON.stringify({ ...HEAD, object: "chat.completion.chunk", choices: [], ...more })}\n\n`;

const streamed = (usage: object): FakeProvider =>
  plays([chunk({ choices: [{ index: 0, delta: HELLO, finish_reason: "stop" }] }), chunk({ usage }), DONE]);

const claude = (creation: object): FakeProvider =>
  says({
    model: "claude-sonnet-4-6",
    content: [{ type: "text", text: "hello" }],
    stop_reason: "end_turn",
    usage: { input_tokens: 1_000, cache_read_input_tokens: 8_000, ...creation, output_tokens: 100 },
  });

function says(body: object): FakeProvider {
  return () => Promise.resolve(Response.json(body));
}

/** Millionths of a dollar that one call has taken from its tenant's budget. */
async function taken(provider: FakeProvider, price: object, stream: boolean, route: Partial<Route> = {}) {
  const one = { id: "paid", provider: "one", model: "m", baseUrl: "https://one.test/v1", price };
  const fleet = startFleet(1, { hot: [one], tenants: { acme: { monthlyUsd: 10 } } });
  const calledUrl = "https://lisbon.test/v1";
  const stage = spine({
    routes: [{ ...fleet.route, ...route }],
    providers: { "one.test": provider },
    ledger: at(fleet, 0).ledger,
    call: { from: { kind: "caller", tenant: "acme", user: null, token: null, wishes: NO_WISHES, calledUrl } },
  });
  const reply = await stage.ask({ stream });
  if (!reply.ok) throw new Error(JSON.stringify(reply.failure));
  if (reply.value.kind === "stream") {
    await stage.clock.run(new Response(reply.value.body).text());
    await stage.clock.run(reply.value.ended);
  }
  await fleet.clock.advance(30_000);
  return fleet.tables.takenOf("tenant:acme", MONTH);
}

describe("a budget pays for cached input", () => {
  it.each([
    ["whole", whole, false],
    ["streamed", streamed, true],
  ] as const)("what the map says, of an answer that comes %s", async (_how, provider, stream) => {
    expect(await taken(provider(USAGE), REDUCED, stream)).toBe(2_000 * 3 + 8_000 * 0.3 + 100 * 15);
  });

  it("the full price where the map says none", async () => {
    expect(await taken(whole(USAGE), FULL, false)).toBe(10_000 * 3 + 100 * 15);
  });

  it("what the shipped list says where the map has no price", async () => {
    expect(await taken(claude({}), FULL, false, ANTHROPIC)).toBe(1_000 * 3 + 8_000 * 0.3 + 100 * 15);
  });

  it.each([
    ["whole", whole, false],
    ["streamed", streamed, true],
  ] as const)("and a quarter more for what was written, of an answer that comes %s", async (_how, provider, stream) => {
    expect(await taken(provider(WRITING), REDUCED, stream)).toBe(2_000 * 3 * 1.25 + 8_000 * 0.3 + 100 * 15);
  });

  it.each([
    ["a quarter more where Anthropic keeps it for 5 minutes", { ephemeral_5m_input_tokens: 400 }, 400 * 3 * 1.25],
    ["twice as much where it keeps it for an hour", { ephemeral_1h_input_tokens: 400 }, 400 * 3 * 2],
    ["a quarter more where it does not say for how long", null, 400 * 3 * 1.25],
  ])("and %s", async (_what, cache_creation, written) => {
    const creation = { cache_creation_input_tokens: 400, cache_creation };
    expect(await taken(claude(creation), FULL, false, ANTHROPIC)).toBe(1_000 * 3 + 8_000 * 0.3 + written + 100 * 15);
  });

  it("of a stream of Anthropic's, whose figures come at its beginning and at its end", async () => {
    const events = new TextDecoder().decode(recorded("anthropic/text.sse"));
    const input = 25 * 3 + 100 * 0.3 + 10 * 3 * 1.25;
    expect(await taken(plays([events]), FULL, true, ANTHROPIC)).toBe(Math.ceil(input + 15 * 15));
  });
});
