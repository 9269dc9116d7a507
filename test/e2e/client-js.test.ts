/** `clients/js` against the real product: the official client with its `fetch`, through a line that is cut and shut. */
import OpenAI, { NotFoundError } from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { type Gate, startGate } from "../../cli/lisbon-test/tcp-gate.ts";
import { createLisbon, type Fetch, type LisbonOptions, type Notice } from "../../clients/js/src/index.ts";
import { withFallback } from "../../clients/js/src/server.ts";
import { type Clock, realClock } from "../../src/lib/clock.ts";
import coldRoutes from "../fixtures/routes.cold.json" with { type: "json" };
import { type SimulatedProviders, startSimulatedProviders } from "../../dev/simulated/server.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { startProduct, type Product } from "../support/started-product.ts";

const Token = z.object({ object: z.literal("token"), token: z.string(), expires_at: z.iso.datetime() });

let hosts: SimulatedHosts;
/** The first route's host: it speaks at a pace at which a line can be cut in the middle of its answer. */
let first: SimulatedProviders;
let product: Product;
/** Between the client and the product. */
let gate: Gate;
let question = 0;

beforeAll(async () => {
  hosts = await startSimulatedHosts();
  first = await startSimulatedProviders({ tokensPerSecond: 60, firstTokenMs: 0 });
  product = await startProduct({ routes: "test/fixtures/routes.cold.json", variables: environment() });
  gate = await startGate({ to: { host: "127.0.0.1", port: Number(new URL(product.url).port) } });
});

afterEach(async () => {
  mend();
  await gate.set("open");
});

afterAll(async () => {
  await gate.close();
  await product.stop();
  await hosts.close();
  await first.close();
});

function mend(): void {
  hosts.mend();
  first.clearFaults();
  first.clearCalls();
}

/** Of the process that goes to the providers by itself. */
function environment(): Readonly<Record<string, string>> {
  return { ...hosts.variables, ONE_URL: first.url };
}

function baseURL(): string {
  return `http://${gate.host}:${gate.port}/v1`;
}

function officialClient(more: Partial<LisbonOptions> = {}): OpenAI {
  const lisbon = createLisbon({ baseURL: baseURL(), key: product.key, ...more });
  return clientWith(lisbon.fetch);
}

function clientWith(fetch: Fetch): OpenAI {
  return new OpenAI({ baseURL: baseURL(), apiKey: "unused", fetch, maxRetries: 0, logLevel: "off" });
}

/** Another one each time: the same question again would find the first one's job. */
function asking(text: string, model = "accepted") {
  return { model, messages: [{ role: "user" as const, content: `${text} (question ${(question += 1)})` }] };
}

/** An answer that was asked for, and who gave it. */
function told(by: "router" | "direct"): unknown {
  return { text: expect.stringContaining("hello"), by };
}

/** For a second, as the provider says: a job that is told nothing waits for five. */
function breakEverything(): void {
  first.setFault({ provider: "first", fault: "503", arg: "1" });
  hosts.three.setFault({ provider: "claude", fault: "529" });
}

async function textOf(stream: AsyncIterable<OpenAI.ChatCompletionChunk>, each?: (text: string) => void) {
  let text = "";
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? "";
    each?.(text);
  }
  return text;
}

describe("the official client with lisbon.fetch", () => {
  it.each([false, true])("gets an answer, with a token that was renewed once (resume: %s)", async (resume) => {
    const given = ["old", product.key];
    const client = clientWith(
      createLisbon({ baseURL: baseURL(), resume, getToken: () => Promise.resolve(given.shift() ?? "none is left") })
        .fetch,
    );
    const whole = await client.chat.completions.create(asking("say: hello"));
    const streamed = await client.chat.completions.create({ ...asking("say: hello"), stream: true });

    expect(whole.choices[0]?.message.content).toContain("hello");
    expect(await textOf(streamed)).toContain("hello");
    expect(given).toEqual([]);
  });

  it("calls with tokens that the app's backend got from the router itself", async () => {
    let fetched = 0;
    const getToken = async () => {
      fetched += 1;
      const response = await fetch(`${product.url}/v1/tokens`, {
        method: "POST",
        headers: { authorization: `Bearer ${product.key}`, "content-type": "application/json" },
        body: JSON.stringify({ user: "user-1" }),
      });
      return Token.parse(await response.json());
    };
    const client = clientWith(createLisbon({ baseURL: baseURL(), resume: true, getToken }).fetch);
    const [whole, streamed] = await Promise.all([
      client.chat.completions.create(asking("say: hello")),
      client.chat.completions.create({ ...asking("say: hello"), stream: true }),
    ]);

    expect(whole.choices[0]?.message.content).toContain("hello");
    expect(await textOf(streamed)).toContain("hello");
    expect(fetched).toBe(1);
  });

  it("throws its own errors at what the router refuses", async () => {
    const refused = officialClient().chat.completions.create(asking("say: hello", "gpt-99"));

    await expect(refused).rejects.toBeInstanceOf(NotFoundError);
  });

  it("tells the app of a backup that answers", async () => {
    const notices: Notice[] = [];
    first.setFault({ provider: "first", fault: "503" });
    await officialClient({ onNotice: (notice) => void notices.push(notice) }).chat.completions.create(
      asking("say: hi"),
    );

    expect(notices).toMatchObject([{ text: "Using backup service", tier: "warm", jobId: null }]);
  });

  it.each([false, true])("follows a parked call to its answer (streamed: %s)", async (stream) => {
    breakEverything();
    const notices: Notice[] = [];
    const onNotice = (notice: Notice): void => {
      notices.push(notice);
      mend();
    };
    const client = officialClient({ followJobs: true, onNotice });
    const asked = asking("say: late");
    const text = stream
      ? await textOf(await client.chat.completions.create({ ...asked, stream }))
      : (await client.chat.completions.create(asked)).choices[0]?.message.content;

    expect(text).toContain("late");
    expect(notices[0]).toMatchObject({
      text: expect.stringContaining("queued"),
      jobId: expect.stringMatching(/^job_/),
    });
  });

  it("reads one whole answer through a line that is cut twice, with one bill", async () => {
    const resumedAfter: (string | null)[] = [];
    const client = officialClient({
      resume: true,
      fetch: (input, init) => {
        resumedAfter.push(new Headers(init?.headers).get("last-event-id"));
        return fetch(input, init);
      },
    });
    const cutAt = [10, 60];
    const stream = await client.chat.completions.create({ ...asking("count to 40"), stream: true });
    const text = await textOf(stream, (soFar) => {
      if (soFar.length < (cutAt[0] ?? Infinity)) return;
      cutAt.shift();
      gate.cut();
    });

    expect(text).toMatch(/^1 2 3 4 .* 39 40$/);
    expect(text.split(" ")).toEqual(Array.from({ length: 40 }, (_none, place) => String(place + 1)));
    expect(cutAt).toEqual([]);
    expect(resumedAfter).toEqual([null, expect.stringMatching(/^1\.\d+$/), expect.stringMatching(/^1\.\d+$/)]);
    expect(first.calls).toHaveLength(1);
  });
});

describe("a job", () => {
  it("is looked at, waited for and cancelled by its id", async () => {
    breakEverything();
    const ids: string[] = [];
    const lisbon = createLisbon({
      baseURL: baseURL(),
      key: product.key,
      onNotice: ({ jobId }) => void (jobId !== null && ids.push(jobId)),
    });
    const client = clientWith(lisbon.fetch);
    await client.chat.completions.create(asking("say: one"));
    await client.chat.completions.create(asking("say: two"));
    const [one = "", other = ""] = [...new Set(ids)];

    expect(await lisbon.job(other).cancel()).toMatchObject({ id: other, status: "cancelled", erased: true });
    await expect(lisbon.job(other).wait()).rejects.toMatchObject({ code: "job_cancelled", jobId: other });
    expect(await lisbon.job(one).get()).toMatchObject({ id: one, answer: null });
    mend();
    expect(await lisbon.job(one).wait({ timeoutMs: 30_000 })).toMatchObject({
      status: "answered",
      answered_by: "provider",
    });
  });
});

describe("withFallback", () => {
  it("goes to the providers while the router is shut, and back once it answers", async () => {
    // Ahead by what the test adds, so that no test waits for 30 s.
    let aheadMs = 0;
    const clock: Clock = { now: () => realClock.now() + aheadMs, after: (ms, run) => realClock.after(ms, run) };
    const routes: unknown = coldRoutes;
    const client = clientWith(
      withFallback({ baseURL: baseURL(), key: product.key, routes, env: environment(), clock }),
    );
    const ask = async (stream: boolean) => {
      const { data, response } = await client.chat.completions
        .create({ ...asking("say: hello"), stream })
        .withResponse();
      const text = Symbol.asyncIterator in data ? await textOf(data) : data.choices[0]?.message.content;
      return { text, by: response.headers.get("x-lisbon-fallback") ?? "router" };
    };
    expect(await ask(true)).toEqual(told("router"));
    await gate.set("closed");
    for (const stream of [true, false, true, false, true]) expect(await ask(stream)).toEqual(told("direct"));

    await gate.set("open");
    expect(await ask(false)).toEqual(told("direct"));
    aheadMs = 30_000;
    expect(await ask(false)).toEqual(told("router"));
    expect(await ask(true)).toEqual(told("router"));
  });

  it("fails over between the providers as the router does", async () => {
    await gate.set("closed");
    first.setFault({ provider: "first", fault: "reset" });
    const routes: unknown = coldRoutes;
    const client = clientWith(withFallback({ baseURL: baseURL(), key: product.key, routes, env: environment() }));
    const { data, response } = await client.chat.completions.create(asking("say: hello")).withResponse();

    expect(data.choices[0]?.message.content).toContain("hello");
    expect(response.headers.get("x-lisbon-route")).toContain("claude");
    expect(response.headers.get("x-lisbon-tier")).toBe("warm");
  });
});
