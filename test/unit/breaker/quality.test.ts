import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noExclusion } from "../../../src/breaker/exclusion.ts";
import { type Breaker, closedRoute, noteFailure, noteSuccesses, seenFailure } from "../../../src/breaker/machine.ts";
import {
  isBehind,
  noQuality,
  type QualityRecord,
  sawAnswers,
  sawBadAnswer,
  wasRated,
} from "../../../src/breaker/quality.ts";
import { failureOf, limits } from "./support.ts";

const T = 1_763_000_000_000;
const OPEN_MS = limits.sameErrorOpenMs;
const at = (ms: number) => ({ startedAtMs: ms, endedAtMs: ms });

function bad(times: number, before: QualityRecord = noQuality, now = T): QualityRecord {
  let record = before;
  for (let place = 0; place < times; place++) record = sawBadAnswer(record, at(now), now, limits);
  return record;
}

function rated(who: readonly string[], before: QualityRecord = noQuality, isBad = true, now = T): QualityRecord {
  return who.reduce((record, by) => wasRated(record, { by, bad: isBad, atMs: now }, now, limits), before);
}

function people(count: number): readonly string[] {
  return Array.from({ length: count }, (_none, place) => `p${place}`);
}

describe("bad answers", () => {
  it("put the route behind the others at the fifth of the last 20 outcomes, for ten minutes", () => {
    expect(isBehind(bad(4), T)).toBe(false);
    expect(isBehind(bad(1, sawAnswers(bad(4), 15)), T)).toBe(true);
    expect(isBehind(bad(1, sawAnswers(bad(4), 16)), T)).toBe(false);
    expect(isBehind(bad(5), T + OPEN_MS - 1)).toBe(true);
    expect(isBehind(bad(5), T + OPEN_MS)).toBe(false);
  });

  it("of before a fall do not make it fall again, nor do those that come too late", () => {
    const fallen = bad(5);

    expect(bad(10, fallen, T + 1)).toBe(fallen);
    expect(isBehind(bad(4, fallen, T + OPEN_MS), T + OPEN_MS)).toBe(false);
    expect(sawBadAnswer(noQuality, at(T - OPEN_MS - 1), T, limits)).toBe(noQuality);
  });

  it("leave nothing behind once 20 others have come, and a good route is the same object all the time", () => {
    expect(sawAnswers(bad(3), 20)).toEqual(noQuality);
    expect(sawAnswers(noQuality, 5)).toBe(noQuality);
  });

  it("are no outage: they end a run of failures, and open nothing", () => {
    let breaker: Breaker = { route: closedRoute, account: noExclusion };
    const note = (kind: "server_error" | "low_quality", ms: number): void => {
      breaker = noteFailure(breaker, seenFailure(failureOf(kind), "a", ms, ms, "one"), ms, limits);
    };
    for (let place = 0; place < 4; place++) note("server_error", T + place);
    for (let place = 10; place < 30; place++) note("low_quality", T + place);
    for (let place = 30; place < 34; place++) note("server_error", T + place);

    expect(breaker.route.circuit.phase).toBe("closed");
    expect(breaker.route.exclusion.out).toBeNull();
    expect(isBehind(breaker.route.quality, T + 34)).toBe(true);
    expect(noteSuccesses(breaker, { count: 3, beganMs: T + 40 }).route.quality).toBe(breaker.route.quality);
  });
});

describe("ratings", () => {
  it("of ten people weigh as much as five bad answers, and add up with them", () => {
    expect(isBehind(rated(people(9)), T)).toBe(false);
    expect(isBehind(rated(people(10)), T)).toBe(true);
    expect(isBehind(bad(3, rated(people(4))), T)).toBe(true);
  });

  it("of one person count once, however many they are, and the latest counts", () => {
    expect(isBehind(rated(Array.from({ length: 500 }, () => "p0")), T)).toBe(false);
    const changed = rated(["p0"], rated(people(9)), false);
    expect(isBehind(rated(["q1", "q2"], changed), T)).toBe(true);
    expect(isBehind(rated(["q1"], changed), T)).toBe(false);
  });

  it("are the last 20, and count for an hour", () => {
    const good = Array.from({ length: 20 }, (_none, place) => `g${place}`);
    expect(isBehind(rated(["q1"], rated(good, rated(people(9)), false)), T)).toBe(false);
    expect(isBehind(rated(["q1"], rated(people(9)), true, T + 3_600_000), T + 3_600_000)).toBe(false);
  });

  it("and answers in whatever order never take more than a small row, nor put anybody behind for longer", () => {
    const step = fc.oneof(
      fc.constant("bad" as const),
      fc.nat(30).map((count) => ({ good: count })),
      fc.record({ by: fc.constantFrom(...people(30)), bad: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.nat(60_000)), { maxLength: 100 }), (steps) => {
        let record = noQuality;
        let now = T;
        for (const [one, waitMs] of steps) {
          now += waitMs;
          if (one === "bad") record = sawBadAnswer(record, at(now), now, limits);
          else if ("good" in one) record = sawAnswers(record, one.good);
          else record = wasRated(record, { ...one, atMs: now }, now, limits);
          expect(record.recent.length).toBeLessThanOrEqual(20);
          expect(new Set(record.ratings.map(({ by }) => by)).size).toBe(record.ratings.length);
          expect(record.ratings.length).toBeLessThanOrEqual(20);
          expect(record.behindUntilMs).toBeLessThanOrEqual(now + OPEN_MS);
        }
      }),
      { numRuns: 50 },
    );
  });
});
