/** What the official clients see of an answer that took a step of the ladder, streamed and not, in both dialects. */
import Anthropic from "@anthropic-ai/sdk";
import { type OpenAI, InternalServerError } from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { startProduct, type Product } from "../support/started-product.ts";

let hosts: SimulatedHosts;
let product: Product;

beforeAll(async () => {
  hosts = await startSimulatedHosts();
  product = await startProduct({ routes: "test/fixtures/routes.ladder.json", variables: hosts.variables });
});

afterEach(() => hosts.mend());

afterAll(async () => {
  await product.stop();
  await hosts.close();
});

const SMALLER = {
  from_fallback: true,
  degraded: "smaller_model",
  notice: "Answered by a smaller model due to capacity limits",
};
const messages = [{ role: "user" as const, content: "What is the capital of Portugal?" }];

function breakHot(): void {
  hosts.one.setFault({ provider: "first", fault: "500" });
}

function breakBoth(): void {
  breakHot();
  hosts.three.setFault({ provider: "claude", fault: "529" });
}

function anthropic(): Anthropic {
  return new Anthropic({ baseURL: product.url, authToken: product.key, apiKey: null, maxRetries: 0 });
}

async function chunksOf(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<readonly object[]> {
  const chunks: object[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

describe("a smaller model's answer", () => {
  it("says so in its body and in its headers", async () => {
    breakBoth();

    const { data, response } = await product.client.chat.completions.create({ model: "ask", messages }).withResponse();

    expect(data).toMatchObject({ choices: [{ finish_reason: "stop" }], x_lisbon: SMALLER });
    expect(response.headers.get("x-lisbon-degraded")).toBe("smaller_model");
    expect(response.headers.get("x-lisbon-notice")).toBe(SMALLER.notice);
    expect(response.headers.get("x-lisbon-tier")).toBe("smaller");
  });

  it("says so in its headers, streamed and not, where a job gives it: to a call with an Idempotency-Key", async () => {
    breakBoth();

    for (const stream of [false, true]) {
      const options = { headers: { "idempotency-key": `smaller-${stream}`, "accept-language": "en" } };
      const { response } = await product.client.chat.completions
        .create({ model: "ask", messages, stream }, options)
        .withResponse();

      expect(response.headers.get("x-lisbon-job")).not.toBeNull();
      expect(response.headers.get("x-lisbon-degraded")).toBe("smaller_model");
      expect(response.headers.get("x-lisbon-notice")).toBe(SMALLER.notice);
    }
  });

  it.each(["ask", "whole"])("says so in the last chunk of a stream (kind %s)", async (model) => {
    breakBoth();

    const chunks = await chunksOf(await product.client.chat.completions.create({ model, messages, stream: true }));

    expect(chunks.at(-1)).toMatchObject({ choices: [{ finish_reason: "stop" }], x_lisbon: SMALLER });
    expect(JSON.stringify(chunks.slice(0, -1))).not.toContain("x_lisbon");
  });

  it("says so beside the usage too where the caller asked for it", async () => {
    breakBoth();

    const request = { model: "ask", messages, stream: true as const, stream_options: { include_usage: true } };
    const chunks = await chunksOf(await product.client.chat.completions.create(request));

    expect(chunks.slice(-2)).toMatchObject([
      { choices: [{ finish_reason: "stop" }], x_lisbon: SMALLER },
      { choices: [], usage: {}, x_lisbon: SMALLER },
    ]);
  });

  it("says so to Anthropic's client, streamed and not", async () => {
    breakBoth();
    const request = { model: "ask", max_tokens: 100, messages };

    const whole = await anthropic().messages.create(request);
    const streamed: object[] = [];
    for await (const event of anthropic().messages.stream(request)) streamed.push(event);

    expect(whole).toMatchObject({ type: "message", x_lisbon: SMALLER });
    expect(streamed.at(-2)).toMatchObject({ type: "message_delta", x_lisbon: SMALLER });
  });

  it("says so in the caller's language", async () => {
    breakBoth();
    const options = { headers: { "accept-language": "pt-PT,pt;q=0.9,en;q=0.5" } };

    const asked = product.client.chat.completions.create({ model: "ask", messages }, options);
    const { data, response } = await asked.withResponse();

    const notice = "Respondido por um modelo menor (serviço limitado)";
    expect(data).toMatchObject({ x_lisbon: { notice } });
    expect(decodeURIComponent(response.headers.get("x-lisbon-notice") ?? "")).toBe(notice);
  });
});

describe("Warm's answer", () => {
  const BACKUP = { from_fallback: true, notice: "Using backup service" };

  it("says that it is a backup's, streamed and not, in either dialect", async () => {
    breakHot();
    const request = { model: "strict", max_tokens: 100, messages };

    const whole = await product.client.chat.completions.create({ model: "strict", messages });
    const chunks = await chunksOf(await product.client.chat.completions.create({ ...request, stream: true }));
    const message = await anthropic().messages.create(request);
    const events: object[] = [];
    for await (const event of anthropic().messages.stream(request)) events.push(event);

    expect(whole).toMatchObject({ x_lisbon: BACKUP });
    expect(chunks.at(-1)).toMatchObject({ x_lisbon: BACKUP });
    expect(message).toMatchObject({ type: "message", x_lisbon: BACKUP });
    expect(events.at(-2)).toMatchObject({ type: "message_delta", x_lisbon: BACKUP });
  });
});

describe("no answer at all", () => {
  it("has a code, a time to come back and what to do instead, in the caller's language", async () => {
    breakBoth();
    const options = { maxRetries: 0, headers: { "accept-language": "pt" } };

    const error: unknown = await product.client.chat.completions
      .create({ model: "strict", messages }, options)
      .catch((cause: unknown) => cause);

    expect(error).toBeInstanceOf(InternalServerError);
    expect(error).toMatchObject({
      status: 503,
      code: "providers_failed",
      error: {
        message: "Serviço indisponível.",
        retry_after: expect.any(Number),
        fallback_suggestion: expect.stringContaining("Idempotency-Key"),
      },
    });
  });
});
