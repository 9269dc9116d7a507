/**
 * What an app that knows nothing of Cold sees through the official SDK when
 * its call is parked: never an empty success. docs/cold.md shows the same.
 */
import OpenAI, { APIError, InternalServerError } from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { startProduct, type Product } from "../support/started-product.ts";

const Job = z.object({ id: z.string(), url: z.string(), events_url: z.string() });
const Accepted = z.object({ status: z.literal("queued"), job: Job, retry_after: z.number(), notice: z.string() });
const Queued = z.object({ code: z.literal("queued"), job: Job, retry_after: z.number() });

let hosts: SimulatedHosts;
let product: Product;
let question = 0;

beforeAll(async () => {
  hosts = await startSimulatedHosts();
  product = await startProduct({ routes: "test/fixtures/routes.cold.json", variables: hosts.variables });
});

afterEach(() => hosts.mend());

afterAll(async () => {
  await product.stop();
  await hosts.close();
});

/** For a second, as the provider says: a job that is told nothing waits for five. */
function breakEverything(): void {
  hosts.one.setFault({ provider: "first", fault: "503", arg: "1" });
  hosts.three.setFault({ provider: "claude", fault: "529" });
}

/** Another one each time: the same question again would find the first one's job. */
function ask(model: string) {
  return { model, messages: [{ role: "user" as const, content: `question ${(question += 1)}` }] };
}

/** How often a provider was asked this since the last mend; the jobs of earlier tests run too. */
function timesAsked({ messages }: ReturnType<typeof ask>): number {
  const said = JSON.stringify(messages[0]?.content);
  return hosts.received().filter(({ body }) => JSON.stringify(body).includes(said)).length;
}

async function textOf(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  return text;
}

/** What a promise that must fail fails with. */
async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (cause) {
    return cause;
  }
  throw new Error("nothing was thrown: the app takes it for an answer");
}

async function job(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${product.key}` } });
  return z.record(z.string(), z.unknown()).parse(await response.json());
}

describe("accepted", () => {
  it("gives a call that is not streamed a body without choices, and the job answers it later", async () => {
    breakEverything();
    const completion = await product.client.chat.completions.create(ask("accepted"));

    const accepted = Accepted.parse(completion);
    expect(() => completion.choices[0]).toThrow(TypeError);
    expect(accepted.job.url).toBe(`${product.url}/v1/jobs/${accepted.job.id}`);

    hosts.mend();
    await expect
      .poll(() => job(accepted.job.url), { timeout: 20_000 })
      .toMatchObject({
        status: "answered",
        answered_by: "provider",
        answer: { choices: [{ message: { content: expect.stringContaining("question") } }] },
      });
  });

  it("throws at whoever reads a stream, with the job in the error", async () => {
    breakEverything();
    const stream = await product.client.chat.completions.create({ ...ask("accepted"), stream: true });

    const error = await thrownBy(textOf(stream));
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ code: "queued" });
    expect(Queued.parse(error instanceof APIError ? error.error : null).job.id).toMatch(/^job_/);
  });
});

describe.each([false, true])("error, streamed: %s,", (stream) => {
  const request = () => product.client.chat.completions.create({ ...ask("error"), stream });

  it("throws a 503 with the job and when to come back", async () => {
    breakEverything();
    const error = await thrownBy(request());

    expect(error).toBeInstanceOf(InternalServerError);
    expect(error).toMatchObject({ status: 503, code: "queued" });
    expect(Queued.parse(error instanceof APIError ? error.error : null).retry_after).toBeGreaterThan(0);
    expect(error instanceof APIError && error.headers?.get("retry-after")).toMatch(/^\d+$/);
  });

  it("lets the SDK's own retries find the job and its answer, with one bill", async () => {
    breakEverything();
    const patient = new OpenAI({ apiKey: product.key, baseURL: `${product.url}/v1`, maxRetries: 3, logLevel: "off" });
    const asked = ask("error");
    // They are well again before the first retry comes.
    const mended = setTimeout(() => hosts.mend(), 500);
    const answer = stream
      ? await textOf(await patient.chat.completions.create({ ...asked, stream: true }))
      : (await patient.chat.completions.create(asked)).choices[0]?.message.content;
    clearTimeout(mended);

    expect(answer).toContain("question");
    expect(timesAsked(asked)).toBe(1);
  }, 40_000);
});

describe.each([false, true])("wait, streamed: %s,", (stream) => {
  it("gives the answer itself where it comes in time", async () => {
    breakEverything();
    const mended = setTimeout(() => hosts.mend(), 500);
    const asked = ask("wait");
    const answer = stream
      ? await textOf(await product.client.chat.completions.create({ ...asked, stream: true }))
      : (await product.client.chat.completions.create(asked)).choices[0]?.message.content;
    clearTimeout(mended);

    expect(answer).toContain("question");
  }, 40_000);

  it("gives what accepted gives where it does not", async () => {
    breakEverything();
    const asked = ask("brief");
    if (stream) {
      const error = await thrownBy(product.client.chat.completions.create({ ...asked, stream }).then(textOf));
      expect(error).toMatchObject({ code: "queued" });
    } else {
      expect(Accepted.safeParse(await product.client.chat.completions.create(asked)).success).toBe(true);
    }
  });
});

describe("where nothing is parked", () => {
  it.each([false, true])("the caller gets the error, streamed: %s", async (stream) => {
    breakEverything();

    expect(await thrownBy(product.client.chat.completions.create({ ...ask("strict"), stream }))).toMatchObject({
      status: 503,
      code: "providers_failed",
    });
  });
});

function keyed(key: string) {
  return { headers: { "idempotency-key": key } };
}

describe("an Idempotency-Key", () => {
  it("makes the same call the same call: one bill, one answer, streamed and not", async () => {
    const asked = ask("accepted");
    const first = await product.client.chat.completions.create(asked, keyed("whole-1"));
    const again = await product.client.chat.completions.create(asked, keyed("whole-1"));
    expect(again).toEqual(first);
    expect(timesAsked(asked)).toBe(1);

    const streamed = { ...asked, stream: true } as const;
    const text = await textOf(await product.client.chat.completions.create(streamed, keyed("stream-1")));
    expect(await textOf(await product.client.chat.completions.create(streamed, keyed("stream-1")))).toBe(text);
    expect(text).toContain("question");
    expect(timesAsked(asked)).toBe(2);
  });

  it("lets a second caller follow the first while that is still streaming", async () => {
    hosts.one.setFault({ provider: "first", fault: "slow" });
    const asked = { ...ask("accepted"), stream: true } as const;
    const [first, second] = await Promise.all(
      [1, 2].map(async () => await textOf(await product.client.chat.completions.create(asked, keyed("follow-1")))),
    );

    expect(first).toContain("question");
    expect(second).toBe(first);
    expect(timesAsked(asked)).toBe(1);
  }, 30_000);

  it("is refused with another body", async () => {
    await product.client.chat.completions.create(ask("accepted"), keyed("mine"));

    expect(await thrownBy(product.client.chat.completions.create(ask("accepted"), keyed("mine")))).toMatchObject({
      status: 422,
      code: "idempotency_key_reused",
    });
  });

  it("keeps no refusal of the request itself: nobody was billed, and the key is free again", async () => {
    hosts.one.setFault({ provider: "first", fault: "filter" });
    const asked = ask("accepted");
    expect(await thrownBy(product.client.chat.completions.create(asked, keyed("filtered")))).toMatchObject({
      status: 400,
      code: "content_filter",
    });
    hosts.mend();

    const answer = await product.client.chat.completions.create(asked, keyed("filtered"));
    expect(answer.choices[0]?.message.content).toContain("question");
  });
});
