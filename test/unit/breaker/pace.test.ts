import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FORGOTTEN_MS, noPace, type Pace, paced, slowUntilMs } from "../../../src/breaker/pace.ts";
import { seeded } from "./support.ts";

const FACTOR = 3;
const T = 1_763_000_000_000;

/** One outcome a second, so many, about this long. */
function after(pace: Pace, times: number, ms: number, { fromMs = T, streamed = false, spread = 0.3 } = {}): Pace {
  const random = seeded(times + ms);
  let now = pace;
  for (let place = 0; place < times; place++) {
    now = paced(now, [{ ms: ms * (1 + spread * (random() - 0.5)), streamed }], fromMs + place * 1_000, FACTOR);
  }
  return now;
}

const used = after(noPace, 60, 800);
const BEGUN = T + 60_000;
const slowed = after(used, 15, 5_000, { fromMs: BEGUN });
const SEEN = BEGUN + 14_000;

describe("a route", () => {
  it("is slow once its p95 is far over its norm, and says until when", () => {
    expect(slowUntilMs(used, BEGUN)).toBeNull();
    expect(slowUntilMs(slowed, SEEN)).toBe(SEEN + FORGOTTEN_MS);
  });

  it("needs two slow calls, for one alone may be anything", () => {
    const one = paced(used, [{ ms: 25_000, streamed: false }], BEGUN, FACTOR);
    const two = paced(one, [{ ms: 25_000, streamed: false }], BEGUN, FACTOR);

    expect(slowUntilMs(one, BEGUN)).toBeNull();
    expect(slowUntilMs(two, BEGUN)).not.toBeNull();
  });

  it("needs two of them where few calls have come, too", () => {
    const few = after(used, 11, 800, { fromMs: BEGUN + FORGOTTEN_MS });
    const now = BEGUN + FORGOTTEN_MS + 11_000;

    expect(slowUntilMs(paced(few, [{ ms: 25_000, streamed: false }], now, FACTOR), now)).toBeNull();
  });

  it("is not slow for less than a second more, however quick it used to be", () => {
    const quick = after(noPace, 60, 50);

    expect(slowUntilMs(after(quick, 20, 900, { fromMs: BEGUN }), SEEN)).toBeNull();
    expect(slowUntilMs(after(quick, 20, 1_500, { fromMs: BEGUN }), SEEN)).not.toBeNull();
  });

  it("gets its place back when it is as quick as before, or when nothing was heard of it for a minute", () => {
    expect(slowUntilMs(after(slowed, 20, 800, { fromMs: SEEN }), SEEN + 20_000)).toBeNull();
    expect(slowUntilMs(slowed, SEEN + FORGOTTEN_MS - 1)).not.toBeNull();
    expect(slowUntilMs(slowed, SEEN + FORGOTTEN_MS)).toBeNull();
    // What it was slow by is forgotten with it: the next outcome is the first.
    const next = after(slowed, 5, 5_000, { fromMs: SEEN + FORGOTTEN_MS });
    expect(slowUntilMs(next, SEEN + FORGOTTEN_MS + 5_000)).toBeNull();
    expect(
      slowUntilMs(after(next, 10, 5_000, { fromMs: SEEN + FORGOTTEN_MS + 5_000 }), SEEN + FORGOTTEN_MS + 15_000),
    ).not.toBeNull();
  });

  it("has its streams' first words measured apart from its whole answers", () => {
    const both = after(used, 60, 200, { streamed: true });
    // Whole answers of four seconds would be slow; first words of 200 ms are what they were.
    expect(slowUntilMs(after(both, 20, 200, { fromMs: BEGUN, streamed: true }), SEEN)).toBeNull();
    expect(slowUntilMs(after(both, 20, 800, { fromMs: BEGUN }), SEEN)).toBeNull();
    expect(slowUntilMs(after(both, 20, 4_000, { fromMs: BEGUN, streamed: true }), SEEN)).not.toBeNull();
  });

  it("that is slower for good has a new norm in the end", () => {
    let pace = used;
    for (let place = 0; place < 1_500; place++) {
      pace = paced(pace, [{ ms: 5_000, streamed: false }], BEGUN + place * 1_000, FACTOR);
    }
    expect(slowUntilMs(pace, BEGUN + 1_500_000)).toBeNull();
  });

  it("is never slow while it keeps within a third of itself, and its norm stays among what was seen", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 500, max: 1_400 }), { minLength: 30, maxLength: 200 }),
        fc.array(fc.nat(5_000), { minLength: 1, maxLength: 20 }),
        (times, gaps) => {
          let pace = noPace;
          let now = T;
          for (const [place, ms] of times.entries()) {
            now += gaps[place % gaps.length] ?? 0;
            pace = paced(pace, [{ ms, streamed: place % 3 === 0 }], now, FACTOR);
            expect(slowUntilMs(pace, now)).toBeNull();
          }
          for (const { normMs, recent } of [pace.streams, pace.whole]) {
            expect(recent.length).toBeLessThanOrEqual(20);
            if (normMs === null) continue;
            expect(normMs).toBeGreaterThanOrEqual(Math.min(...times));
            expect(normMs).toBeLessThanOrEqual(Math.max(...times));
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it("is the same after a row in SQLite", () => {
    expect(JSON.parse(JSON.stringify(slowed))).toEqual(slowed);
  });
});
