import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { checksOf } from "../../../../cli/lisbon-test/checks.ts";
import type { Row } from "../../../../cli/lisbon-test/row.ts";
import { outcomeOf } from "../../../../cli/lisbon-test/table.ts";
import { until } from "../../../../cli/lisbon-test/until.ts";
import { fail, ok } from "../../../../src/lib/result.ts";

function table() {
  const rows: Row[] = [];
  const graceMs = 10;
  return { rows, checks: checksOf("1", (row) => rows.push(row), graceMs) };
}

describe("a check", () => {
  it("is ok with the time that it took, and hands on what it found", async () => {
    const { rows, checks } = table();

    const found = await checks.check({
      what: "it answers",
      limitMs: 1_000,
      run: async () => ok({ found: 42, saw: "202" }),
    });

    expect(found).toBe(42);
    expect(rows).toMatchObject([{ step: "1", what: "it answers: 202", verdict: "ok", limitMs: 1_000 }]);
  });

  it("is a miss where it was right but too late, and the test fails by it", async () => {
    const { rows, checks } = table();

    const found = await checks.check({ what: "it answers", limitMs: 10, run: async () => ok({ found: 42, ms: 11 }) });

    expect(found).toBe(42);
    expect(rows).toMatchObject([{ verdict: "miss", ms: 11, limitMs: 10, why: "too late" }]);
    expect(outcomeOf(rows, 0).exitCode).toBe(1);
  });

  it("is a miss where something else was found", async () => {
    const { rows, checks } = table();

    expect(await checks.check({ what: "it answers", limitMs: 10, run: async () => fail("status 500") })).toBeNull();
    expect(rows).toMatchObject([{ verdict: "miss", why: "status 500" }]);
  });

  it("is a miss, with its cause, where it throws", async () => {
    const { rows, checks } = table();
    const cause = new Error("connect ECONNREFUSED");

    await checks.check({
      what: "it answers",
      limitMs: 10,
      run: () => Promise.reject(new Error("fetch failed", { cause })),
    });

    expect(rows).toMatchObject([{ verdict: "miss", why: "fetch failed (connect ECONNREFUSED)" }]);
  });

  it("does not wait for ever for what heeds no signal", async () => {
    const { rows, checks } = table();

    await checks.check({ what: "it answers", limitMs: 1, run: () => new Promise(() => undefined) });

    expect(rows).toMatchObject([{ verdict: "miss", why: "it did not happen in time" }]);
  });

  it("gives what heeds its signal a moment to say what it saw", async () => {
    const { rows, checks } = table();

    await checks.check({
      what: "it answers",
      limitMs: 1,

      run: async (signal) => {
        await until(() => null, signal, 1).catch(() => sleep(20));
        return fail("only Slack");
      },
    });

    expect(rows).toMatchObject([{ verdict: "miss", why: "only Slack" }]);
  });
});
