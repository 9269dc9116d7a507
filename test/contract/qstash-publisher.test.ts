/** The publisher against the local QStash over HTTP. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { createQstashPublisher, type QstashPublisherOptions } from "../../src/jobs/qstash-publisher.ts";
import { emptyLearntLimits } from "../../src/jobs/qstash-limits.ts";
import type { QstashTold } from "../../src/jobs/qstash-notice.ts";
import type { Dispatch, Publisher } from "../../src/jobs/publisher.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { realClock } from "../../src/lib/clock.ts";
import { DAY, HOUR, MINUTE, SECOND, startForTests } from "./qstash/setup.ts";

const stage = await startForTests();
const { qstash, arrived, answer, pass } = stage;

const JOB = `job_${"ab".repeat(16)}`;
const clock: Clock = { now: () => stage.now(), after: (ms, run) => realClock.after(ms, run) };
const cold = { queue: "lisbon-cold", parallelism: 8 };
const settings = { url: qstash.url, token: qstash.token };

let told: QstashTold[] = [];
let learnt = emptyLearntLimits();
beforeEach(() => {
  told = [];
  learnt = emptyLearntLimits();
});

function publisher(more: Partial<QstashPublisherOptions> = {}): Publisher {
  return createQstashPublisher({ settings, cold, learnt, clock, tell: (what) => void told.push(what), ...more });
}

function dispatch(number: number, notBeforeMs: number | null = null): Dispatch {
  return { jobId: JOB, dispatch: number, notBeforeMs, origin: stage.to };
}

/** The calls of the API, on their way to it. */
function watchCalls(): () => number {
  const spy = vi.spyOn(globalThis, "fetch");
  return () => spy.mock.calls.filter(([url]) => typeof url === "string" && url.includes("/v2/publish/")).length;
}

describe("a published dispatch", () => {
  it("is delivered with the job and the number, and nothing else", async () => {
    expect(await publisher().publish(dispatch(1))).toEqual({ ok: true, messageId: expect.stringMatching(/^msg_/) });
    await qstash.settled();

    expect(arrived).toMatchObject([
      {
        method: "POST",
        path: "/cold/run",
        body: `{"job":"${JOB}","dispatch":1}`,
        headers: {
          "content-type": "application/json",
          "upstash-flow-control-key": "lisbon-cold",
          "upstash-flow-control-value": "parallelism=8",
          "upstash-retried": "0",
        },
      },
    ]);
  });

  it("is delivered three times more where the Worker cannot take it, then given up at /cold/failed", async () => {
    answer(({ path }) => ({ status: path === "/cold/run" ? 503 : 200 }));
    await publisher().publish(dispatch(4));
    await pass(HOUR);

    expect(stage.paths()).toEqual(["/cold/run", "/cold/run", "/cold/run", "/cold/run", "/cold/failed"]);
    const { sourceBody } = z.object({ sourceBody: z.base64() }).parse(JSON.parse(arrived.at(-1)?.body ?? ""));
    expect(atob(sourceBody)).toBe(`{"job":"${JOB}","dispatch":4}`);
  });

  it("is delivered once however often it is published, and the next one at once", async () => {
    for (const number of [1, 1, 2, 1]) {
      expect(await publisher().publish(dispatch(number))).toMatchObject({ ok: true });
    }
    await qstash.settled();

    expect(arrived.map(({ body }) => JSON.parse(body))).toEqual([
      { job: JOB, dispatch: 1 },
      { job: JOB, dispatch: 2 },
    ]);
  });

  it("is delivered once where its answer was lost and it was published again", async () => {
    qstash.setFault({ fault: "lose-answer", times: 1 });

    expect(await publisher().publish(dispatch(1))).toMatchObject({ ok: false, why: "away" });
    expect(await publisher().publish(dispatch(1))).toMatchObject({ ok: true });
    await qstash.settled();
    expect(arrived).toHaveLength(1);
  });

  it("is never delivered before its time: a part of a second counts as a whole one", async () => {
    const second = Math.ceil(stage.now() / SECOND) * SECOND;
    await publisher().publish(dispatch(1, second + 5 * MINUTE + 1));
    await pass(second + 5 * MINUTE + SECOND - 1 - stage.now());
    expect(arrived).toHaveLength(0);

    await pass(1);
    expect(arrived).toHaveLength(1);
  });

  it("is held back while as many deliveries as the map allows are under way", async () => {
    const hold = Promise.withResolvers<{ status: number }>();
    answer(() => hold.promise);
    const two = publisher({ cold: { ...cold, parallelism: 2 } });
    for (const number of [1, 2, 3]) await two.publish(dispatch(number));
    await expect.poll(() => arrived.length).toBe(2);

    hold.resolve({ status: 200 });
    await qstash.settled();
    expect(arrived).toHaveLength(3);
  });
});

describe("a plan that refuses a number", () => {
  it("gets its maximum of retries, is told of once, and is not asked for more again", async () => {
    qstash.setLimits({ retries: 2 });
    const calls = watchCalls();
    expect(await publisher().publish(dispatch(1))).toMatchObject({ ok: true });
    expect(calls()).toBe(2);

    expect(await publisher().publish(dispatch(2))).toMatchObject({ ok: true });
    expect(calls()).toBe(3);
    expect(told).toEqual([{ kind: "plan_limit", limit: { option: "retries", maximum: 2 } }]);
    expect(learnt).toMatchObject({ maxRetries: 2 });
  });

  it("gets its maximum of delay, short of a minute for the clocks", async () => {
    await publisher().publish(dispatch(1, stage.now() + 9 * DAY));
    expect(told).toEqual([{ kind: "plan_limit", limit: { option: "delay", maximum: 604_800 } }]);

    await pass(7 * DAY - 2 * MINUTE);
    expect(arrived).toHaveLength(0);
    await pass(2 * MINUTE);
    expect(arrived).toHaveLength(1);
  });

  it("gets all of its maxima at once where it refuses more than one", async () => {
    qstash.setLimits({ retries: 1 });

    expect(await publisher().publish(dispatch(1, stage.now() + 9 * DAY))).toMatchObject({ ok: true });
    expect(told).toHaveLength(2);
    expect(learnt).toMatchObject({ maxRetries: 1, maxDelaySeconds: 604_800 });
  });
});

describe("QStash is away, and the job's own alarm has its turn,", () => {
  it.each([
    ["429-burst", /^429: Exceeded burst rate limit/],
    ["429-daily", /^429: the daily quota of 1000 messages is used up until \d{4}-\d\d-\d\dT00:00:00\.000Z$/],
    ["412", /^412: /],
    ["500", /^500: /],
    ["down", /./],
  ] as const)("at the fault %s", async (fault, detail) => {
    qstash.setFault({ fault });
    const calls = watchCalls();

    const published = await publisher().publish(dispatch(1));
    expect(published).toEqual({ ok: false, why: "away", detail: expect.stringMatching(detail) });
    expect(calls()).toBe(1);
    expect(told).toEqual([]);
  });

  it("once its day's messages are used up, until midnight UTC", async () => {
    qstash.setLimits({ messagesPerDay: 1 });
    expect(await publisher().publish(dispatch(1))).toMatchObject({ ok: true });

    expect(await publisher().publish(dispatch(2))).toMatchObject({ ok: false, why: "away" });
    await pass(DAY);
    expect(await publisher().publish(dispatch(2))).toMatchObject({ ok: true });
  });

  it("where it refuses the token, which is told once and repeated nowhere", async () => {
    const wrong = publisher({ settings: { ...settings, token: "a-wrong-token" } });
    const published = [await wrong.publish(dispatch(1)), await wrong.publish(dispatch(1))];

    expect(published).toMatchObject([{ why: "away", detail: expect.stringMatching(/^401: /) }, { why: "away" }]);
    expect(told).toMatchObject([{ kind: "refused" }]);
    expect(JSON.stringify([published, told])).not.toContain("a-wrong-token");
  });

  it("where the token is none that a header can hold, which is repeated nowhere either", async () => {
    const published = await publisher({ settings: { ...settings, token: "broken\ntoken" } }).publish(dispatch(1));

    expect(published).toMatchObject({ ok: false, why: "away" });
    expect(JSON.stringify(published)).not.toMatch(/broken|token/);
  });

  it("where the address is none", async () => {
    expect(await publisher({ settings: { ...settings, url: "nonsense" } }).publish(dispatch(1))).toMatchObject({
      ok: false,
      why: "away",
    });
  });
});
