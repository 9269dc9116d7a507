/** What the SDK's caller gets when there is no answer: its own mistake where it made one, else one error with a stable code. */
import OpenAI, { BadRequestError, InternalServerError } from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ask, WAYS } from "../support/asked.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { startProduct, type Product } from "../support/started-product.ts";

let hosts: SimulatedHosts;
let product: Product;

beforeAll(async () => {
  hosts = await startSimulatedHosts();
  product = await startProduct({ routes: "test/fixtures/routes.product.json", variables: hosts.variables });
});

afterEach(() => hosts.mend());

afterAll(async () => {
  await product.stop();
  await hosts.close();
});

function receivedBy(): readonly string[] {
  return hosts.received().map(({ provider }) => provider);
}

describe.each(WAYS)("a %s call", (_way, streamed) => {
  it("that Hot's content filter refuses comes back with the provider's reason and is not tried elsewhere", async () => {
    hosts.one.setFault({ provider: "first", fault: "filter" });

    const { error, trail } = await ask(product.client, "ask", streamed);

    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, code: "content_filter", message: expect.stringMatching(/filtered/) });
    expect(trail).toEqual(["first=content_filtered 400"]);
    expect(receivedBy()).toEqual(["first"]);
  });

  it.each([
    ["claude", "This request was declined by a safety classifier."],
    ["gemini", "The provider blocked the prompt: PROHIBITED_CONTENT"],
  ])("that is refused inside a 200 of %s comes back as a refused one", async (provider, reason) => {
    hosts.three.setFault({ provider, fault: "filter" });

    const { error, trail } = await ask(product.client, `only-${provider}`, streamed);

    expect(error).toMatchObject({ status: 400, code: "content_filter", message: expect.stringContaining(reason) });
    expect(trail).toEqual([`${provider}=content_filtered 200`]);
  });

  it("with a mistake of its own comes back with the field and is not tried elsewhere", async () => {
    const { error, trail } = await ask(product.client, "ask", streamed, { tool_choice: "auto" });

    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, code: "request_rejected", type: "invalid_request_error" });
    expect(error?.param).toMatch(/^tool_choice/);
    expect(trail).toEqual(["first=request_rejected 400"]);
    expect(receivedBy()).toEqual(["first"]);
  });

  it("with a tool's result that nobody asked for is refused by its message, and nobody is asked", async () => {
    const messages = [
      { role: "user" as const, content: "hello" },
      { role: "tool" as const, tool_call_id: "call_1", content: "sunny" },
    ];

    const { error, trail } = await ask(product.client, "ask", streamed, { messages });

    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, code: "invalid_request", param: "messages[1]" });
    expect(trail).toEqual([]);
    expect(receivedBy()).toEqual([]);
  });

  it("that is too long for one route goes only to a larger context", async () => {
    hosts.one.setFault({ provider: "first", fault: "context" });

    const { text, trail } = await ask(product.client, "ask", streamed);

    expect(text).toBe("hello");
    expect(trail).toEqual(["first=context_overflow 400", "second=skipped context_too_small", "claude=answered"]);
    expect(receivedBy()).toEqual(["first", "claude"]);
  });

  it("that is too long for every route says so", async () => {
    hosts.one.setFault({ provider: "first", fault: "context" });

    const { error } = await ask(product.client, "only-hot", streamed);

    expect(error).toMatchObject({ status: 400, code: "context_length_exceeded", param: "messages" });
  });

  it("that every route fails gets one error: the kinds of the attempts, when to come back, nothing of the providers'", async () => {
    hosts.one.setFault({ provider: "*", fault: "503" });
    hosts.two.setFault({ provider: "*", fault: "500" });
    hosts.three.setFault({ provider: "*", fault: "529" });

    const { error, trail, headers, attempts } = await ask(product.client, "ask", streamed);

    // A route that has just failed another call is tried once, not twice.
    const kinds = receivedBy().map((provider) => (provider === "second" ? "server_error" : "overloaded"));
    expect([...new Set(receivedBy())]).toEqual(["first", "second", "claude"]);
    expect(error).toBeInstanceOf(InternalServerError);
    expect(error).toMatchObject({ status: 503, code: "providers_failed", type: "upstream_error" });
    expect(error?.error).toMatchObject({ attempts: kinds, retry_after: 5 });
    expect(headers.get("retry-after")).toBe("5");
    expect(attempts).toBe(kinds.length);
    expect(trail).toHaveLength(kinds.length);
    expect(JSON.stringify([error, ...headers])).not.toMatch(/sk-|engine|had an error|127\.0\.0\.1/);
  });
});

describe("an account whose quota is used up", () => {
  it("costs one attempt in the call that finds out and none in the next, until it is reset", async () => {
    hosts.one.setFault({ provider: "spent", fault: "quota" });

    const finding = await ask(product.client, "ask-spent", true);
    const next = await ask(product.client, "ask-spent", true);
    const alone = await ask(product.client, "only-spent", false);

    expect(finding.trail).toEqual(["spent=quota_exhausted 429", "spent-too=skipped account_out", "second=answered"]);
    expect(next.trail).toEqual(["spent=skipped account_out", "spent-too=skipped account_out", "second=answered"]);
    expect(next.attempts).toBe(1);
    expect(alone.error?.error).toMatchObject({ code: "providers_failed", attempts: [] });
    expect(Number(alone.headers.get("retry-after"))).toBeGreaterThan(590);
    expect(receivedBy()).toEqual(["spent", "second", "second"]);

    hosts.mend();
    await fetch(`${product.url}/admin/breakers/reset`, {
      method: "POST",
      headers: { authorization: `Bearer ${product.adminKey}` },
      body: JSON.stringify({ account: "spender" }),
    });
    // Within 3 s at the latest, when the isolate's snapshot is too old to be used.
    await expect
      .poll(async () => (await ask(product.client, "ask-spent", true)).trail, { timeout: 5_000 })
      .toEqual(["spent=answered"]);
  });
});

describe("the SDK's own retry", () => {
  it("waits as it is told, and gets the answer", async () => {
    // The first call waits by itself, once; after that it is the caller's turn.
    hosts.three.setFault({ provider: "gemini", fault: "429", arg: 1, times: 2 });
    const patient = new OpenAI({ apiKey: product.key, baseURL: `${product.url}/v1`, maxRetries: 1, logLevel: "off" });

    const { text, trail } = await ask(patient, "only-gemini", false);

    expect(text).toBe("hello");
    expect(trail).toEqual(["gemini=answered"]);
    expect(receivedBy()).toEqual(["gemini", "gemini", "gemini"]);
  });
});
