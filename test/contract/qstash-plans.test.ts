/** The publisher against a server that says what plans other than the local QStash's might, or nothing at all. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createQstashPublisher, type QstashPublisherOptions } from "../../src/jobs/qstash-publisher.ts";
import { emptyLearntLimits } from "../../src/jobs/qstash-limits.ts";
import type { QstashTold } from "../../src/jobs/qstash-notice.ts";
import type { Dispatch, Publisher } from "../../src/jobs/publisher.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { portOf } from "../support/port-of.ts";

const JOB = `job_${"ab".repeat(16)}`;
const ORIGIN = "https://lisbon.example.com";
const NOW_MS = 1_800_000_000_500;
const DAY_MS = 86_400_000;

const asked: IncomingHttpHeaders[] = [];
let say: () => { readonly status: number; readonly body: string } | null = () => null;
let told: QstashTold[] = [];

const scripted = createServer((request, response) => {
  asked.push(request.headers);
  const said = say();
  if (said !== null) response.writeHead(said.status, { "content-type": "application/json" }).end(said.body);
});
await new Promise<void>((resolve) => void scripted.listen(0, "127.0.0.1", resolve));

beforeEach(() => {
  // The client writes every failed call to the console.
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  asked.length = 0;
  told = [];
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => {
  scripted.closeAllConnections();
  scripted.close();
});

function publisher(more: Partial<QstashPublisherOptions> = {}): Publisher {
  return createQstashPublisher({
    settings: { url: `http://127.0.0.1:${portOf(scripted)}`, token: "scripted-token" },
    cold: { queue: "cold", parallelism: 8 },
    learnt: emptyLearntLimits(),
    clock: createFakeClock(NOW_MS),
    tell: (what) => void told.push(what),
    ...more,
  });
}

function dispatch(number: number, notBeforeMs: number | null = null): Dispatch {
  return { jobId: JOB, dispatch: number, notBeforeMs, origin: ORIGIN };
}

const DONE = { status: 200, body: '{"messageId":"msg_1"}' };

function publisherOfScripted(...script: readonly { readonly status: number; readonly body: string }[]): Publisher {
  const left = [...script];
  say = () => left.shift() ?? DONE;
  return publisher();
}

function refusal(text: string, status = 400) {
  return { status, body: JSON.stringify({ error: text }) };
}

describe("the words of other plans", () => {
  it.each([
    ["quota maxParallelism exceeded, current limit: 2", { parallelism: "2", retries: "3" }],
    ["quota maxParallelism exceeded", { parallelism: "1", retries: "3" }],
    ["parallelism 8 is over the limit of 5 of your plan", { parallelism: "5", retries: "3" }],
    ["quota maxRetries exceeded, current limit: 1", { parallelism: "8", retries: "1" }],
    ["quota maxRetries exceeded, current limit: 0", { parallelism: "8", retries: "0" }],
    ["quota maxRetries exceeded", { parallelism: "8", retries: undefined }],
  ])("%s: published again at once", async (text, { parallelism, retries }) => {
    expect(await publisherOfScripted(refusal(text)).publish(dispatch(1))).toEqual({ ok: true, messageId: "msg_1" });

    expect(asked).toHaveLength(2);
    expect(asked[0]).toMatchObject({
      authorization: "Bearer scripted-token",
      "upstash-method": "POST",
      "upstash-deduplication-id": `${JOB}.1`,
      "upstash-failure-callback": `${ORIGIN}/cold/failed`,
      "upstash-flow-control-value": "parallelism=8",
      "upstash-retries": "3",
    });
    expect(asked[1]).toMatchObject({ "upstash-flow-control-value": `parallelism=${parallelism}` });
    expect(asked[1]?.["upstash-retries"]).toBe(retries);
    expect(told).toHaveLength(1);
  });

  it("asks for no retry where even the default is too much", async () => {
    const refused = refusal("quota maxRetries exceeded", 412);
    await publisherOfScripted(refused, refused).publish(dispatch(1));

    expect(asked.map((headers) => headers["upstash-retries"])).toEqual(["3", undefined, "0"]);
    expect(told).toHaveLength(1);
  });

  it.each(["quota maxDelay exceeded", "the delay exceeds the maximum of 7 days", "quota maxDelay exceeded, limit: 5m"])(
    "%s: a day at most, and never at once",
    async (text) => {
      await publisherOfScripted(refusal(text)).publish(dispatch(1, NOW_MS + 9 * DAY_MS));

      const day = Math.floor((NOW_MS + DAY_MS - 60_000) / 1000);
      expect(asked.map((headers) => Number(headers["upstash-not-before"]))).toEqual([expect.any(Number), day]);
    },
  );

  it("gives up where nothing less is left to ask for", async () => {
    const never = Array.from({ length: 20 }, () => refusal("quota maxRetries exceeded, current limit: 0", 412));
    const published = await publisherOfScripted(...never).publish(dispatch(1));

    expect(published).toMatchObject({ ok: false, why: "away", detail: expect.stringContaining("maxRetries") });
    expect(asked).toHaveLength(2);
  });

  it("gives up on a plan that changes its mind at each try", async () => {
    const falling = Array.from({ length: 20 }, (_none, place) => {
      return refusal(`quota maxParallelism exceeded, current limit: ${7 - (place % 7)}`);
    });

    expect(await publisherOfScripted(...falling).publish(dispatch(1))).toMatchObject({ ok: false, why: "away" });
    expect(asked.length).toBeLessThanOrEqual(7);
  });

  it.each([
    refusal("Upstash-Flow-Control-Value should be either rate=X or parallelism=Y, or both"),
    refusal("invalid destination url: endpoint resolves to a loopback address: 127.0.0.1"),
  ])("takes no other refusal for a limit, and tells of it: $body", async (refused) => {
    const published = await publisherOfScripted(refused).publish(dispatch(1));

    expect(published).toMatchObject({ ok: false, why: "away" });
    expect(asked).toHaveLength(1);
    expect(told).toMatchObject([{ kind: "refused" }]);
  });

  it.each(["<html>", "{}", "[]", "null", '{"messageId":7}'])(
    "does not take %j for a promise to deliver",
    async (body) => {
      const published = await publisherOfScripted({ status: 200, body }).publish(dispatch(1));

      expect(published).toMatchObject({ ok: false, why: "away" });
    },
  );
});

describe("a QStash that does not answer", () => {
  it("is given up after 2 s; what it answers later changes nothing", async () => {
    say = () => null;
    const stopped = createFakeClock();
    const slow = publisher({ clock: stopped });
    let published: unknown;
    const publishing = slow.publish(dispatch(1)).then((result) => {
      published = result;
    });
    await expect.poll(() => asked.length).toBe(1);
    await stopped.advance(1999);
    expect(published).toBeUndefined();

    await stopped.advance(1);
    await publishing;
    expect(published).toEqual({ ok: false, why: "away", detail: "QStash did not answer within 2000 ms" });
    scripted.closeAllConnections();
    // The client writes the late failure down, and that is all that comes of it.
    await vi.waitFor(() => expect(console.error).toHaveBeenCalled(), { timeout: 20_000 });
    expect(told).toEqual([]);
  });
});
