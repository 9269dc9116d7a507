import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  acknowledgeBatch,
  batchOf,
  countCall,
  emptyTally,
  isNothingCounted,
  SUBJECTS_PER_BATCH,
} from "../../../src/breaker/call-tally.ts";
import { merged, type Tally } from "../../../src/breaker/series.ts";
import type { CallLog } from "../../../src/domain/call-log.ts";

const LINE: CallLog = {
  event: "call",
  request_id: "r",
  model: "m",
  stream: false,
  status: 200,
  outcome: "answered",
  route: "b",
  tier: "warm",
  attempts: [
    { routeId: "a", result: "overloaded", ms: 30 },
    { routeId: "b", result: "answered", ms: 700 },
  ],
  ms: 740,
  first_words_ms: null,
  prompt_tokens: 5,
  completion_tokens: 20,
  usage: "reported",
  job: null,
  degraded: null,
};

function counted(...lines: Partial<CallLog>[]): Tally {
  const tally = emptyTally();
  for (const line of lines) countCall(tally, { ...LINE, ...line }, (routeId) => `account of ${routeId}`);
  return Object.fromEntries(tally.next);
}

describe("a call that has ended", () => {
  it("is counted with its tier, its wait, each attempt, its tokens, and what saved it", () => {
    expect(counted({})).toEqual({
      calls: { "out:answered:warm": 1, w: 740, "w:7": 1, "max:w": 740, saved: 1 },
      "route:a": { "f:overloaded": 30, "f:overloaded:2": 1, saved: 1 },
      "route:b": { a: 700, "a:7": 1, i: 5, "i:2": 1, o: 20, "o:3": 1 },
      "account:account of a": { saved: 1 },
    });
  });

  it.each([
    [{ outcome: "queued", route: null, tier: null, job: "job_1" }, "out:queued", "parked"],
    [{ outcome: "deadline_exceeded", route: null, tier: null }, "out:refused:deadline_exceeded", "missed"],
    [{ outcome: "stream_cut", stream: true }, "out:broken:stream_cut", null],
    [{ outcome: "answered_by_job", route: null, tier: null, job: "job_1", attempts: [] }, "out:job", null],
    [{ outcome: "answered_from_cache", route: null, tier: null }, "out:cached", "saved"],
    [{ job: "job_1" }, "run:answered:warm", null],
  ] as const)("%j is %s", (line, name, fate) => {
    const { calls, "route:a": route } = counted(line);
    expect(calls).toMatchObject({ [name]: 1 });
    for (const one of ["saved", "parked", "missed"]) {
      expect([calls?.[one], route?.[one]]).toEqual(one === fate ? [1, 1] : [undefined, undefined]);
    }
  });

  it("that met nothing but one route that answered was not saved from anything", () => {
    expect(counted({ attempts: [{ routeId: "b", result: "answered", ms: 1 }] }).calls).not.toHaveProperty("saved");
    const filtered = { routeId: "a", result: "skipped", why: "incapable:tools" } as const;
    expect(counted({ attempts: [filtered, { routeId: "b", result: "answered", ms: 1 }] }).calls).not.toHaveProperty(
      "saved",
    );
  });

  it("counts an account once, however many of its routes it met", () => {
    const tally = emptyTally();
    const attempts = ["a1", "a2"].map((routeId) => ({ routeId, result: "skipped", why: "account_out" }) as const);
    countCall(tally, { ...LINE, attempts: [...attempts, { routeId: "b", result: "answered", ms: 1 }] }, () => "one");
    expect(tally.next.get("account:one")).toEqual({ saved: 1 });
  });
});

describe("batches", () => {
  it("are the same until they are acknowledged, and what is counted meanwhile goes with the next one", () => {
    const tally = emptyTally();
    countCall(tally, LINE, () => null);
    const first = batchOf(tally);
    countCall(tally, LINE, () => null);
    expect(batchOf(tally)).toEqual(first);

    acknowledgeBatch(tally, first?.number ?? 0);
    const second = batchOf(tally);
    expect(second).toEqual({ number: 2, of: first?.of });
    acknowledgeBatch(tally, 1);
    expect(isNothingCounted(tally)).toBe(false);
    acknowledgeBatch(tally, 2);
    expect(isNothingCounted(tally)).toBe(true);
    expect(batchOf(tally)).toBeNull();
  });

  it("hold a bounded number of subjects, and together everything", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 400 }), (routes) => {
        const tally = emptyTally();
        for (const route of routes) {
          const attempts = [{ routeId: `r${route}`, result: "answered", ms: route } as const];
          countCall(tally, { ...LINE, route: `r${route}`, attempts }, () => null);
        }
        const all = Object.fromEntries(structuredClone(tally.next));
        let sum: Tally = {};
        for (let batch = batchOf(tally); batch !== null; batch = batchOf(tally)) {
          expect(Object.keys(batch.of).length).toBeLessThanOrEqual(SUBJECTS_PER_BATCH);
          sum = merged(sum, batch.of);
          acknowledgeBatch(tally, batch.number);
        }
        expect(sum).toEqual(all);
      }),
      { numRuns: 30 },
    );
  });
});
