/** Faults that no SDK shows: what the socket does, and when. All four formats must agree. */
import { afterAll, describe, expect, it } from "vitest";
import { startSimulatedProviders } from "../../../dev/simulated/server.ts";
import { nearLimitMs, rateLimitsOf } from "../../../src/providers/rate-limits.ts";
import { startForTests } from "./clients.ts";

const providers = await startForTests();
const text = "count to 12";

interface Format {
  readonly name: string;
  readonly path: (model: string) => string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: (model: string) => object;
}

const formats: Format[] = [
  {
    name: "openai",
    path: () => "/hot/v1/chat/completions",
    headers: { authorization: "Bearer k" },
    body: (model) => ({ model, stream: true, messages: [{ role: "user", content: text }] }),
  },
  {
    name: "anthropic",
    path: () => "/claude/v1/messages",
    headers: { "x-api-key": "k", "anthropic-version": "2023-06-01" },
    body: (model) => ({ model, stream: true, max_tokens: 100, messages: [{ role: "user", content: text }] }),
  },
  {
    name: "gemini",
    path: (model) => `/gemini/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    headers: { "x-goog-api-key": "k" },
    body: () => ({ contents: [{ role: "user", parts: [{ text }] }] }),
  },
  {
    name: "bedrock",
    path: (model) => `/aws/model/${encodeURIComponent(model)}/converse-stream`,
    headers: { authorization: "Bearer k" },
    body: () => ({ messages: [{ role: "user", content: [{ text }] }] }),
  },
];

function open(format: Format, model: string, url = providers.url, signal?: AbortSignal): Promise<Response> {
  return fetch(url + format.path(model), {
    method: "POST",
    headers: format.headers,
    body: JSON.stringify(format.body(model)),
    redirect: "manual",
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Reads until the body ends, breaks, or has brought `enough`. */
async function readBytes(
  response: Response,
  enough = Number.POSITIVE_INFINITY,
): Promise<{ bytes: number; broken: boolean }> {
  const reader = response.body?.getReader();
  let bytes = 0;
  try {
    while (bytes < enough) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) return { bytes, broken: false };
      bytes += value.byteLength;
    }
    return { bytes, broken: false };
  } catch {
    return { bytes, broken: true };
  }
}

describe.each(formats)("a stream of $name", (format) => {
  it("is cut after exactly so many bytes", async () => {
    expect(await readBytes(await open(format, "sim@cut-bytes:123"))).toEqual({ bytes: 123, broken: true });
  });

  it("stalls after its words with the connection open, and the hang-up is seen", async () => {
    const whole = await readBytes(await open(format, "sim"));
    const controller = new AbortController();
    const response = await open(format, "sim@stall:2", providers.url, controller.signal);
    const { bytes } = await readBytes(response, 100);

    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(whole.bytes);
    expect(providers.calls.at(-1)).toMatchObject({ fault: "stall", abortedAt: null, finishedAt: null });
    controller.abort();
    await expect.poll(() => providers.calls.at(-1)?.abortedAt).toBeTypeOf("number");
    expect(providers.calls.at(-1)?.finishedAt).toBeNull();
  });

  it("is kept alive without a word", async () => {
    const controller = new AbortController();
    const response = await open(format, "sim@keepalive:5", providers.url, controller.signal);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = "";
    while (seen.split(/: keep-alive|"ping"|"text":""/).length < 5) seen += (await reader?.read())?.value ?? "";
    controller.abort();

    expect(seen).not.toMatch(/"(content|text)":"[^"]/);
  });

  it("sends its headers at once when only the first words are slow", async () => {
    const response = await open(format, "sim@slow:120");
    const headersAt = performance.now();
    await response.text();

    // Less than 120, because a busy machine may be late to see the headers.
    expect(performance.now() - headersAt).toBeGreaterThan(60);
  });

  it("redirects to where a client that follows is seen", async () => {
    const response = await open(format, "sim@redirect");

    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe(
      `${providers.url}/redirected${format.path("sim@redirect").replace(/^\/[a-z]+/, "")}`,
    );
  });

  it("is a page with status 200", async () => {
    const response = await open(format, "sim@html");

    expect(response.headers.get("content-type")).toMatch(/^text\/html/);
    expect(await response.text()).toMatch(/^<!doctype html>/);
  });

  it("is finished, not aborted, when it was read to its end", async () => {
    await (await open(format, "sim")).text();

    await expect.poll(() => providers.calls.at(-1)?.finishedAt).toBeTypeOf("number");
    expect(providers.calls.at(-1)?.abortedAt).toBeNull();
  });
});

/** For how long its headers say that it is near a limit. */
async function nearMs(format: Format, model: string): Promise<number | null> {
  const response = await open(format, model);
  await response.text();
  return nearLimitMs(rateLimitsOf(response.headers, Date.now()), 10);
}

describe("the rate-limit headers of an answer", () => {
  const sent = formats.filter(({ name }) => name === "openai" || name === "anthropic");

  it.each(formats)("($name) say that its limits are far", async (format) => {
    expect(await nearMs(format, "sim")).toBeNull();
  });

  it.each(sent)("($name) say on request how near one of them is, and for how long", async (format) => {
    expect(await nearMs(format, "sim@near-limit")).toBeGreaterThan(5_000);
    expect(await nearMs(format, "sim@near-limit:9")).toBeLessThanOrEqual(10_000);
    expect(await nearMs(format, "sim@near-limit:40")).toBeNull();
  });
});

describe("the pace", () => {
  it("is that of the tokens, after the time to the first", async () => {
    const paced = await startSimulatedProviders({ tokensPerSecond: 200, firstTokenMs: 50 });
    afterAll(() => paced.close());
    const [format] = formats;
    if (format === undefined) throw new Error("no format");
    const start = performance.now();
    await (await open(format, "sim", paced.url)).text();

    // 12 numbers at 5 ms each, and 50 ms before the first.
    expect(performance.now() - start).toBeGreaterThan(105);
  });
});
