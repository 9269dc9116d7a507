/**
 * QStash away the whole time; Redis away, slow and emptied while everything is paused; a thousand calls parked
 * meanwhile. Where a wait is minutes, the isolates are started again with their clocks ahead by so much.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ManualClock, passTime } from "../../dev/qstash/clock.ts";
import { answerOf, type FaultStage, QUESTION_WORD, startFaultStage } from "../support/fault-stage.ts";
import { tellingAnswer } from "../support/telling-provider.ts";

/** For a thousand calls: 5 s on two cores that do nothing else, and no promise; this is for a machine under load. */
const PATIENT_MS = 180_000;
const PARKED = 1_000;
const AT_A_TIME = 24;
const SLOW_MS = 5_000;

const qstashClock = new ManualClock();
let stage: FaultStage;

beforeAll(async () => {
  stage = await startFaultStage({ qstashClock, qstashLimits: { messagesPerDay: 1_000_000 } });
});

afterEach(async () => {
  stage.qstash.clearFaults();
  stage.provider.setIll(false);
  await stage.redis.setFault(null);
});

afterAll(() => stage.dispose());

async function ask(isolate: number, question: string): Promise<{ readonly text: string; readonly ms: number }> {
  const began = performance.now();
  const messages = [{ role: "user" as const, content: question }];
  const { choices } = await stage.client(isolate).chat.completions.create({ model: "auto", messages });
  return { text: choices[0]?.message.content ?? "", ms: performance.now() - began };
}

async function statuses(jobs: readonly string[]): Promise<readonly string[]> {
  return await Promise.all(jobs.map(async (jobId, place) => (await stage.job(jobId, place)).status));
}

describe("Redis slow or down", () => {
  it.each([[{ kind: "slow", ms: SLOW_MS } as const], [{ kind: "down" } as const]])(
    "(%j) slows no call",
    async (fault) => {
      await stage.redis.setFault(fault);
      const calls: { readonly text: string; readonly ms: number }[] = [];
      for (let call = 0; call < 60; call++) {
        calls.push(await ask(call, `${QUESTION_WORD} ${fault.kind} ${call}.`));
        // Over more than the second after which the pause is asked for again.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await stage.redis.setFault(null);

      expect(calls.map(({ text }) => text)).toEqual(calls.map(() => tellingAnswer(1)));
      // An isolate waits for the switchboard at most 200 ms, and where that is silent for Redis at most 300. Nobody has
      // waited for Redis itself, and on a machine that does nothing else half of them hardly for anything.
      const took = calls.map(({ ms }) => ms).toSorted((one, other) => one - other);
      expect(took.at(-1)).toBeLessThan(SLOW_MS);
      expect(took.at(took.length / 2)).toBeLessThan(1_000);
    },
  );
});

describe("QStash down the whole time", () => {
  it("leaves every parked call to the jobs' own alarms: answered once", async () => {
    stage.qstash.setFault({ fault: "down" });
    stage.provider.setIll(true);
    const questions = [0, 1, 2, 3, 4, 5].map((place) => `${QUESTION_WORD} without QStash ${place}.`);
    const jobs = await Promise.all(questions.map((question, place) => stage.park(place, question)));
    stage.provider.setIll(false);
    expect(await statuses(jobs)).toEqual(jobs.map(() => "queued"));

    // It is tried again after one minute and after two more; then they run by themselves.
    await triedAgain(70_000);
    await triedAgain(210_000);
    await expect.poll(() => statuses(jobs)).toEqual(jobs.map(() => "answered"));

    expect(stage.qstash.deliveries).toEqual([]);
    expect(questions.map((question) => stage.provider.bills(question))).toEqual(questions.map(() => 1));
    const [job] = await Promise.all(jobs.map((jobId) => stage.job(jobId)));
    expect(job?.history.at(-2)?.reason).toBe("run 1, by its own alarm");

    /** A request sets the alarm anew where the platform's waits for a moment of the real clock. */
    async function triedAgain(aheadMs: number): Promise<void> {
      const before = stage.toQstash.connections();
      await stage.restart(aheadMs);
      await statuses(jobs);
      await expect.poll(() => stage.toQstash.connections() - before).toBe(jobs.length);
    }
  });
});

describe("a thousand calls that are parked while everything is paused", () => {
  const questions = Array.from({ length: PARKED }, (_, place) => `${QUESTION_WORD} paused ${place}.`);
  const jobs: string[] = [];

  it(
    "stay parked with Redis slow, down and emptied",
    async () => {
      await stage.redisBackend.send({ name: "SET", args: ["pause_ai_tasks", "1"].map((arg) => Buffer.from(arg)) });
      await expect.poll(isPausedEverywhere, { timeout: 5_000, interval: 100 }).toEqual([true, true, true]);
      const asked = stage.provider.asked();

      await parkMore(PARKED / 4);
      await stage.redis.setFault({ kind: "slow", ms: 5_000 });
      await parkMore(PARKED / 4);
      await stage.redis.setFault({ kind: "down" });
      await parkMore(PARKED / 4);
      await stage.redis.setFault(null);
      await stage.redisBackend.send({ name: "FLUSHALL", args: [] });
      await parkMore(PARKED / 4);

      expect(new Set(jobs).size).toBe(PARKED);
      expect(stage.provider.asked()).toBe(asked);
      expect(await isPausedEverywhere()).toEqual([true, true, true]);
      expect(new Set(await statuses(jobs))).toEqual(new Set(["queued"]));
    },
    PATIENT_MS,
  );

  it(
    "are all answered after the resume, each once",
    async () => {
      expect((await stage.admin("/budget/resume", {})).status).toBe(204);
      // They were told to come back after a minute, and a quarter of it at most on top.
      await stage.restart(210_000 + 80_000);
      // Its clock is moved, too; what it signs is not.
      stage.qstash.setFault({ fault: "skew", ms: -120_000 });

      await passTime(qstashClock, 180_000, () => stage.qstash.settled());
      await expect
        .poll(async () => new Set(await statuses(jobs)), { timeout: PATIENT_MS, interval: 500 })
        .toEqual(new Set(["answered"]));

      expect(questions.filter((question) => stage.provider.bills(question) !== 1)).toEqual([]);
      const answers = await Promise.all(jobs.map(async (jobId, place) => answerOf(await stage.job(jobId, place))));
      expect(new Set(answers)).toEqual(new Set([tellingAnswer(1)]));
    },
    2 * PATIENT_MS,
  );

  it("are told of in a handful of notices, not in a thousand", () => {
    const cold = stage.told.received.filter(({ body }) => body.includes('"notice.cold"'));
    expect(cold.length).toBeGreaterThan(0);
    expect(cold.length).toBeLessThan(10);
  });

  async function parkMore(many: number): Promise<void> {
    const until = jobs.length + many;
    let next = jobs.length;
    const park = async (): Promise<void> => {
      while (next < until) {
        const place = next++;
        jobs[place] = await stage.park(place, questions[place] ?? "");
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, park));
  }
});

async function isPausedEverywhere(): Promise<readonly boolean[]> {
  const health = stage.urls().map(async (url) => await (await fetch(`${url}/health`)).text());
  return (await Promise.all(health)).map((text) => text.includes("degraded"));
}

describe("the log and the notices of all this", () => {
  it("hold no question, no answer, no key", () => {
    expect(stage.logged.length).toBeGreaterThan(PARKED);
    expect(stage.leaks()).toEqual([]);
  });
});
