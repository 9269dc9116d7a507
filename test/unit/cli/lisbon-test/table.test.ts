import { describe, expect, it } from "vitest";
import type { Row } from "../../../../cli/lisbon-test/row.ts";
import { outcomeOf, rowText } from "../../../../cli/lisbon-test/table.ts";

const ok: Row = { step: "1", what: "Warm answers", verdict: "ok", ms: 120, limitMs: 30_000 };
const missed: Row = {
  step: "3",
  what: "new work is parked",
  verdict: "miss",
  ms: 6_000,
  limitMs: 5_000,
  why: "too late",
};
const notRun: Row = { step: "4", what: "the callback", verdict: "not_run", why: "it cannot reach this machine" };

describe("a row", () => {
  it("shows the time that was measured beside its limit", () => {
    expect(rowText(ok)).toMatch(/^1 +0\.12 s +30\.00 s +ok +Warm answers$/);
  });

  it("says MISS, and why", () => {
    expect(rowText(missed)).toMatch(/^3 +6\.00 s +5\.00 s +MISS +new work is parked: too late$/);
  });

  it("has no time where nothing was run, and is not called ok", () => {
    expect(rowText(notRun)).toMatch(/^4 +- +- +not run +the callback: it cannot reach this machine$/);
  });
});

describe("the outcome", () => {
  it("is passed, with exit code 0, where every row is ok", () => {
    expect(outcomeOf([ok, ok], 61_400)).toEqual({
      text: "The Lisbon test PASSED: 2 ok, 0 missed, 0 not run, in 61 s.",
      exitCode: 0,
    });
  });

  it("is failed, with exit code 1, where one row was missed", () => {
    expect(outcomeOf([ok, missed, notRun], 1_000)).toMatchObject({
      text: expect.stringContaining("FAILED: 1 ok, 1 missed, 1 not run"),
      exitCode: 1,
    });
  });

  it("is incomplete, with an exit code that is not 0, where something was not run", () => {
    expect(outcomeOf([ok, notRun], 1_000)).toMatchObject({ text: expect.stringContaining("INCOMPLETE"), exitCode: 2 });
  });

  it("is failed where nothing was run at all", () => {
    expect(outcomeOf([], 0).exitCode).toBe(1);
  });
});
