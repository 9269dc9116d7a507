/** A route that is near its own rate limit: one isolate reads it, all of them hear of it, and it passes by itself. */
import { beforeEach, describe, expect, it } from "vitest";
import { createBreakers } from "../../../src/breaker/isolate-breakers.ts";
import { hot, TestIsolate, TestSwitchboard } from "./isolate.ts";
import { FakeClock, routeOf } from "./support.ts";

const warm = routeOf("warm/b/one", "b");
let clock: FakeClock;
let board: TestSwitchboard;
let left: number | null;
let nothingLeft: boolean;
let looked: number;

beforeEach(() => {
  clock = new FakeClock();
  board = new TestSwitchboard(clock, [hot, warm]);
  left = null;
  nothingLeft = false;
  looked = 0;
});

function breakersOf(isolate: TestIsolate) {
  return createBreakers({
    state: isolate.state,
    switchboard: () => board,
    afterReply: (work) => void isolate.afterReply.push(work),
    clock: isolate.clock,
    random: () => 0.5,
    routing: board.routing,
    limitReached: () => nothingLeft,
    nearLimitMs: () => {
      looked += 1;
      return left;
    },
  });
}

describe("a route near its limit", () => {
  it("is known at once where it was read, and everywhere with the next snapshot", async () => {
    const [reader, other] = [new TestIsolate(board), new TestIsolate(board, 9, 5_000)];
    left = 30_000;
    breakersOf(reader).noteHeaders(hot, new Headers());

    expect(breakersOf(reader).nearLimit(hot)).toBe(true);
    expect(breakersOf(other).nearLimit(hot)).toBe(false);
    await clock.advance(200);
    void breakersOf(other).ready();
    await clock.advance(200);

    expect(board.reports[0]).toMatchObject({ runs: [], near: [{ route: hot.id }] });
    expect(breakersOf(other).nearLimit(hot)).toBe(true);
    expect(breakersOf(other).nearLimit(warm)).toBe(false);
  });

  it("of which nothing is left is known as such everywhere, also where it was only near before", async () => {
    const [reader, other] = [new TestIsolate(board), new TestIsolate(board)];
    left = 30_000;
    breakersOf(reader).noteHeaders(hot, new Headers());
    await clock.advance(200);
    nothingLeft = true;
    breakersOf(reader).noteHeaders(hot, new Headers());
    expect(breakersOf(reader).limitReached(hot)).toBe(true);
    await clock.advance(200);
    void breakersOf(other).ready();
    await clock.advance(200);
    expect(breakersOf(other).limitReached(hot)).toBe(true);
    expect(breakersOf(other).limitReached(warm)).toBe(false);

    await clock.advance(30_000);
    expect(breakersOf(reader).limitReached(hot)).toBe(false);
    expect(breakersOf(other).limitReached(hot)).toBe(false);
  });

  it("is far again when its time is over, or as soon as its headers say so", async () => {
    const [reader, other] = [new TestIsolate(board), new TestIsolate(board)];
    left = 30_000;
    breakersOf(reader).noteHeaders(hot, new Headers());
    await clock.advance(200);
    void breakersOf(other).ready();
    await clock.advance(29_000);
    expect(breakersOf(other).nearLimit(hot)).toBe(true);
    await clock.advance(1_000);
    expect(breakersOf(other).nearLimit(hot)).toBe(false);

    left = 30_000;
    breakersOf(other).noteHeaders(warm, new Headers());
    left = null;
    breakersOf(other).noteHeaders(warm, new Headers());
    expect(breakersOf(other).nearLimit(warm)).toBe(false);
  });

  it("has its headers looked at once a second while far, and each time while near", () => {
    const breakers = breakersOf(new TestIsolate(board));
    for (let call = 0; call < 50; call++) breakers.noteHeaders(hot, new Headers());
    expect(looked).toBe(1);

    left = 30_000;
    breakers.noteHeaders(warm, new Headers());
    for (let call = 0; call < 5; call++) breakers.noteHeaders(warm, new Headers());
    expect(looked).toBe(7);
  });

  it("for less than it takes to tell is nobody else's business", async () => {
    const breakers = breakersOf(new TestIsolate(board));
    left = 1_000;
    breakers.noteHeaders(hot, new Headers());
    await clock.advance(500);

    expect(breakers.nearLimit(hot)).toBe(true);
    expect(board.reports).toEqual([]);
  });

  it("makes one change of what many isolates read at about the same time", async () => {
    left = 30_000;
    const versions: unknown[] = [];
    for (const isolate of [1, 2, 3].map((seed) => new TestIsolate(board, seed))) {
      breakersOf(isolate).noteHeaders(hot, new Headers());
      await clock.advance(150);
      versions.push(isolate.state.known?.version);
    }

    expect(board.reports).toHaveLength(3);
    expect(new Set(versions).size).toBe(1);
  });
});
