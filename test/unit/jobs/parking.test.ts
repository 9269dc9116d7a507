/** A call is stored before anything else, and comes back whoever is away. */
import { describe, expect, it } from "vitest";
import { completes, jobStage, type JobStage, putOff } from "../../support/job-stage.ts";
import { jobWork, STAGE_JOB_ID } from "../../support/job-work.ts";

const HOW = { reason: "providers_failed", retryAfterMs: 10_000, human: null };
const MINUTE_MS = 60_000;

function states(stage: JobStage): readonly string[] {
  return stage.rows<{ state: string }>("SELECT state FROM history ORDER BY version").map(({ state }) => state);
}

describe("parking", () => {
  it("stores first, then publishes, then answers", async () => {
    const stage = jobStage({
      publish: () => {
        expect(states(stage)).toEqual(["stored"]);
        expect(stage.alarmAtMs).toBe(stage.clock.now() + 10_000 + MINUTE_MS);
        return Promise.resolve({ ok: true, messageId: "m" });
      },
    });
    const parked = await stage.clock.run(stage.job.park(jobWork(), HOW));

    expect(parked).toEqual({ jobId: STAGE_JOB_ID, state: "queued", retryAfterMs: 10_000, isNew: true });
    expect(stage.published).toEqual([
      {
        jobId: STAGE_JOB_ID,
        dispatch: 1,
        notBeforeMs: stage.clock.now() + 10_000,
        origin: "https://lisbon.example.com",
      },
    ]);
    expect(states(stage)).toEqual(["stored", "queued"]);
  });

  it("writes nothing into an object that is only asked", async () => {
    const stage = jobStage();

    expect(await stage.job.find(MINUTE_MS)).toBeNull();
    expect(await stage.job.view()).toBeNull();
    expect(await stage.job.events(null)).toBeNull();
    expect(await stage.job.deliver(1)).toBe("unknown");
    expect(await stage.job.cancel("somebody")).toEqual({ ok: false, failure: { kind: "no_such_job" } });
    await stage.job.alarm();
    expect(stage.rows("SELECT name FROM sqlite_master")).toEqual([]);
    expect(stage.alarmAtMs).toBeNull();
  });

  it("of the same call within the window stores nothing anew", async () => {
    const stage = jobStage();
    await stage.clock.run(stage.job.park(jobWork(), HOW));
    const again = await stage.clock.run(stage.job.park(jobWork(), HOW));

    expect(again).toMatchObject({ isNew: false, state: "queued" });
    expect(stage.published).toHaveLength(1);
    expect(await stage.job.find(120_000)).toMatchObject({ isNew: false, state: "queued" });
    await stage.clock.advance(120_001);
    expect(await stage.job.find(120_000)).toBeNull();
  });

  it("is told to a human under one key for the kind, and to the list", async () => {
    const stage = jobStage();
    await stage.clock.run(stage.job.park(jobWork(), HOW));
    await stage.clock.advance(0);

    expect(stage.notices).toMatchObject([
      { kind: "cold", key: "cold:summarize-call-notes", jobIds: [STAGE_JOB_ID], closes: false },
    ]);
    expect(stage.entries.at(-1)).toMatchObject({ id: STAGE_JOB_ID, state: "queued", kind: "summarize-call-notes" });
    expect(JSON.stringify([stage.notices, stage.entries])).not.toContain("the prompt");
  });

  it("takes a queue that does not answer within 2 s for away", async () => {
    const stage = jobStage({ publish: () => new Promise(() => undefined) });
    const before = stage.clock.now();
    const parked = await stage.clock.run(stage.job.park(jobWork(), HOW));

    expect(stage.clock.now() - before).toBe(2_000);
    expect(parked).toMatchObject({ state: "queued", isNew: true });
  });

  it("survives a kill between store and publish: the same dispatch is published once more", async () => {
    const stage = jobStage({ publish: () => new Promise(() => undefined) });
    void stage.job.park(jobWork(), HOW);
    stage.evict();
    stage.publish = () => Promise.resolve({ ok: true, messageId: "m" });
    stage.runs.push(completes());
    await stage.clock.advance(10_000);

    expect(stage.published.map(({ dispatch }) => dispatch)).toEqual([1, 1]);
    expect(states(stage)).toEqual(["stored", "queued"]);
    expect(await stage.clock.run(stage.job.deliver(1))).toBe("ran");
    expect(await stage.job.view()).toMatchObject({ state: "answered" });
  });
});

describe("the transport", () => {
  it("that is none leaves the job to its own alarm, at its time", async () => {
    const stage = jobStage({ publish: () => Promise.resolve({ ok: false, why: "none", detail: "" }) });
    stage.runs.push(completes());
    await stage.clock.run(stage.job.park(jobWork(), HOW));
    await stage.clock.advance(9_999);
    expect(stage.ran).toHaveLength(0);
    await stage.clock.advance(1);

    expect(await stage.job.view()).toMatchObject({ state: "answered", answeredBy: "provider" });
  });

  it("that is away is asked again after 1 and 2 minutes, and then the alarm runs the job", async () => {
    const stage = jobStage({ publish: () => Promise.resolve({ ok: false, why: "away", detail: "503" }) });
    stage.runs.push(completes());
    const begun = stage.clock.now();
    await stage.clock.run(stage.job.park(jobWork(), HOW));
    await stage.clock.advance(MINUTE_MS);
    expect(stage.published).toHaveLength(2);
    await stage.clock.advance(2 * MINUTE_MS - 1);
    expect(stage.published).toHaveLength(2);
    expect(stage.ran).toHaveLength(0);
    await stage.clock.advance(1);

    expect(stage.published.map(({ dispatch }) => dispatch)).toEqual([1, 2, 3]);
    expect(stage.clock.now() - begun).toBe(3 * MINUTE_MS);
    expect(await stage.job.view()).toMatchObject({ state: "answered" });
  });

  it("that takes dispatches and delivers none is given up after the third", async () => {
    const stage = jobStage();
    stage.runs.push(completes());
    await stage.clock.run(stage.job.park(jobWork(), HOW));
    await stage.clock.advance(10_000 + 3 * MINUTE_MS);

    expect(stage.published.map(({ dispatch }) => dispatch)).toEqual([1, 2, 3]);
    expect(await stage.job.view()).toMatchObject({ state: "answered" });
  });

  it("that has given a dispatch up gets another one; an old one is nothing to it", async () => {
    const stage = jobStage();
    await stage.clock.run(stage.job.park(jobWork(), HOW));
    await stage.job.transportFailed(1);
    await stage.job.transportFailed(1);

    expect(stage.published.map(({ dispatch }) => dispatch)).toEqual([1, 2]);
  });

  it("that is too early is told to come later by as much, and nothing is run", async () => {
    const stage = jobStage();
    await stage.clock.run(stage.job.park(jobWork(), { ...HOW, retryAfterMs: 100_000 }));
    const dueAtMs = stage.clock.now() + 100_000;
    await stage.clock.advance(40_000);

    expect(await stage.clock.run(stage.job.deliver(1))).toBe("put_off");
    expect(stage.published.at(-1)).toMatchObject({ dispatch: 2, notBeforeMs: dueAtMs + 60_000 });
    expect(stage.ran).toHaveLength(0);
    await stage.clock.advance(56_000);
    stage.runs.push(completes());
    expect(await stage.clock.run(stage.job.deliver(2))).toBe("ran");
  });
});

describe("deliveries", () => {
  it("of an answered job do nothing", async () => {
    const stage = jobStage();
    stage.runs.push(completes());
    await stage.clock.run(stage.job.park(jobWork(), { ...HOW, retryAfterMs: 0 }));
    expect(await stage.clock.run(stage.job.deliver(1))).toBe("ran");
    expect(await stage.clock.run(stage.job.deliver(1))).toBe("settled");
    expect(stage.ran).toHaveLength(1);
  });

  it("that come twice at once run once", async () => {
    const stage = jobStage();
    stage.runs.push(completes());
    await stage.clock.run(stage.job.park(jobWork(), { ...HOW, retryAfterMs: 0 }));
    const both = await stage.clock.run(Promise.all([stage.job.deliver(1), stage.job.deliver(1)]));

    expect(both).toEqual(["ran", "running"]);
    expect(stage.ran).toHaveLength(1);
  });

  it("of an older number do nothing", async () => {
    const stage = jobStage();
    stage.runs.push(() => Promise.resolve(putOff()));
    await stage.clock.run(stage.job.park(jobWork(), { ...HOW, retryAfterMs: 0 }));
    expect(await stage.clock.run(stage.job.deliver(1))).toBe("put_off");
    expect(await stage.clock.run(stage.job.deliver(1))).toBe("stale");
    expect(stage.published.map(({ dispatch }) => dispatch)).toEqual([1, 2]);
  });
});
