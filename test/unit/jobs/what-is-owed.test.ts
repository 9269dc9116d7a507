/** What a job owes when something has changed: its callback, its line in the list, its notices, its own end. */
import { describe, expect, it } from "vitest";
import { jobStage, type JobStage, putOff } from "../../support/job-stage.ts";
import { jobWork, STAGE_JOB_ID } from "../../support/job-work.ts";

const HOUR_MS = 3_600_000;
const QUEUED = { reason: "providers_failed", retryAfterMs: 10_000, human: null };
const HUMAN = { ...QUEUED, human: { dueMs: 2 * HOUR_MS } };
const BY_HAND = { text: "by hand", by: "Ana", token: null };

async function parked(how = QUEUED as typeof QUEUED | typeof HUMAN, more = {}): Promise<JobStage> {
  const stage = jobStage();
  await stage.clock.run(stage.job.park(jobWork(more), how));
  return stage;
}

async function answeredWith(callback: JobStage["callback"]): Promise<JobStage> {
  const stage = await parked(HUMAN, { callbackUrl: "https://caller.example.com/hook" });
  stage.callback = callback;
  await stage.clock.run(stage.job.answer(BY_HAND));
  return stage;
}

describe("a callback", () => {
  const MINUTE_MS = 60_000;
  const SPANS = [0, 5_000, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS];

  it("that fails is tried ten times in three days, always as the same message", async () => {
    const atMs: number[] = [];
    const stage = await answeredWith(() => {
      atMs.push(stage.clock.now());
      return Promise.resolve({ kind: "failed", detail: "500" });
    });
    await stage.clock.advance(100 * HOUR_MS);

    expect(atMs.slice(1, 7).map((at, place) => at - (atMs[place] ?? 0))).toEqual(SPANS.slice(1));
    expect(stage.callbacks).toHaveLength(10);
    expect(new Set(stage.callbacks.map(({ messageId }) => messageId)).size).toBe(1);
    expect((await stage.job.view())?.callback).toMatchObject({ state: "failed", attempts: 10, lastError: "500" });
  });

  it("whose receiver is gone is not tried again", async () => {
    const stage = await answeredWith(() => Promise.resolve({ kind: "gone", detail: "410" }));
    await stage.clock.advance(100 * HOUR_MS);

    expect(stage.callbacks).toHaveLength(1);
    expect((await stage.job.view())?.callback).toMatchObject({ state: "gone" });
  });

  it("survives a kill between the answer and the callback", async () => {
    const stage = await parked(HUMAN, { callbackUrl: "https://caller.example.com/hook" });
    await stage.job.answer(BY_HAND);
    stage.evict();
    await stage.clock.advance(0);
    expect(stage.callbacks).toHaveLength(1);
  });

  it("whose host hangs delays nobody, and is tried again", async () => {
    const stage = await answeredWith(() => new Promise(() => undefined));
    await stage.clock.advance(0);
    expect(await stage.job.view()).toMatchObject({ state: "answered" });
    stage.callback = () => Promise.resolve({ kind: "delivered" });
    await stage.clock.advance(70_000);
    expect((await stage.job.view())?.callback).toMatchObject({ state: "delivered", attempts: 2 });
  });
});

describe("the list and the notifier", () => {
  it("are told again until they take it, however long they are away", async () => {
    const stage = jobStage();
    stage.note = () => Promise.reject(new Error("away"));
    stage.raise = () => Promise.reject(new Error("away"));
    await stage.clock.run(stage.job.park(jobWork(), HUMAN));
    await stage.clock.advance(HOUR_MS);
    expect(stage.entries.length).toBeGreaterThan(10);
    expect(stage.entries.length).toBeLessThan(25);
    stage.evict();
    stage.note = () => Promise.resolve();
    stage.raise = () => Promise.resolve();
    await stage.clock.advance(5 * 60_000);

    expect(stage.entries.at(-1)).toMatchObject({ state: "waiting_for_human" });
    expect(stage.notices.at(-1)).toMatchObject({ kind: "job_waiting" });
    const told = [stage.entries.length, stage.notices.length];
    await stage.clock.advance(30 * 60_000);
    expect([stage.entries.length, stage.notices.length]).toEqual(told);
  });
});

describe("erasure", () => {
  const DAY_MS = 24 * HOUR_MS;

  it("comes after the time of keeping: first the list hears of it, then all is gone", async () => {
    const stage = await parked(HUMAN);
    await stage.clock.run(stage.job.answer(BY_HAND));
    await stage.clock.advance(7 * DAY_MS - 1_000);
    expect(await stage.job.view()).toMatchObject({ erased: false });
    stage.note = () => Promise.reject(new Error("away"));
    await stage.clock.advance(HOUR_MS);
    expect(stage.rows("SELECT * FROM bodies")).toEqual([]);
    expect(stage.destroyed).toBe(0);
    stage.note = () => Promise.resolve();
    await stage.clock.advance(5 * 60_000);

    expect(stage.entries.at(-1)).toMatchObject({ id: STAGE_JOB_ID, state: null });
    expect(stage.destroyed).toBe(1);
    expect(stage.rows("SELECT name FROM sqlite_master")).toEqual([]);
    expect(stage.alarmAtMs).toBeNull();
    expect(await stage.job.view()).toBeNull();
    expect(stage.thrown).toEqual([]);
  });

  it("of a call that still waits for a human ends it", async () => {
    const stage = await parked(HUMAN);
    await stage.clock.advance(8 * DAY_MS);

    expect(stage.destroyed).toBe(1);
    expect(await stage.job.deliver(1)).toBe("unknown");
  });

  it("of a first run that was not kept follows", async () => {
    const stage = jobStage();
    stage.runs.push(() => Promise.resolve(putOff()));
    await stage.clock.run(stage.job.begin(jobWork({ end: { step: "error" } }), null));
    await stage.clock.advance(7 * DAY_MS + 60_000);

    expect(stage.destroyed).toBe(1);
  });
});
