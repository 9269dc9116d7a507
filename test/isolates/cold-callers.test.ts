/** Callers of jobs at three isolates: the same key at once, retries elsewhere, followers that are cut off, callbacks that hang, and a job that is taken back. */
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openStream, type ServerEvent } from "../../cli/lisbon-test/event-stream.ts";
import {
  answerOf,
  CALLER_KEY,
  type FaultStage,
  QUESTION_WORD,
  startFaultStage,
  verifiedCallback,
} from "../support/fault-stage.ts";
import { type NoticeReceiver, startNoticeReceiver } from "../support/notice-receiver.ts";
import { tellingAnswer } from "../support/telling-provider.ts";

let stage: FaultStage;
let hanging: NoticeReceiver;

beforeAll(async () => {
  stage = await startFaultStage();
  hanging = await startNoticeReceiver();
});

afterEach(() => {
  stage.provider.release();
  stage.provider.setIll(false);
});

afterAll(async () => {
  await stage.dispose();
  await hanging.close();
});

function chat(question: string) {
  return { model: "auto", messages: [{ role: "user" as const, content: question }] };
}

async function textOf(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  return text;
}

async function status(jobId: string): Promise<string> {
  return (await stage.job(jobId, 1)).status;
}

/** In this test the host hangs; in the last one it is back, after the ten seconds that it is given. */
const hung = { jobId: "" };

describe("a callback host that hangs", () => {
  it("delays neither its own job's answer nor the callbacks of others", async () => {
    hanging.behave("hangs");
    stage.provider.setIll(true);
    hung.jobId = await stage.park(0, `${QUESTION_WORD} calls a host that hangs.`, { callback_url: hanging.url });
    const others = await Promise.all(
      [0, 1, 2, 3, 4].map((place) =>
        stage.park(place, `${QUESTION_WORD} calls a host, ${place}.`, { callback_url: stage.called.url }),
      ),
    );
    stage.provider.setIll(false);

    await expect.poll(() => hanging.received.length).toBe(1);
    // Before the host that hangs is given up, after ten seconds.
    await expect.poll(() => stage.called.received.length, { timeout: 8_000 }).toBe(others.length);
    const told = stage.called.received.map(verifiedCallback);
    expect(told.map(({ job }) => job.id).toSorted()).toEqual(others.toSorted());
    expect(told.map(({ type, job }) => [type, answerOf(job)])).toEqual(
      others.map(() => ["job.answered", tellingAnswer(1)]),
    );
    expect(await stage.job(hung.jobId)).toMatchObject({ status: "answered", callback: { status: "waiting" } });
    hanging.behave("takes_it");
  });
});

describe("the same Idempotency-Key at three isolates at once", () => {
  it("is one run and one bill, and all get the same answer", async () => {
    const question = `${QUESTION_WORD} with a key.`;
    stage.provider.hold(0);
    const calls = [0, 1, 2].map((isolate) => keyed(isolate, chat(question), "whole"));
    await expect.poll(() => stage.provider.bills(question)).toBe(1);
    stage.provider.release();

    const answers = await Promise.all(calls.map(async (call) => await (await call).text()));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain(tellingAnswer(1));
    expect(stage.provider.bills(question)).toBe(1);
  });

  it("is one stream for all of them", async () => {
    const question = `${QUESTION_WORD} with a key, streamed.`;
    stage.provider.hold(3);
    const streams = [0, 1, 2].map(async (isolate) => {
      const options = { headers: { "idempotency-key": "streamed" } };
      const request = { ...chat(question), stream: true as const };
      return await textOf(await stage.client(isolate).chat.completions.create(request, options));
    });
    await expect.poll(() => stage.provider.bills(question)).toBe(1);
    stage.provider.release();

    expect(await Promise.all(streams)).toEqual(streams.map(() => tellingAnswer(1)));
    expect(stage.provider.bills(question)).toBe(1);
  });
});

async function keyed(isolate: number, body: unknown, key: string): Promise<Response> {
  const headers = { "idempotency-key": key };
  return await stage.fetch(isolate, "/v1/chat/completions", { method: "POST", headers, body: JSON.stringify(body) });
}

describe("a retry that comes to another isolate", () => {
  it("finds the job of the first try", async () => {
    stage.provider.setIll(true);
    const question = `${QUESTION_WORD} tried twice.`;
    const jobId = await stage.park(0, question);
    const again = await stage.fetch(1, "/v1/chat/completions", {
      method: "POST",
      headers: { "x-stainless-retry-count": "1" },
      body: JSON.stringify(chat(question)),
    });

    expect(again.status).toBe(202);
    expect(again.headers.get("x-lisbon-job")).toBe(jobId);
    await again.text();
    // Its next delivery must not meet the fault of a later test.
    stage.provider.setIll(false);
    await expect.poll(() => status(jobId)).toBe("answered");
  });

  it.each([false, true])("gets its answer, by the SDK's own retries, with one bill (streamed: %s)", async (stream) => {
    stage.provider.setIll(true);
    const question = `${QUESTION_WORD} retried by the SDK, ${stream}.`;
    const jobs: (string | null)[] = [];
    const travelling = new OpenAI({
      apiKey: CALLER_KEY,
      baseURL: "http://lisbon.invalid/v1",
      maxRetries: 4,
      logLevel: "off",
      // Each try to the next isolate.
      fetch: async (url, init) => {
        const response = await stage.fetch(jobs.length, new URL(new Request(url).url).pathname, init);
        jobs.push(response.headers.get("x-lisbon-job"));
        stage.provider.setIll(false);
        return response;
      },
    });
    const options = { headers: { "x-lisbon-on-cold": "error" } };
    const text = stream
      ? await textOf(await travelling.chat.completions.create({ ...chat(question), stream }, options))
      : (await travelling.chat.completions.create(chat(question), options)).choices[0]?.message.content;

    expect(text).toBe(tellingAnswer(1));
    expect(jobs.length).toBeGreaterThan(1);
    expect(new Set(jobs).size).toBe(1);
    expect(stage.provider.bills(question)).toBe(1);
  });
});

describe("a follower of a parked stream", () => {
  it("that is cut off at one isolate goes on at another: nothing twice, nothing missing", async () => {
    stage.provider.setIll(true);
    const jobId = await stage.park(0, `${QUESTION_WORD} followed.`, { stream: true });
    stage.provider.setIll(false);
    stage.provider.hold(3);

    const first = await follow(
      1,
      jobId,
      null,
      (events) => textIn(events) === tellingAnswer(1).split(" ").slice(0, 4).join(" "),
    );
    const lastId = first.at(-1)?.id ?? null;
    const goesOn = follow(2, jobId, lastId, () => false);
    stage.provider.release();
    const rest = await goesOn;

    const followed = [...first, ...rest];
    expect(rest.length).toBeGreaterThan(0);
    expect(new Set(followed.map(({ id }) => id)).size).toBe(followed.length);
    expect(textIn(followed)).toBe(tellingAnswer(1));
    expect(followed.at(-1)).toMatchObject({ name: "answer", data: expect.stringContaining(tellingAnswer(1)) });
    // Who comes when all is over is told the same.
    expect((await follow(0, jobId, null, () => false)).map(({ id, name }) => [id, name])).toEqual(
      followed.map(({ id, name }) => [id, name]),
    );
  });
});

/** Its events until it ends, or until what has come is enough: then the connection is cut. */
async function follow(
  isolate: number,
  jobId: string,
  after: string | null,
  isEnough: (events: readonly ServerEvent[]) => boolean,
): Promise<readonly ServerEvent[]> {
  const cut = new AbortController();
  const { events } = await openStream({
    url: `${stage.urls()[isolate]}/v1/jobs/${jobId}/events`,
    headers: { authorization: `Bearer ${CALLER_KEY}`, ...(after !== null && { "last-event-id": after }) },
    signal: cut.signal,
  });
  const seen: ServerEvent[] = [];
  for await (const event of events) {
    seen.push(event);
    if (isEnough(seen)) break;
  }
  cut.abort();
  return seen;
}

function textIn(events: readonly ServerEvent[]): string {
  const chunks = events
    .filter(({ name }) => name === "chunk")
    .map(({ data }): OpenAI.ChatCompletionChunk => JSON.parse(data));
  return chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
}

describe("a job that is taken back while it runs", () => {
  it.each([false, true])("is cancelled and erased, and nothing of it comes later (streamed: %s)", async (stream) => {
    const called = stage.called.received.length;
    const question = `${QUESTION_WORD} taken back, ${stream}.`;
    stage.provider.setIll(true);
    stage.qstash.setFault({ fault: "again", ms: 100, times: 1 });
    const jobId = await stage.park(0, question, { stream, callback_url: stage.called.url });
    stage.provider.setIll(false);
    stage.provider.hold(stream ? 3 : 0);
    await expect.poll(() => status(jobId)).toBe("running");
    await expect.poll(() => stage.provider.bills(question)).toBe(1);
    const hungUp = stage.provider.nextHangUp();
    const followed = follow(1, jobId, null, () => false);

    const taken = await stage.fetch(2, `/v1/jobs/${jobId}`, { method: "DELETE" });
    expect(await taken.json()).toMatchObject({ status: "cancelled", erased: true, answer: null });
    // The provider is not left to write what nobody wants.
    await hungUp;
    stage.provider.release();

    expect((await followed).at(-1)).toMatchObject({ name: "cancelled" });
    await expect.poll(() => stage.called.received.length).toBe(called + 1);
    await expect.poll(() => deliveriesOf(jobId)).toEqual([200, 200]);
    expect(stage.called.received.slice(called).map(verifiedCallback)).toMatchObject([
      { type: "job.cancelled", job: { id: jobId, answer: null } },
    ]);
    expect(await stage.job(jobId)).toMatchObject({ status: "cancelled", erased: true, answer: null });
    expect(stage.provider.bills(question)).toBe(1);
  });
});

function deliveriesOf(jobId: string): readonly (number | null)[] {
  return stage.qstash.deliveries.filter(({ body }) => body.includes(jobId)).map(({ status: answered }) => answered);
}

describe("the callback that hung", () => {
  it("is sent again, signed, as the same message", async () => {
    await expect
      .poll(async () => (await stage.job(hung.jobId)).callback, { timeout: 20_000 })
      .toMatchObject({ status: "delivered", attempts: 2 });

    const [first, second, ...more] = hanging.received.map(verifiedCallback);
    expect(more).toEqual([]);
    expect(second?.id).toBe(first?.id);
    expect(second?.job).toMatchObject({ id: hung.jobId, status: "answered" });
  });
});

describe("the log and the notices of all this", () => {
  it("hold no question, no answer, no key", () => {
    expect(stage.told.received).not.toEqual([]);
    expect(stage.logged).not.toEqual([]);
    expect(stage.leaks()).toEqual([]);
  });
});
