import { describe, expect, it } from "vitest";
import { CALLERS } from "../../../bench/soak/calls.ts";
import { verdictOf, type Sample, type Soak } from "../../../bench/soak/verdict.ts";

const idle = { all: 40, sockets: 8, timers: 0, objects: 15 };
const MINUTES_30 = 30 * 60_000;

function soak(residentKiB: (share: number) => number, more: Partial<Soak> = {}): Soak {
  const samples = Array.from({ length: 60 }, (_, place): Sample => {
    return { atMs: (place / 60) * MINUTES_30, residentKiB: residentKiB(place / 60), files: idle };
  });
  return { lastedMs: MINUTES_30, samples, idleBefore: idle, idleAfter: idle, times: [], ...more };
}

const flat = (): number => 120_000;

describe("the verdict over a soak", () => {
  it("takes memory that rises at first and then wavers for flat", () => {
    const verdict = verdictOf(
      soak((share) => 100_000 + 40_000 * Math.min(1, share * 3) + 3_000 * Math.sin(share * 90)),
    );

    expect(verdict.memoryGrows).toBe(false);
  });

  it("finds memory that grows by 1 MiB a minute", () => {
    const verdict = verdictOf(soak((share) => 120_000 + share * 30 * 1024));

    expect(Math.round(verdict.grownKiB / 1024)).toBe(15);
    expect(verdict.memoryGrows).toBe(true);
  });

  it("finds files and timers that nobody closed", () => {
    expect(verdictOf(soak(flat)).filesLeak).toBe(false);
    expect(verdictOf(soak(flat, { idleAfter: { ...idle, all: 60 } })).filesLeak).toBe(true);
    expect(verdictOf(soak(flat, { idleAfter: { ...idle, timers: 1 } })).filesLeak).toBe(true);
  });

  it("compares the slowest hundredth of the first fifth with that of the last", () => {
    const times = Array.from({ length: 1_000 }, (_, place) => {
      return { atMs: (place / 1_000) * MINUTES_30, ms: place < 500 ? 20 : 90 };
    });

    expect(verdictOf(soak(() => 1, { times }))).toMatchObject({ firstP99Ms: 20, lastP99Ms: 90 });
  });
});

describe("the callers of the soak", () => {
  it("make up all calls", () => {
    expect(CALLERS.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  });
});
