/** Money: a budget that many isolates share is never spent by a cent more, and not given away in vain either. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MICROS } from "../../../src/domain/price.ts";
import { LedgerTables } from "../../../src/ledger/ledger-tables.ts";
import { monthOf } from "../../../src/ledger/periods.ts";
import { callOf, MORNING_MS, reported, startFleet, type Fleet } from "../../support/ledger-fleet.ts";
import { at, leftOf, reserve, TEN_DOLLARS } from "../../support/ledger-money.ts";

describe("fifty calls at once on twenty isolates, with money for ten", () => {
  it("are ten that go out and forty that are refused, and the ten are all that is spent", async () => {
    const fleet = startFleet(20, TEN_DOLLARS);
    const reserved = await Promise.all(Array.from({ length: 50 }, (_, call) => reserve(fleet, call)));
    const out = reserved.filter((one) => one !== null);
    expect(out).toHaveLength(10);

    for (const one of out) one.settle(reported(1));
    await fleet.clock.advance(30_000);
    expect(leftOf(fleet)).toBe(0);
    expect(fleet.tables.slices()).toEqual([]);
  });

  it("are refused with the budget and with when it begins anew", async () => {
    const fleet = startFleet(1, TEN_DOLLARS);
    const { ledger } = at(fleet, 0);
    const refused = await fleet.clock.run(
      Promise.resolve(ledger.reserve(callOf(fleet, { maxTokens: 11 }), fleet.route)),
    );

    expect(refused).toMatchObject({
      ok: false,
      failure: {
        kind: "over_budget",
        budget: { scope: "tenant:acme", resetsInMs: monthOf(MORNING_MS).endsAtMs - MORNING_MS },
      },
    });
  });

  it("of which ten isolates are killed before they could settle never cost a cent over, and people are shown what is missing", async () => {
    const fleet = startFleet(20, TEN_DOLLARS);
    let out = 0;
    for (let call = 0; call < 50; call++) {
      const reserved = await reserve(fleet, call);
      if (reserved === null) continue;
      out += 1;
      // Answered, and killed before it could say so.
      if (call % 2 === 0) at(fleet, call).alive = false;
      else reserved.settle(reported(1));
      await fleet.clock.advance(100);
    }
    await fleet.clock.advance(120_000);
    // What a killed isolate had in supply is nobody's.
    expect(out).toBeLessThanOrEqual(10);
    expect(out).toBeGreaterThanOrEqual(8);
    const left = leftOf(fleet);
    expect(10 - left).toBeGreaterThanOrEqual(out);

    const unaccounted = fleet.tables.slices();
    expect(unaccounted.length).toBeGreaterThan(0);
    await fleet.clock.advance(86_400_000);
    expect(leftOf(fleet)).toBe(left);
    const [slice] = unaccounted;
    expect(fleet.book.settleUnaccounted(slice?.id ?? "", 0)).toBe(true);
    expect(leftOf(fleet)).toBeGreaterThan(left);
  });
});

describe("a budget", () => {
  it("holds what an earlier version of the ledger has given, which kept no sum of it", async () => {
    const fleet = startFleet(1, TEN_DOLLARS);
    expect(await reserve(fleet, 0, { maxTokens: 6 })).not.toBeNull();
    const before = leftOf(fleet);
    fleet.sql.exec("DROP TABLE given");

    const deployed = new LedgerTables(fleet.sql);
    expect(leftOf({ ...fleet, tables: deployed })).toBe(before);
    // Rolled back and forward again: settled by the one that knows of no sum.
    for (const { id } of deployed.slices()) fleet.sql.exec("DELETE FROM slices WHERE id = ?", id);
    expect(leftOf({ ...fleet, tables: new LedgerTables(fleet.sql) })).toBe(10);
  });

  it("is never overspent, whatever is lost on the way, whoever is killed, and whenever that is", async () => {
    const step = fc.record({
      isolate: fc.nat(4),
      maxTokens: fc.integer({ min: 1, max: 4 }),
      uses: fc.double({ min: 0, max: 1, noNaN: true }),
      ends: fc.constantFrom("settles", "settles", "settles", "fails", "is killed", "goes on"),
      passes: fc.constantFrom(0, 50, 900, 3_000, 12_000, 70_000),
      fate: fc.constantFrom("arrives", "arrives", "arrives", "lost", "unanswered" as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const fleet = startFleet(5, TEN_DOLLARS);
        let spent = 0;
        for (const { isolate, maxTokens, uses, ends, passes, fate } of steps) {
          const of = at(fleet, isolate);
          if (!of.alive) continue;
          fleet.fate = () => fate;
          const reserved = await reserve(fleet, isolate, { maxTokens });
          if (reserved !== null) {
            const used = Math.floor(uses * maxTokens);
            // What fails without a word may have been billed whole.
            spent += ends === "settles" ? used : ends === "fails" ? maxTokens : ends === "goes on" ? maxTokens : used;
            if (ends === "settles") reserved.settle(reported(used));
            if (ends === "fails") reserved.settleFailed({ kind: "timed_out", detail: "" });
            if (ends === "is killed") of.alive = false;
          }
          expect(spent).toBeLessThanOrEqual(10);
          await fleet.clock.advance(passes);
          expect(leftOf(fleet)).toBeGreaterThanOrEqual(0);
          expect(10 - leftOf(fleet)).toBeGreaterThanOrEqual(Math.min(spent, 10) - pending(fleet));
          expect(fleet.tables.budgets(0).map(({ givenMicros }) => givenMicros)).toEqual(givenBySlices(fleet));
        }
      }),
      { numRuns: 150 },
    );
  });

  it("is whole again but for what was used, once every isolate has fallen idle", async () => {
    const call = fc.record({ isolate: fc.nat(4), maxTokens: fc.integer({ min: 1, max: 3 }), passes: fc.nat(4_000) });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 30 }), async (calls) => {
        const fleet = startFleet(5, { tenants: { acme: { monthlyUsd: 1_000 } } });
        let used = 0;
        for (const { isolate, maxTokens, passes } of calls) {
          const reserved = await reserve(fleet, isolate, { maxTokens });
          expect(reserved).not.toBeNull();
          reserved?.settle(reported(1));
          used += 1;
          await fleet.clock.advance(passes);
        }
        await fleet.clock.advance(60_000);
        expect(leftOf(fleet, 1_000)).toBe(1_000 - used);
        expect(fleet.tables.slices()).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("with plenty left is asked for once in a while: nearly every call is covered by the isolate's own supply", async () => {
    const fleet = startFleet(2, { tenants: { acme: { monthlyUsd: 100_000 } } });
    for (let call = 0; call < 200; call++) {
      const reserved = await reserve(fleet, call % 2);
      reserved?.settle(reported(1));
      await fleet.clock.advance(100);
    }
    const asked = fleet.isolates.reduce((sum, isolate) => sum + isolate.asked, 0);
    expect(asked).toBeLessThan(20);
  });

  it("is asked for by every call where what is left is too little to be shared", async () => {
    const fleet = startFleet(20, TEN_DOLLARS);
    for (const { state } of fleet.isolates) {
      fleet.book.report({
        isolate: state.isolate ?? "",
        message: 0,
        held: [],
        awaited: [],
        slices: [],
        batch: null,
        wants: [],
      });
    }
    for (let call = 0; call < 5; call++) (await reserve(fleet, 0))?.settle(reported(1));

    expect(at(fleet, 0).asked).toBe(5);
  });
});

describe("a tenant without a money budget", () => {
  it("never asks, and nothing is put aside for it", async () => {
    const fleet = startFleet(1, { tenants: { other: { monthlyUsd: 1 } } });
    const put = at(fleet, 0).ledger.reserve(callOf(fleet, { maxTokens: 1_000_000 }), fleet.route);

    expect(put).not.toBeInstanceOf(Promise);
    expect(put).toMatchObject({ ok: true, value: { maxTokens: null } });
    expect(at(fleet, 0).asked).toBe(0);
  });
});

describe("an attempt", () => {
  it("is settled once, whatever else is said of it", async () => {
    const fleet = startFleet(1, TEN_DOLLARS);
    const reserved = await reserve(fleet, 0, { maxTokens: 5 });
    reserved?.settle(reported(2));
    reserved?.settle(reported(5));
    reserved?.settleFailed({ kind: "timed_out", detail: "" });
    await fleet.clock.advance(30_000);

    expect(leftOf(fleet)).toBe(8);
  });

  it.each([
    ["that the provider refused costs nothing", { kind: "server_error", detail: "", status: 500 } as const, false, 10],
    ["that reached nobody costs nothing", { kind: "unreachable", detail: "" } as const, false, 10],
    ["that was not streamed and fell silent may be billed whole", { kind: "timed_out", detail: "" } as const, false, 5],
    ["that was streamed and had not begun costs its prompt", { kind: "timed_out", detail: "" } as const, true, 10],
  ])("%s", async (_what, failure, stream, left) => {
    const fleet = startFleet(1, TEN_DOLLARS);
    (await reserve(fleet, 0, { maxTokens: 5, stream }))?.settleFailed(failure);
    await fleet.clock.advance(30_000);

    expect(leftOf(fleet)).toBe(left);
  });
});

/** Put aside or used by isolates that live, and not told yet. */
function pending({ isolates }: Fleet): number {
  let micros = 0;
  for (const { state } of isolates) {
    for (const held of state.slices.values())
      for (const slice of held) micros += slice.usedMicros + slice.reservedMicros;
  }
  return micros / MICROS;
}

/** Of each budget: what its slices come to, one by one. */
function givenBySlices({ tables }: Fleet): readonly number[] {
  return tables.budgets(0).map(({ scope, period }) => {
    const slices = tables.slices().filter((slice) => slice.scope === scope && slice.period === period);
    return slices.reduce((sum, { micros, usedMicros }) => sum + Math.max(micros, usedMicros), 0);
  });
}
