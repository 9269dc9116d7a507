import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TROUBLES } from "../../../bench/fleet/faults.ts";
import { simulate, type Outcome, type Scenario } from "../../../bench/fleet/simulate.ts";
import { tablesOf } from "../../../bench/fleet/table.ts";

const folder = new URL("../../../bench/fleet/", import.meta.url);

function fleet(trouble: Scenario["trouble"], more: Partial<Scenario> = {}): Promise<Outcome> {
  return simulate({ seed: 7, isolates: 20, callsPerSecond: 40, trouble, ...more });
}

/** A call uses a snapshot of up to 3 s without waiting; a report and its answer are on their way for up to 170 ms each. */
const SNAPSHOT_AGE_MS = 3_000 + 2 * 170;
/** Errors come within 70 ms, and the next report goes at once or 100 ms after the last. */
const ERROR_AND_REPORT_MS = 70 + 100;

describe("the fleet in virtual time", () => {
  it("takes the same course for the same seed, and another for another", async () => {
    const [once, again, other] = [await fleet("hard"), await fleet("hard"), await fleet("hard", { seed: 8 })];

    expect(again).toEqual(once);
    expect(tablesOf([again])).toBe(tablesOf([once]));
    expect(other.calls).not.toBe(once.calls);
  });

  it.each([
    { name: "two calls a second in each isolate", how: { isolates: 20, callsPerSecond: 40 } },
    { name: "a call every five seconds in each isolate", how: { isolates: 60, callsPerSecond: 12 } },
  ])("leaves a dead route within the age of a snapshot after it was opened: $name", async ({ how }) => {
    const { openedAfterMs, left, extraAttempts } = await fleet("hard", how);

    // Five failures of the whole fleet, and their way to the switchboard.
    expect(openedAfterMs).toBeLessThan(5_000 * (5 / how.callsPerSecond) + ERROR_AND_REPORT_MS + 170);
    expect(left?.near?.last).toBeLessThan((openedAfterMs ?? 0) + SNAPSHOT_AGE_MS);
    expect(extraAttempts).toBeLessThan(how.isolates * 5);
  });

  it("has the route back soon after the probe, which goes 30 s after the opening", async () => {
    const { back, openedAfterMs } = await fleet("hard");
    // It was dead for 20 s; two probes take 300 ms each.
    const probedMs = (openedAfterMs ?? 0) + 30_000 - 20_000 + 600;

    expect(back?.near?.last).toBeLessThan(probedMs + SNAPSHOT_AGE_MS);
  });

  it("never opens a route that fails 2 % of its calls", async () => {
    const { openedAfterMs, extraAttempts } = await fleet("two-percent");

    expect(extraAttempts).toBeGreaterThan(5);
    expect(openedAfterMs).toBeNull();
  });

  it("obeys a pause that was set in Redis by hand within 5 s, near and far", async () => {
    const { paused, parked } = await fleet("pause");

    expect(parked).toBeGreaterThan(100);
    expect(paused?.near?.last).toBeLessThan(5_000);
    expect(paused?.far?.last).toBeLessThan(5_000);
  });

  it.each([7, 8, 9])("spends a budget nearly up and never over it: seed %i", async (seed) => {
    const { budget } = await fleet("money", { seed });

    expect(budget?.billedMicros).toBeGreaterThan(0.9 * (budget?.limitMicros ?? Infinity));
    expect(budget?.overspentMicros).toBe(0);
  });

  it("keeps the load on the switchboard to one request a second of each isolate, whatever its calls", async () => {
    const { calm } = await fleet("two-percent", { isolates: 3, callsPerSecond: 60 });

    expect(calm.switchboard.peak).toBeLessThanOrEqual(2 * 3);
    expect(calm.switchboard.mean).toBeLessThanOrEqual(3);
  });
});

describe("bench/fleet", () => {
  it("runs the product's own breaker, report, plan, pause and ledger", () => {
    const imported = readdirSync(folder)
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => [...readFileSync(new URL(file, folder), "utf8").matchAll(/from "\.\.\/\.\.\/src\/([^"]+)"/g)])
      .map(([, path]) => path);

    expect(imported).toEqual(
      expect.arrayContaining([
        "breaker/board.ts",
        "breaker/isolate-breakers.ts",
        "breaker/send-probes.ts",
        "breaker/switchboard-tables.ts",
        "budget/pause-keeper.ts",
        "chat/plan-candidates.ts",
        "chat/try-in-turn.ts",
        "ledger/isolate-ledger.ts",
        "ledger/ledger-book.ts",
        "ledger/ledger-tables.ts",
      ]),
    );
  });

  it("has a row in its tables for each trouble", async () => {
    const outcomes = await Promise.all(TROUBLES.map((trouble) => fleet(trouble, { isolates: 2, callsPerSecond: 2 })));
    const text = tablesOf(outcomes);

    expect(text.split("\n").filter((line) => line.startsWith("| 2 "))).toHaveLength(1 + 1 + 4 + 3 + 1 + 1);
  });
});
