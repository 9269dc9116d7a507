/** The machine under whatever may happen, in any order: one answer, the first, and nothing of an old run. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FailureKind } from "../../../src/domain/failure.ts";
import { dispatchAt, givenUp, published, woken } from "../../../src/jobs/dispatches.ts";
import { answeredByHuman, cancelled, edited, overdue, retired, retried } from "../../../src/jobs/human-hand.ts";
import {
  answered,
  type Change,
  claim,
  leaseRenewed,
  lost,
  made,
  toHuman,
  toQueue,
  unanswered,
} from "../../../src/jobs/job-machine.ts";
import { isSettled, type JobRecord } from "../../../src/jobs/job-record.ts";
import { nextDueMs } from "../../../src/jobs/next-due.ts";
import { putOff, ROUTE } from "../../support/job-stage.ts";
import { jobWork } from "../../support/job-work.ts";
import { standardRouting } from "../../support/standard-routing.ts";

const settings = standardRouting().cold;
const START_MS = 1_763_000_000_000;

/** A job with all that its object would know of it. `n` chooses among what is there: any delivery, any run, however old. */
class World {
  now = START_MS;
  record: JobRecord;
  /** Every answer that was ever taken. */
  readonly answers: string[] = [];
  #running: number[] = [];

  constructor(toAHuman: boolean) {
    const stored = made(
      { work: jobWork({ callbackUrl: "https://x.example.com" }), reason: "x", before: null },
      START_MS,
      settings,
    );
    this.record = toAHuman
      ? toHuman(stored.record, 60_000, "x", this.now).record
      : toQueue(stored, { retryAfterMs: 0, reason: "x" }, { now: this.now, random: () => 0.5 }).record;
  }

  take(change: Change | null): void {
    if (change === null) return;
    const before = this.record;
    this.record = change.record;
    expect(change.record.version).toBeGreaterThanOrEqual(before.version);
    if (change.line !== null) expect(change.record.version).toBeGreaterThan(before.version);
    if (change.record.state === "answered" && before.state !== "answered") this.answers.push(change.line?.reason ?? "");
  }

  keep(record: JobRecord | null): void {
    if (record !== null) this.record = record;
  }

  began(change: Change): void {
    this.take(change);
    this.#running.push(change.record.runs.run);
  }

  /** Some run that ever began: mostly one whose turn is over. */
  someRun(n: number): number {
    return this.#running[n % Math.max(1, this.#running.length)] ?? 0;
  }

  get moment() {
    return { now: this.now, random: () => 0.5 };
  }
}

type Step = (world: World, n: number) => void;

const KINDS: readonly FailureKind[] = ["unreadable", "server_error", "overloaded", "stream_cut"];

const STEPS: Readonly<Record<string, Step>> = {
  timePasses: (world, n) => {
    world.now += n * 10_000;
  },
  aDeliveryComes: (world, n) => {
    const dispatch = Math.max(0, world.record.delivery.dispatch - (n % 3));
    const claimed = claim(world.record, "delivery", dispatch, world.now);
    if (claimed.kind === "claimed") world.began(claimed.change);
    if (claimed.kind === "early") world.keep(claimed.record);
  },
  theTransportAnswers: (world, n) => {
    const answer = [TAKEN, AWAY, NONE][n % 3] ?? AWAY;
    world.keep(published(world.record, world.record.delivery.dispatch - (n % 2), answer, world.now));
  },
  theTransportGivesUp: (world, n) =>
    world.keep(givenUp(world.record, world.record.delivery.dispatch - (n % 2), world.now)),
  theAlarmGoesOff: (world) => {
    const due = woken(world.record, world.now);
    if (due.kind === "publish") world.keep(due.record);
    if (due.kind === "run") {
      const claimed = claim(world.record, "alarm", null, world.now);
      if (claimed.kind === "claimed") world.began(claimed.change);
    }
    world.keep(overdue(world.record, world.now));
  },
  aRunAnswers: (world, n) => {
    const run = world.someRun(n);
    const before = world.record;
    const change = answered(before, run, { route: ROUTE, told: null }, world.now);
    if (change !== null) expect([before.state, before.runs.run]).toEqual(["running", run]);
    world.take(change);
  },
  aRunFails: (world, n) => {
    const kind = KINDS[n % KINDS.length] ?? "unreadable";
    const failures = n % 5 === 0 ? [] : [{ kind, routeId: ROUTE, servedSince: n % 2 === 0 }];
    const result = putOff({ failures, asked: failures.length, pausedOnly: n % 10 === 0 });
    const run = world.someRun(n);
    const before = world.record;
    const change = unanswered(before, { run, result, said: n % 2 === 0 }, world.moment, settings);
    if (change !== null) expect([before.state, before.runs.run]).toEqual(["running", run]);
    world.take(change);
  },
  theObjectDies: (world) => {
    const { state, runs } = world.record;
    if (state === "running" && (runs.leaseUntilMs ?? 0) <= world.now) world.take(lost(world.record, world.moment));
  },
  theLeaseIsRenewed: (world) => {
    if (world.record.state === "running") world.keep(leaseRenewed(world.record, world.now));
  },
  aHumanAnswers: (world) => take(world, answeredByHuman(world.record, "Ana", world.now)),
  aHumanSendsItBack: (world) => take(world, retried(world.record, "Ana", world.now, settings)),
  aHumanEditsIt: (world) => take(world, edited(world.record, "Ana", "auto", world.now, settings)),
  itIsCancelled: (world, n) => {
    // Rarely: what comes after it is little.
    if (n % 10 === 0) world.take(cancelled(world.record, "caller", world.now));
  },
  itsTimeIsOver: (world) => {
    world.take(retired(world.record, world.now));
  },
};

const TAKEN = { ok: true, messageId: "m" } as const;
const AWAY = { ok: false, why: "away", detail: "" } as const;
const NONE = { ok: false, why: "none", detail: "" } as const;

function take(world: World, result: ReturnType<typeof retried>): void {
  if (result.ok) world.take(result.value);
}

const anySteps = fc.array(fc.tuple(fc.constantFrom(...Object.keys(STEPS)), fc.nat(40)), { maxLength: 80 });

function after(
  toAHuman: boolean,
  steps: readonly (readonly [string, number])[],
  look: (world: World, before: JobRecord, step: string) => void,
) {
  const world = new World(toAHuman);
  for (const [step, n] of steps) {
    const before = world.record;
    STEPS[step]?.(world, n);
    look(world, before, step);
  }
  return world;
}

function whatever(look: (world: World, before: JobRecord, step: string) => void): void {
  fc.assert(
    fc.property(fc.boolean(), anySteps, (toAHuman, steps) => void after(toAHuman, steps, look)),
    { numRuns: 2_000 },
  );
}

describe("whatever happens to a job, in whatever order", () => {
  it("there is one answer at most, the first", () => {
    whatever((world) => expect(world.answers.length).toBeLessThanOrEqual(1));
  });

  it("what is settled stays so, but that a human may bring a dead one back", () => {
    whatever(({ record }, before, step) => {
      if (!isSettled(before) || record.state === before.state) return;
      expect(before.state).toBe("dead");
      expect(["aHumanAnswers", "aHumanSendsItBack", "aHumanEditsIt"]).toContain(step);
    });
  });

  it("attempts never exceed the limit, and version, dispatch and run only grow", () => {
    whatever(({ record }, before) => {
      expect(record.runs.attempts).toBeLessThanOrEqual(settings.attempts);
      expect(record.version).toBeGreaterThanOrEqual(before.version);
      expect(record.delivery.dispatch).toBeGreaterThanOrEqual(before.delivery.dispatch);
      expect(record.runs.run).toBeGreaterThanOrEqual(before.runs.run);
    });
  });

  it("no run begins while another has the job, nor for a delivery that is not the newest", () => {
    whatever(({ record }, before, step) => {
      if (record.runs.run === before.runs.run || step === "aHumanAnswers") return;
      expect(["stored", "queued"]).toContain(before.state);
    });
  });

  it("what is erased stays erased, and nothing runs of it", () => {
    whatever(({ record }, before) => {
      if (!before.erased) return;
      expect(record.erased).toBe(true);
      expect(record.state).toBe(before.state);
      expect(record.delivery.wakeAtMs).toBeNull();
    });
  });

  it("a job that is not settled is never forgotten: the alarm comes back to it within ten minutes, or a human is waited for", () => {
    whatever(({ record, now }) => {
      if (isSettled(record)) return;
      const dueMs = record.delivery.wakeAtMs ?? record.runs.leaseUntilMs ?? record.human?.remindAtMs;
      expect(dueMs).not.toBeNull();
      expect(nextDueMs(record)).toBeLessThanOrEqual(now + 10 * 60_000);
    });
  });

  it("its end is told to the caller's own server, once for each end", () => {
    whatever(({ record }, before) => {
      if (!isSettled(record) || isSettled(before)) return;
      if (record.gone) return;
      expect(record.callback).toMatchObject({ state: "waiting", attempts: 0, messageId: expect.any(String) });
    });
  });
});

describe("a dispatch", () => {
  it("is delivered again under the same number only while nothing came of it", () => {
    const { record, now } = new World(false);
    const first = claim(record, "delivery", 1, now);
    expect(first.kind).toBe("claimed");
    expect(claim(dispatchAt(record, now, now), "delivery", 1, now)).toEqual({ kind: "not", why: "stale" });
  });
});
