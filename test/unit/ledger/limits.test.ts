/** Requests and tokens: counted by everybody for everybody, refused as soon as it is known, and waited for by nobody. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LINES_PER_REPORT } from "../../../src/ledger/ledger-port.ts";
import { dayOf, minuteOf, monthOf } from "../../../src/ledger/periods.ts";
import { spentBy, type SpendQuestion } from "../../../src/ledger/spend-tables.ts";
import { callOf, MORNING_MS, reported, startFleet, type Fleet, type FleetCall } from "../../support/ledger-fleet.ts";

function admit(fleet: Fleet, isolate: number, call: FleetCall = {}) {
  return fleet.isolates[isolate]?.ledger.admit(callOf(fleet, call));
}

function use(fleet: Fleet, isolate: number, tokens: number, call: FleetCall = {}): boolean {
  const put = fleet.isolates[isolate]?.ledger.reserve(callOf(fleet, { ...call, maxTokens: tokens }), fleet.route);
  if (put === undefined || put instanceof Promise) throw new Error("nobody waits for limits of tokens");
  if (put.ok) put.value.settle(reported(tokens, 0));
  return put.ok;
}

describe("requests per minute", () => {
  it("are refused by one isolate at once, with which limit and when the minute ends", () => {
    const fleet = startFleet(1, { tenants: { acme: { requestsPerMinute: 10 } } });
    const refusals = Array.from({ length: 50 }, () => admit(fleet, 0));

    expect(refusals.filter((refusal) => refusal === null)).toHaveLength(10);
    expect(refusals.at(-1)).toEqual({
      kind: "limit_reached",
      limit: "requestsPerMinute",
      scope: "tenant:acme",
      retryAfterMs: minuteOf(MORNING_MS).endsAtMs - MORNING_MS,
    });
  });

  it("are known to the others within a second", async () => {
    const fleet = startFleet(3, { tenants: { acme: { requestsPerMinute: 10 } } });
    for (let call = 0; call < 10; call++) admit(fleet, 0);
    await fleet.clock.advance(1_000);
    // The first call of an isolate tells it; what it asks itself then is refused.
    admit(fleet, 1);
    await fleet.clock.advance(1_000);

    expect(admit(fleet, 1)).toMatchObject({ kind: "limit_reached" });
  });

  it("begin anew with the next minute", async () => {
    const fleet = startFleet(1, { tenants: { acme: { requestsPerMinute: 1 } } });
    expect(admit(fleet, 0)).toBeNull();
    expect(admit(fleet, 0)).not.toBeNull();
    await fleet.clock.advance(60_000);

    expect(admit(fleet, 0)).toBeNull();
  });

  it("are counted for each user by itself, for each token, and for tenants that the map does not list", () => {
    const tenants = { "*": { requestsPerMinute: 4, perUser: { requestsPerMinute: 2 } } };
    const fleet = startFleet(1, { tenants });
    const token = { id: "t", expiresAtMs: MORNING_MS + 600_000, maxUsd: null, requestsPerMinute: 1 };
    const scopes = [
      admit(fleet, 0, { user: "u1", token }),
      admit(fleet, 0, { user: "u1", token }),
      admit(fleet, 0, { user: "u1" }),
      admit(fleet, 0, { user: "u1" }),
      admit(fleet, 0, { user: "u2" }),
      admit(fleet, 0, { user: "u3" }),
      admit(fleet, 0, { user: "u4" }),
    ].map((refusal) => (refusal?.kind === "limit_reached" ? refusal.scope : null));

    expect(scopes).toEqual([null, "token:t", null, "user:acme/u1", null, null, "tenant:acme"]);
  });
});

describe("tokens", () => {
  it("of a day are counted while a call runs, and put right when it ends", () => {
    const fleet = startFleet(1, { tenants: { acme: { dailyTokens: 1_000 } } });
    const call = callOf(fleet, { maxTokens: 900 });
    const put = fleet.isolates[0]?.ledger.reserve(call, fleet.route);
    expect(admit(fleet, 0)).toBeNull();
    use(fleet, 0, 200);
    expect(admit(fleet, 0)).toMatchObject({ kind: "limit_reached", limit: "dailyTokens" });

    if (put !== undefined && !(put instanceof Promise) && put.ok) put.value.settle(reported(1, 0));
    expect(admit(fleet, 0)).toBeNull();
  });

  it("of a day and of a month are refused with the time of their end, at every isolate", async () => {
    const fleet = startFleet(2, { tenants: { acme: { monthlyTokens: 100 }, other: { dailyTokens: 50 } } });
    use(fleet, 0, 100);
    use(fleet, 0, 50, { tenant: "other" });
    await fleet.clock.advance(5_000);
    for (const tenant of ["acme", "other"]) use(fleet, 1, 1, { tenant });
    await fleet.clock.advance(5_000);
    const now = MORNING_MS + 10_000;

    expect(admit(fleet, 1)).toMatchObject({ limit: "monthlyTokens", retryAfterMs: monthOf(now).endsAtMs - now });
    expect(admit(fleet, 1, { tenant: "other" })).toMatchObject({
      limit: "dailyTokens",
      retryAfterMs: dayOf(now).endsAtMs - now,
    });
  });

  it("that others had put aside and did not use let nobody wait for the month's end", async () => {
    const fleet = startFleet(2, { tenants: { acme: { monthlyTokens: 100_000 } } });
    const call = callOf(fleet, { maxTokens: 4_096 });
    const calls = Array.from({ length: 30 }, () => {
      fleet.isolates[0]?.ledger.admit(call);
      return fleet.isolates[0]?.ledger.reserve(call, fleet.route);
    });
    await fleet.clock.advance(2_000);
    use(fleet, 1, 1);
    await fleet.clock.advance(2_000);
    expect(admit(fleet, 1)).toMatchObject({ kind: "limit_reached" });

    for (const put of calls)
      if (put !== undefined && !(put instanceof Promise) && put.ok) put.value.settle(reported(20));
    await fleet.clock.advance(5_000);
    admit(fleet, 1);
    await fleet.clock.advance(2_000);
    expect(admit(fleet, 1)).toBeNull();
  });

  it("of an account keep off its routes, and let the others answer", () => {
    const fleet = startFleet(1, { budget: { providers: { one: { dailyTokens: 10 } } } });
    expect(use(fleet, 0, 10)).toBe(true);
    expect(use(fleet, 0, 1)).toBe(false);
    expect(admit(fleet, 0)).toBeNull();
  });
});

describe("what was used", () => {
  it("is counted once, whatever is lost on the way", async () => {
    const fates = fc.array(fc.constantFrom("arrives", "lost", "unanswered" as const), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fates, fc.integer({ min: 1, max: 60 }), async (fate, calls) => {
        const fleet = startFleet(2, { tenants: { acme: { monthlyTokens: 1_000_000 } } });
        const left = [...fate];
        fleet.fate = () => left.shift() ?? "arrives";
        for (let call = 0; call < calls; call++) {
          use(fleet, call % 2, 3);
          await fleet.clock.advance(400);
        }
        left.length = 0;
        for (const isolate of [0, 1]) use(fleet, isolate, 1);
        await fleet.clock.advance(60_000);
        for (const isolate of [0, 1]) use(fleet, isolate, 1);
        await fleet.clock.advance(60_000);

        const [row] = spentBy(fleet.sql, { by: ["tenant"], from: "2026-01-01", to: "2026-12-31", tenant: null });
        expect(row).toMatchObject({ requests: calls + 4, completion_tokens: calls * 3 + 4 });
        expect(fleet.tables.counterValue("tenant:acme tokens 2026-11")).toBe(calls * 3 + 4);
      }),
      { numRuns: 60 },
    );
  });

  it("is kept by day, tenant, kind and account, in whole millionths of a dollar", async () => {
    const fleet = startFleet(1);
    use(fleet, 0, 2);
    use(fleet, 0, 3, { tenant: "other" });
    await fleet.clock.advance(30_000);
    const rows = spentBy(fleet.sql, {
      by: ["day", "tenant", "kind", "account"],
      from: "2026-11-01",
      to: "2026-11-30",
      tenant: null,
    });

    expect(rows).toMatchObject([
      { day: "2026-11-21", tenant: "acme", kind: "auto", account: "one:one.test", requests: 1, micros: 2_000_000 },
      { day: "2026-11-21", tenant: "other", kind: "auto", requests: 1, micros: 3_000_000 },
    ]);
  });

  it("is known by minute and route too, for a little more than a day", async () => {
    const fleet = startFleet(1);
    const lately = (by: SpendQuestion["by"]) =>
      spentBy(fleet.sql, { by, from: "2026-11-01", to: "2026-11-30", tenant: null });
    const begunAt = fleet.clock.now();
    use(fleet, 0, 2);
    use(fleet, 0, 3, { tenant: "other" });
    await fleet.clock.advance(2 * 60_000);
    use(fleet, 0, 4);
    await fleet.clock.advance(10_000);

    const [begun, later] = [begunAt, begunAt + 120_000].map((ms) => new Date(ms).toISOString().slice(0, 16));
    expect(lately(["minute", "route"])).toMatchObject([
      { minute: later, route: fleet.route.id, requests: 1, micros: 4_000_000 },
      { minute: begun, route: fleet.route.id, requests: 2, micros: 5_000_000 },
    ]);
    expect(lately(["ten_minutes"]).reduce((sum, { micros }) => sum + Number(micros), 0)).toBe(9_000_000);
    await fleet.clock.advance(27 * 3_600_000);
    use(fleet, 0, 1);
    await fleet.clock.advance(10_000);
    expect(lately(["route"])).toMatchObject([{ requests: 1 }]);
  });

  it("of more tenants than a report holds goes with the next ones", async () => {
    const fleet = startFleet(1);
    for (let tenant = 0; tenant < 2 * LINES_PER_REPORT + 5; tenant++) use(fleet, 0, 1, { tenant: `t${tenant}` });
    await fleet.clock.advance(30_000);

    const question = { by: ["tenant"] as const, from: "2026-11-01", to: "2026-11-30", tenant: null };
    expect(spentBy(fleet.sql, question)).toHaveLength(2 * LINES_PER_REPORT + 5);
  });
});

describe("an isolate that nobody limits", () => {
  it("tells what was used at most once in two seconds", async () => {
    const fleet = startFleet(1);
    let reports = 0;
    fleet.fate = () => {
      reports += 1;
      return "arrives";
    };
    for (let call = 0; call < 500; call++) {
      use(fleet, 0, 1);
      await fleet.clock.advance(20);
    }
    expect(reports).toBeLessThanOrEqual(6);
  });
});
