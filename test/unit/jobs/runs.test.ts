/** What a run's end does to a job: neither a pause nor an outage burns an attempt, a poison request does. */
import { describe, expect, it } from "vitest";
import { FAILURE_KINDS, failurePolicy } from "../../../src/domain/failure.ts";
import { burnsAttempt } from "../../../src/jobs/burns-attempt.ts";
import { completes, fails, heldRun, jobStage, type JobStage, putOff } from "../../support/job-stage.ts";
import { jobWork } from "../../support/job-work.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A job whose own alarm is its transport: it runs at its own times. */
async function parked(cold: Parameters<typeof jobStage>[0] = {}): Promise<JobStage> {
  const stage = jobStage({ publish: () => Promise.resolve({ ok: false, why: "none", detail: "" }), ...cold });
  await stage.clock.run(stage.job.park(jobWork(), { reason: "providers_failed", retryAfterMs: 1_000, human: null }));
  return stage;
}

/** Moments of the runs, from the first one. */
function gapsOf(atMs: readonly number[]): readonly number[] {
  return atMs.slice(1).map((at, place) => at - (atMs[place] ?? 0));
}

/** Notes when each run comes. */
function noting(stage: JobStage, times: number, result: () => ReturnType<typeof putOff>): number[] {
  const atMs: number[] = [];
  for (let run = 0; run < times; run++) {
    stage.runs.push(() => {
      atMs.push(stage.clock.now());
      return Promise.resolve(result());
    });
  }
  return atMs;
}

describe("a run in which nobody could be asked", () => {
  it("is put off for 40 s, doubling to 8 minutes, and burns nothing", async () => {
    const stage = await parked();
    const atMs = noting(stage, 8, () => putOff());
    await stage.clock.advance(40 * MINUTE_MS);

    expect(gapsOf(atMs).slice(0, 6)).toEqual([40, 80, 160, 320, 480, 480].map((seconds) => seconds * SECOND_MS));
    expect(await stage.job.view()).toMatchObject({ state: "queued", attempts: 0 });
  });

  it("waits for a route that says when it is back, 8 minutes at most", async () => {
    const stage = await parked();
    const atMs = noting(stage, 2, () => putOff({ retryAfterMs: 5 * MINUTE_MS }));
    await stage.clock.advance(10 * MINUTE_MS);
    expect(gapsOf(atMs)).toEqual([5 * MINUTE_MS]);

    const later = await parked();
    const laterMs = noting(later, 2, () => putOff({ retryAfterMs: HOUR_MS }));
    await later.clock.advance(10 * MINUTE_MS);
    expect(gapsOf(laterMs)).toEqual([8 * MINUTE_MS]);
  });

  it("is one line of the history, however often it comes", async () => {
    const stage = await parked();
    await stage.clock.advance(12 * HOUR_MS);
    const view = await stage.job.view();

    expect(stage.ran.length).toBeGreaterThan(80);
    expect(view?.history.map(({ state }) => state)).toEqual(["stored", "queued", "running", "queued"]);
    expect(view?.history.at(-1)).toMatchObject({ times: stage.ran.length });
  });

  it("goes on for cold.maxAgeHours and then is dead", async () => {
    const stage = await parked();
    await stage.clock.advance(24 * HOUR_MS - 10 * MINUTE_MS);
    expect(await stage.job.view()).toMatchObject({ state: "queued" });
    await stage.clock.advance(20 * MINUTE_MS);

    expect(await stage.job.view()).toMatchObject({ state: "dead", attempts: 0 });
    expect(stage.notices.map(({ kind }) => kind)).toEqual(["cold", "job_dead"]);
  });

  it("under a pause of two days does not grow old", async () => {
    const stage = await parked();
    const pausedUntilMs = stage.clock.now() + 48 * HOUR_MS;
    for (let run = 0; run < 1_000; run++) {
      stage.runs.push(() => {
        const paused = stage.clock.now() < pausedUntilMs;
        return Promise.resolve(putOff(paused ? { pausedOnly: true, refusal: { kind: "caller_gone" } } : {}));
      });
    }
    await stage.clock.advance(48 * HOUR_MS + 10 * MINUTE_MS);
    expect(await stage.job.view()).toMatchObject({ state: "queued" });
    await stage.clock.advance(23 * HOUR_MS);
    expect(await stage.job.view()).toMatchObject({ state: "queued" });
    await stage.clock.advance(2 * HOUR_MS);
    expect(await stage.job.view()).toMatchObject({ state: "dead" });
  });
});

describe("a run that failed", () => {
  it("five times by its own fault is dead, exponentially from 1 s, and a human is told", async () => {
    const stage = await parked();
    const atMs: number[] = [];
    for (let run = 0; run < 6; run++) {
      const failing = fails({ kind: "unreadable" });
      stage.runs.push((work, how) => {
        atMs.push(stage.clock.now());
        return failing(work, how);
      });
    }
    await stage.clock.advance(HOUR_MS);
    const view = await stage.job.view();

    expect(gapsOf(atMs)).toEqual([1, 2, 4, 8].map((seconds) => seconds * SECOND_MS));
    expect(view).toMatchObject({ state: "dead", attempts: 5, refusal: { kind: "providers_failed" } });
    expect(view?.history.at(-1)?.reason).toBe("failed, attempt 5 of 5: unreadable");
    expect(stage.notices.at(-1)).toMatchObject({ kind: "job_dead" });
    expect(stage.notices.at(-1)?.links.map(({ label }) => label)).toContain("Answer it");
  });

  it("by an outage burns nothing, and is answered after it", async () => {
    const stage = await parked();
    for (let run = 0; run < 20; run++) stage.runs.push(fails({ kind: "server_error" }, { kind: "overloaded" }));
    stage.runs.push(completes());
    await stage.clock.advance(3 * HOUR_MS);

    expect(stage.ran).toHaveLength(21);
    expect(await stage.job.view()).toMatchObject({ state: "answered", attempts: 0 });
  });

  it("on a route that serves others meanwhile burns one", async () => {
    const stage = await parked();
    for (let run = 0; run < 5; run++) stage.runs.push(fails({ kind: "server_error", servedSince: true }));
    await stage.clock.advance(HOUR_MS);

    expect(await stage.job.view()).toMatchObject({ state: "dead", attempts: 5 });
    const [first] = stage.ran;
    expect(stage.ran.map(({ how }) => how.firstRunAtMs)).toEqual(
      Array.from({ length: 5 }, () => first?.how.firstRunAtMs),
    );
  });

  it("by the request itself is dead at once", async () => {
    const stage = await parked();
    const refusal = { kind: "request_rejected", reason: "no such tool", param: "tools" } as const;
    stage.runs.push(() => Promise.resolve(putOff({ refusal, asked: 1 })));
    await stage.clock.advance(MINUTE_MS);

    expect(await stage.job.view()).toMatchObject({ state: "dead", attempts: 0, refusal });
  });

  it("because no route is on waits as in an outage", async () => {
    const stage = await parked();
    stage.runs.push(() => Promise.resolve(putOff({ refusal: { kind: "no_route", model: "x" } })));
    await stage.clock.advance(10 * SECOND_MS);

    expect(await stage.job.view()).toMatchObject({ state: "queued", attempts: 0 });
  });

  it("by a throw is a failure of ours, and burns", async () => {
    const stage = await parked();
    stage.runs.push(() => Promise.reject(new Error("a bug")));
    await stage.clock.advance(2 * SECOND_MS);

    expect((await stage.job.view())?.attempts).toBe(1);
    expect(stage.logged).toMatchObject([{ event: "job_run_threw" }]);
  });
});

describe("a run whose object dies", () => {
  it("goes back to the queue when its lease is over, and the history says so", async () => {
    const stage = await parked();
    stage.runs.push(heldRun().runner);
    await stage.clock.advance(2 * SECOND_MS);
    expect(await stage.job.view()).toMatchObject({ state: "running" });
    stage.evict();
    stage.runs.push(completes());
    await stage.clock.advance(59 * SECOND_MS);
    expect(stage.ran).toHaveLength(1);
    await stage.clock.advance(5 * SECOND_MS);

    expect(stage.ran).toHaveLength(2);
    expect(await stage.job.view()).toMatchObject({ state: "answered", attempts: 0 });
    expect((await stage.job.view())?.history.map(({ reason }) => reason)).toContain(
      "its run was lost: the object was evicted or killed",
    );
  });

  it("that is only long keeps its lease", async () => {
    const stage = jobStage();
    const held = heldRun();
    stage.runs.push(held.runner);
    await stage.clock.run(stage.job.park(jobWork(), { reason: "x", retryAfterMs: 0, human: null }));
    const delivered = stage.job.deliver(1);
    await stage.clock.advance(10 * MINUTE_MS);
    expect(await stage.job.view()).toMatchObject({ state: "running" });
    expect(await stage.job.deliver(1)).toBe("running");
    const result = await completes()(jobWork(), stage.ran[0]?.how ?? neverRan());
    held.end(result);

    expect(await stage.clock.run(delivered)).toBe("ran");
    expect(stage.ran).toHaveLength(1);
    expect(await stage.job.view()).toMatchObject({ state: "answered" });
  });

  it("ten times in a row is dead: a request that kills its object must end", async () => {
    const stage = await parked();
    for (let life = 0; life < 10; life++) stage.runs.push(heldRun().runner);
    for (let life = 0; life < 10; life++) {
      await stage.clock.advance(15 * MINUTE_MS);
      stage.evict();
      await stage.job.alarm();
      await stage.clock.advance(2 * MINUTE_MS);
    }

    expect(await stage.job.view()).toMatchObject({ state: "dead", attempts: 0 });
    expect(stage.ran).toHaveLength(10);
  });
});

describe("what burns an attempt", () => {
  it.each(FAILURE_KINDS)("%s does as the table says", (kind) => {
    const { cold } = failurePolicy[kind];

    expect(burnsAttempt([{ kind, routeId: "r", servedSince: false }])).toBe(cold === "burns");
    expect(burnsAttempt([{ kind, routeId: "r", servedSince: true }])).toBe(cold !== "waits");
  });
});

function neverRan(): never {
  throw new Error("it never ran");
}
