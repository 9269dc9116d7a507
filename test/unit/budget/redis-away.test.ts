import { describe, expect, it } from "vitest";
import { lookEveryMs, type RedisAway } from "../../../src/budget/redis-away.ts";

function awayFor(looks: number, reads = true): RedisAway {
  return { sinceMs: 0, tries: 1, looks, reads, writes: true };
}

describe("a Redis that is away", () => {
  it("is looked at ever less often: up to a minute, or ten seconds while something is paused", () => {
    expect(lookEveryMs(null, false)).toBe(2_000);
    expect([0, 1, 2, 20].map((looks) => lookEveryMs(awayFor(looks), false))).toEqual([2_000, 4_000, 8_000, 60_000]);
    expect([0, 1, 20].map((looks) => lookEveryMs(awayFor(looks), true))).toEqual([2_000, 4_000, 10_000]);
    // It answers readings and refuses writes: the flags are still seen within the time.
    expect(lookEveryMs(awayFor(20, false), true)).toBe(2_000);
  });
});
