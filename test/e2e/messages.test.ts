/** `POST /v1/messages` as Anthropic's official SDK has it: answers, refusals, and calls that are parked or belong to a job. */
import Anthropic, { APIError, AuthenticationError, BadRequestError, NotFoundError } from "@anthropic-ai/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { startProduct, type Product } from "../support/started-product.ts";

const Job = z.object({ id: z.string(), url: z.string(), events_url: z.string() });

let hosts: SimulatedHosts;
let product: Product;
let client: Anthropic;
let question = 0;

beforeAll(async () => {
  hosts = await startSimulatedHosts();
  product = await startProduct({ routes: "test/fixtures/routes.cold.json", variables: hosts.variables });
  client = clientWith(product.key);
});

afterEach(() => hosts.mend());

afterAll(async () => {
  await product.stop();
  await hosts.close();
});

function clientWith(apiKey: string): Anthropic {
  return new Anthropic({ apiKey, baseURL: product.url, maxRetries: 0, logLevel: "off" });
}

function breakEverything(): void {
  hosts.one.setFault({ provider: "first", fault: "503", arg: "1" });
  hosts.three.setFault({ provider: "claude", fault: "529" });
}

/** Another one each time: the same question again would find the first one's job. */
function ask(model: string): Anthropic.MessageCreateParamsNonStreaming {
  return { model, max_tokens: 200, messages: [{ role: "user", content: `say: answer ${(question += 1)}` }] };
}

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (cause) {
    return cause;
  }
  throw new Error("nothing was thrown: the app takes it for an answer");
}

/** By hand, as clients of other makers send it. */
function raw(
  body: unknown,
  headers: Readonly<Record<string, string>> = { "x-api-key": product.key },
): Promise<Response> {
  const init = { method: "POST", headers: { "content-type": "application/json", ...headers } };
  return fetch(`${product.url}/v1/messages`, { ...init, body: typeof body === "string" ? body : JSON.stringify(body) });
}

describe("a caller of /v1/messages", () => {
  it.each([
    ["x-api-key and an old version", () => ({ "x-api-key": product.key, "anthropic-version": "2023-06-01" })],
    ["x-api-key and no version", () => ({ "x-api-key": product.key })],
    [
      "a bearer and a new version",
      () => ({ authorization: `Bearer ${product.key}`, "anthropic-version": "2026-10-21" }),
    ],
  ])("is let in with %s", async (_how, headers) => {
    const response = await raw(ask("auto"), headers());

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ type: "message", role: "assistant", stop_reason: "end_turn" });
    expect(response.headers.get("request-id")).toBe(response.headers.get("x-lisbon-request-id"));
  });

  it.each([
    ["a wrong key", () => clientWith("wrong").messages.create(ask("auto")), AuthenticationError, "invalid_api_key"],
    ["a kind that nobody knows", () => client.messages.create(ask("unheard-of")), NotFoundError, "model_not_found"],
    [
      "a wrong field",
      () => client.messages.create({ ...ask("auto"), max_tokens: -1 }),
      BadRequestError,
      "invalid_request",
    ],
  ])("with %s is told so in Anthropic's shape", async (_what, call, kind, code) => {
    const thrown = await thrownBy(call());

    expect(thrown).toBeInstanceOf(kind);
    expect(thrown).toMatchObject({ error: { type: "error", error: { code }, request_id: expect.any(String) } });
  });

  it("is told which field is wrong, and of what is no JSON at all", async () => {
    const wrong = await raw({ ...ask("auto"), max_tokens: "many" });
    const broken = await raw("{");

    expect(await wrong.json()).toMatchObject({ error: { type: "invalid_request_error", param: "max_tokens" } });
    expect(await broken.json()).toMatchObject({ type: "error", error: { code: "invalid_json" } });
    expect([wrong.status, broken.status]).toEqual([400, 400]);
  });

  it("is told in its own shape that nobody answered, with when to come back", async () => {
    breakEverything();
    const thrown = await thrownBy(client.messages.create(ask("strict")));

    expect(thrown).toMatchObject({
      status: 503,
      error: { error: { type: "overloaded_error", code: "providers_failed" } },
    });
    expect(thrown instanceof APIError && thrown.headers?.get("retry-after")).toMatch(/^\d+$/);
  });
});

describe("a parked call", () => {
  it("gives a body that no app takes for a message, and the job answers with one later", async () => {
    breakEverything();
    const accepted: unknown = await client.messages.create(ask("accepted"));

    const { job, ...rest } = z.looseObject({ type: z.literal("error"), job: Job }).parse(accepted);
    expect(rest).toMatchObject({ status: "queued", error: { code: "queued" } });
    expect(accepted).not.toHaveProperty("content");

    hosts.mend();
    const answer = { type: "message", content: [{ type: "text", text: expect.stringContaining("answer") }] };
    await expect.poll(() => shown(job.url), { timeout: 20_000 }).toMatchObject({ status: "answered", answer });
  });

  it("throws at whoever reads a stream, with the job in the error", async () => {
    breakEverything();
    const thrown = await thrownBy(client.messages.stream(ask("accepted")).finalMessage());

    expect(thrown).toBeInstanceOf(APIError);
    expect(thrown).toMatchObject({ error: { error: { code: "queued", job: { id: expect.stringMatching(/^job_/) } } } });
  });

  it("throws a 503 where the kind wants an error", async () => {
    breakEverything();

    expect(await thrownBy(client.messages.create(ask("error")))).toMatchObject({
      status: 503,
      error: { error: { code: "queued" } },
    });
  });

  it("is answered in Anthropic's language where its caller waits", async () => {
    breakEverything();
    const mended = setTimeout(() => hosts.mend(), 500);
    const message = await client.messages.create(ask("wait"));
    clearTimeout(mended);

    expect(message).toMatchObject({
      type: "message",
      content: [{ type: "text", text: expect.stringContaining("answer") }],
    });
  });
});

describe("a call with an Idempotency-Key", () => {
  it("is answered by its job in Anthropic's language, whole and streamed, the same each time", async () => {
    const whole = ask("auto");
    const first = await client.messages.create(whole, keyed("whole"));
    const again = await client.messages.create(whole, keyed("whole"));
    const streamed = ask("auto");
    const live = await client.messages.stream(streamed, keyed("streamed")).finalMessage();
    const kept = await client.messages.stream(streamed, keyed("streamed")).finalMessage();

    expect(first).toMatchObject({ type: "message", stop_reason: "end_turn" });
    expect(again).toEqual(first);
    expect(live).toMatchObject({
      type: "message",
      stop_reason: "end_turn",
      usage: { output_tokens: expect.any(Number) },
    });
    expect(textIn(kept)).toBe(textIn(live));
  });

  it("goes on after a lost connection with the events that were not seen, in valid grammar", async () => {
    const body = { ...ask("auto"), stream: true };
    const headers = { "x-api-key": product.key, "idempotency-key": "resumed" };
    const all = await (await raw(body, headers)).text();
    const ids = [...all.matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? "");
    const seen = ids[2] ?? "";
    const rest = await (await raw(body, { ...headers, "last-event-id": seen })).text();

    const at = all.indexOf("\n\n", all.indexOf(`id: ${seen}\n`)) + 2;
    expect(rest).toBe(all.slice(at));
    expect(all.match(/^event: message_start$/gm)).toHaveLength(1);
    expect(all.endsWith('data: {"type":"message_stop"}\n\n')).toBe(true);
  });

  it("belongs to one request: another one, or the same in the other dialect, is refused", async () => {
    const asked = ask("auto");
    await client.messages.create(asked, keyed("one"));
    const other = await thrownBy(client.messages.create(ask("auto"), keyed("one")));
    const same = { model: "auto", max_tokens: 200, messages: [{ role: "user" as const, content: "say: x" }] };
    const data = await thrownBy(product.client.chat.completions.create(same, keyed("one")));

    expect(other).toMatchObject({ status: 422, error: { error: { code: "idempotency_key_reused" } } });
    expect(data).toMatchObject({ status: 422 });
  });
});

function keyed(key: string) {
  return { headers: { "idempotency-key": key } };
}

function textIn({ content }: Anthropic.Message): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

async function shown(url: string): Promise<unknown> {
  return (await fetch(url, { headers: { "x-api-key": product.key } })).json();
}
