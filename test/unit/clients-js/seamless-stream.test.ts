/** Streams whose connection is lost, over real sockets: the reader sees one answer. */
import * as fc from "fast-check";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLisbon, type LisbonOptions } from "../../../clients/js/src/index.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import { sseEvent } from "../../../src/lib/sse-event.ts";
import { type CuttingRouter, startCuttingRouter } from "./cutting-router.ts";
import { refuses, stage, START_MS, thrownBy } from "./stage.ts";

let router: CuttingRouter;

beforeAll(async () => {
  router = await startCuttingRouter();
});

afterAll(() => router.close());

/** The waits between two tries take no time; what must not happen at all never does. */
const HURRIED: Clock = {
  now: () => 0,
  after(ms, run) {
    if (ms >= 60_000) return () => undefined;
    const timer = setImmediate(run);
    return () => clearImmediate(timer);
  },
};

function clientOf(more: Partial<LisbonOptions> = {}) {
  return createLisbon({ baseURL: router.url, key: "k", resume: true, clock: HURRIED, ...more });
}

function ask(fetch: typeof globalThis.fetch | ReturnType<typeof clientOf>["fetch"], signal?: AbortSignal) {
  return fetch(`${router.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "auto", stream: true, messages: [{ role: "user", content: "count" }] }),
    ...(signal && { signal }),
  });
}

function chunkOf(delta: object, finish_reason: string | null): string {
  const choices = [{ index: 0, delta, finish_reason }];
  return JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices });
}

/** A streamed answer of these words as a job serves it, with ids. */
function answerOf(words: readonly string[]): readonly string[] {
  const data = [...words.map((content) => chunkOf({ content }, null)), chunkOf({}, "stop"), "[DONE]"];
  return data.map((one, place) => sseEvent({ id: `1.${place + 1}`, data: one }));
}

const WORDS = ["Olá", ", ", "Lisboa", " 🌊", "!"];

const someCuts = fc.array(fc.nat({ max: 1_200 }), { minLength: 1, maxLength: 4 });
const someWords = fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }), {
  minLength: 1,
  maxLength: 8,
});

describe("a stream with resume", () => {
  it("is the same to its reader wherever its connections are lost", async () => {
    const { fetch } = clientOf();
    await fc.assert(
      fc.asyncProperty(
        someWords,
        someCuts,
        fc.integer({ min: 1, max: 200 }),
        fc.boolean(),
        async (words, cuts, pieces, politely) => {
          const events = answerOf(words);
          router.play({ events, cuts, pieces, politely });
          const response = await ask(fetch);

          expect(await response.text()).toBe(events.join(""));
          expect(new Set(router.asked.map((headers) => headers["idempotency-key"])).size).toBe(1);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("reaches the official client as the words that they were", async () => {
    const client = new OpenAI({
      baseURL: `${router.url}/v1`,
      apiKey: "unused",
      fetch: clientOf().fetch,
      maxRetries: 0,
    });
    const events = answerOf(WORDS);
    router.play({ events, cuts: [400, 0, 170] });
    const messages = [{ role: "user" as const, content: "greet" }];
    let text = "";
    for await (const chunk of await client.chat.completions.create({ model: "auto", messages, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? "";
    }

    expect(text).toBe(WORDS.join(""));
    expect(router.asked.length).toBe(4);
  });

  it("goes on after an event without an id only from the id that covers it", async () => {
    const events = [
      "event: a\ndata: 1\n\nevent: b\nid: 1.1\ndata: 2\n\n",
      "event: message_stop\nid: 1.2\ndata: {}\n\n",
    ];
    // Between the two events of the first chunk.
    router.play({ events, cuts: ["event: a\ndata: 1\n\n".length] });

    expect(await (await ask(clientOf().fetch)).text()).toBe(events.join(""));
    expect(router.asked[1]?.["last-event-id"]).toBeUndefined();
  });

  it("gives up after a bounded number of losses, with what came before", async () => {
    const events = answerOf(WORDS);
    const first = events[0]?.length ?? 0;
    router.play({ events, cuts: Array.from({ length: 10 }, (_none, place) => (place === 0 ? first + 5 : 3)) });
    const response = await ask(clientOf({ mostResumes: 3 }).fetch);
    const reader = response.body?.getReader();

    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(events[0]);
    expect(await thrownBy(reader?.read() ?? Promise.resolve())).toMatchObject({
      name: "LisbonError",
      code: "connection_lost",
    });
    expect(router.asked).toHaveLength(4);
  });

  it.each([
    [412, "answer_restarted"],
    [410, "job_erased"],
    [503, "queued"],
  ])("ends in a typed error where the rest is refused: %i %s", async (status, code) => {
    const events = answerOf(WORDS);
    router.play({
      events,
      cuts: [300],
      refuse(response) {
        void refuses(status, code, { job: { id: "job_1" } })
          .text()
          .then((body) => response.writeHead(status, { "x-lisbon-request-id": "r2" }).end(body));
      },
    });
    const response = await ask(clientOf().fetch);

    expect(await thrownBy(response.text())).toMatchObject({
      name: "LisbonError",
      code,
      status,
      requestId: "r2",
      jobId: "job_1",
    });
    expect(router.asked).toHaveLength(2);
  });

  it("takes a line for lost on which nothing comes for a minute", async () => {
    const events = answerOf(WORDS);
    const [first = ""] = events;
    const silent = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(first)),
    });
    const {
      ask: asks,
      clock,
      arrived,
    } = stage(
      (_request, place) =>
        new Response(place === 0 ? silent : events.slice(1).join(""), {
          headers: { "content-type": "text/event-stream", "x-lisbon-job": "job_1" },
        }),
      { resume: true },
    );
    const response = await asks({ stream: true });

    expect(await clock.run(response.text())).toBe(events.join(""));
    expect(arrived.map(({ atMs, headers }) => [atMs - START_MS, headers.get("last-event-id")])).toEqual([
      [0, null],
      [60_000, "1.1"],
    ]);
  });

  it("is not asked for again once its reader has gone", async () => {
    const silent = new ReadableStream<Uint8Array>({});
    const {
      ask: asks,
      clock,
      arrived,
    } = stage(
      () => new Response(silent, { headers: { "content-type": "text/event-stream", "x-lisbon-job": "job_1" } }),
      { resume: true },
    );
    const response = await asks({ stream: true });
    await response.body?.cancel();
    await clock.advance(600_000);

    expect(arrived).toHaveLength(1);
  });

  it("passes on the error event that an answer ends in, and asks for no more", async () => {
    const error = sseEvent({ id: "1.2", data: JSON.stringify({ error: { code: "stream_cut", message: "broke" } }) });
    const events = [...answerOf(WORDS).slice(0, 1), error];
    router.play({ events, cuts: [Buffer.byteLength(events.join(""))], politely: true });

    expect(await (await ask(clientOf().fetch)).text()).toBe(events.join(""));
    expect(router.asked).toHaveLength(1);
  });

  it("is not asked for again once its reader has aborted", async () => {
    const hangUp = new AbortController();
    router.play({ events: answerOf(WORDS), cuts: [300] });
    const standing: Clock = { now: () => 0, after: () => () => undefined };
    const response = await ask(clientOf({ clock: standing }).fetch, hangUp.signal);
    hangUp.abort(new Error("enough"));

    expect(await thrownBy(response.text())).toMatchObject({ message: "enough" });
    expect(router.asked).toHaveLength(1);
  });
});

describe("a stream without a key", () => {
  it("is handed on as it comes, and breaks where it breaks", async () => {
    const events = answerOf(WORDS);
    router.play({ events, cuts: [300] });
    const response = await ask(clientOf({ resume: false }).fetch);

    await expect(response.text()).rejects.toThrow();
    expect(router.asked).toHaveLength(1);
  });
});
