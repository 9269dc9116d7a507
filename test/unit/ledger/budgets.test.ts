/** Budgets: their periods, their changes, several at once, and what nobody heard of. */
import { describe, expect, it } from "vitest";
import { MICROS } from "../../../src/domain/price.ts";
import { monthOf } from "../../../src/ledger/periods.ts";
import { callOf, MORNING_MS, reported, startFleet } from "../../support/ledger-fleet.ts";
import { at, leftOf, MONTH, reserve, TEN_DOLLARS } from "../../support/ledger-money.ts";

describe("a grace for when the ledger is away", () => {
  const budget = { monthlyUsd: 100, graceUsd: 20 };

  it("was cut from the budget beforehand, and is all that is spent meanwhile, over all isolates", async () => {
    const fleet = startFleet(5, { budget });
    for (const isolate of fleet.isolates.keys()) (await reserve(fleet, isolate))?.settle(reported(1));
    fleet.fate = () => "lost";
    let spent = 0;
    for (let call = 0; call < 200; call++) {
      const reserved = await reserve(fleet, call);
      if (reserved !== null) spent += 1;
      reserved?.settle(reported(1));
    }
    expect(spent).toBeGreaterThan(0);
    expect(spent).toBeLessThanOrEqual(20);

    fleet.fate = () => "arrives";
    await fleet.clock.advance(2_000);
    for (const isolate of fleet.isolates.keys()) (await reserve(fleet, isolate))?.settle(reported(1));
    await fleet.clock.advance(60_000);
    expect(fleet.tables.takenOf("grace", MONTH)).toBeLessThanOrEqual(20 * MICROS);
    expect(await reserve(fleet, 0, { maxTokens: 81 })).toBeNull();
  });

  it("is handed back by isolates that fall idle", async () => {
    const fleet = startFleet(3, { budget });
    for (const isolate of fleet.isolates.keys()) (await reserve(fleet, isolate))?.settle(reported(1));
    await fleet.clock.advance(60_000);

    expect(fleet.tables.takenOf("grace", MONTH)).toBe(0);
    expect(fleet.tables.slices()).toEqual([]);
  });
});

describe("a budget", () => {
  it("begins anew with the month, and what was put aside before is of the old one", async () => {
    const fleet = startFleet(1, TEN_DOLLARS);
    const late = await reserve(fleet, 0, { maxTokens: 10 });
    expect(await reserve(fleet, 0)).toBeNull();

    await fleet.clock.advance(monthOf(MORNING_MS).endsAtMs - MORNING_MS + 1);
    const fresh = await reserve(fleet, 0, { maxTokens: 10 });
    expect(fresh).not.toBeNull();
    late?.settle(reported(10));
    fresh?.settle(reported(10));
    await fleet.clock.advance(60_000);
    expect(fleet.tables.takenOf("tenant:acme", MONTH)).toBe(10 * MICROS);
    expect(fleet.tables.takenOf("tenant:acme", "2026-12")).toBe(10 * MICROS);
  });

  it("that was changed at run time counts as it was changed, up and down", async () => {
    const fleet = startFleet(1, TEN_DOLLARS);
    fleet.book.changeLimits("tenant:acme", { monthlyUsd: 1 });
    expect(await reserve(fleet, 0, { maxTokens: 2 })).toBeNull();

    fleet.changes = fleet.book.changeLimits("tenant:acme", { monthlyUsd: 20 });
    await fleet.clock.advance(1_000);
    expect(await reserve(fleet, 0, { maxTokens: 20 })).not.toBeNull();
  });

  it("is one of several: a call that one of them does not cover takes nothing out of the others", async () => {
    const fleet = startFleet(1, {
      tenants: { acme: { monthlyUsd: 10, perUser: { monthlyUsd: 1 } } },
      budget: { monthlyUsd: 5 },
    });
    expect(await reserve(fleet, 0, { user: "u1", maxTokens: 2 })).toBeNull();
    expect(leftOf(fleet)).toBe(10);

    (await reserve(fleet, 0, { user: "u1" }))?.settle(reported(1));
    expect(await reserve(fleet, 0, { user: "u1" })).toBeNull();
    for (let more = 0; more < 4; more++) (await reserve(fleet, 0, { user: `other${more}` }))?.settle(reported(1));
    expect(await reserve(fleet, 0, { user: "u9" })).toBeNull();
  });

  it("of a token is for the token's whole life", async () => {
    const fleet = startFleet(3);
    const token = { id: "k.1", expiresAtMs: MORNING_MS + 600_000, maxUsd: 2, requestsPerMinute: null };
    for (const isolate of [0, 1]) (await reserve(fleet, isolate, { token }))?.settle(reported(1));

    expect(await reserve(fleet, 2, { token })).toBeNull();
  });

  it("is not touched by a route that costs nothing", async () => {
    const hot = [{ id: "local", provider: "ollama", model: "m", baseUrl: "http://127.0.0.1:1", cost: "local" }];
    const fleet = startFleet(1, { tenants: { acme: { monthlyUsd: 0 } }, hot });

    expect(await reserve(fleet, 0, { maxTokens: 1_000 })).not.toBeNull();
    expect(at(fleet, 0).asked).toBe(0);
  });

  it("covers no paid route whose price nobody has said", async () => {
    const hot = [{ id: "unpriced", provider: "one", model: "m", baseUrl: "https://one.test/v1" }];
    const fleet = startFleet(1, { ...TEN_DOLLARS, hot });

    expect(await reserve(fleet, 0)).toBeNull();
  });

  it("has back what was given in answers that nobody heard, as soon as the isolate is heard again", async () => {
    const fleet = startFleet(1, TEN_DOLLARS);
    fleet.fate = () => "unanswered";
    for (let call = 0; call < 3; call++) {
      expect(await reserve(fleet, 0, { maxTokens: 3 })).toBeNull();
      await fleet.clock.advance(1_000);
    }
    expect(leftOf(fleet)).toBe(1);

    fleet.fate = () => "arrives";
    (await reserve(fleet, 0))?.settle(reported(1));
    await fleet.clock.advance(5_000);
    expect(leftOf(fleet)).toBe(9);
    expect(await reserve(fleet, 0, { maxTokens: 9 })).not.toBeNull();
  });

  it("is handed back by an isolate whose last report was lost on the way, once the way is free", async () => {
    const fleet = startFleet(1, { tenants: { acme: { monthlyUsd: 1_000 } } });
    for (let call = 0; call < 40; call++) {
      fleet.fate = () => (call % 3 === 0 ? "unanswered" : "arrives");
      (await reserve(fleet, 0))?.settle(reported(1));
      await fleet.clock.advance(700);
    }
    const used = fleet.tables.takenOf("tenant:acme", MONTH);
    fleet.fate = () => "arrives";
    (await reserve(fleet, 0))?.settle(reported(1));
    await fleet.clock.advance(60_000);

    expect(fleet.tables.slices()).toEqual([]);
    expect(fleet.tables.takenOf("tenant:acme", MONTH)).toBeLessThanOrEqual(used + MICROS);
  });

  it("holds where a caller names its bound twice, for a server may know only one of the two words", async () => {
    const fleet = startFleet(1, TEN_DOLLARS);
    const call = callOf(fleet, { maxTokens: 1_000 });
    const twice = { ...call, request: { ...call.request, max_completion_tokens: 1 } };
    const put = await fleet.clock.run(Promise.resolve(at(fleet, 0).ledger.reserve(twice, fleet.route)));

    expect(put.ok).toBe(false);
  });

  it("is asked of nobody for good by what one call's provider reported", async () => {
    const fleet = startFleet(1, {
      tenants: { acme: { monthlyUsd: 10 }, other: { monthlyUsd: 10 } },
      hot: [
        {
          id: "paid",
          provider: "one",
          model: "m",
          baseUrl: "https://one.test/v1",
          price: { inputPerMillion: 1_000, outputPerMillion: 0 },
        },
      ],
    });
    const long = { content: "a word and another ".repeat(200) };
    const reserveLong = async (tenant: string) => {
      const call = callOf(fleet, { tenant });
      const request = { ...call.request, messages: [{ role: "user" as const, ...long }] };
      return await fleet.clock.run(Promise.resolve(at(fleet, 0).ledger.reserve({ ...call, request }, fleet.route)));
    };
    const first = await reserveLong("acme");
    if (first.ok) first.value.settle({ promptTokens: 1_000_000, completionTokens: 0, source: "reported" });

    expect((await reserveLong("other")).ok).toBe(true);
    const short = await reserve(fleet, 0, { tenant: "other" });
    short?.settle({ promptTokens: 60_000, completionTokens: 0, source: "reported" });
    await fleet.clock.advance(3_600_000);
    expect(at(fleet, 0).state.ratios.get("paid")?.ratio).toBeLessThanOrEqual(3);
  });

  it("of long ago is forgotten, and a parked call's token does not get its money anew before", async () => {
    const fleet = startFleet(1, TEN_DOLLARS);
    const token = { id: "k.1", expiresAtMs: MORNING_MS + 600_000, maxUsd: 2, requestsPerMinute: null };
    (await reserve(fleet, 0, { token }))?.settle(reported(1));
    await fleet.clock.advance(30 * 86_400_000);
    fleet.book.report({ isolate: "x", message: 1, held: [], awaited: [], slices: [], batch: null, wants: [] });
    expect(fleet.tables.takenOf("token:k.1", "life")).toBe(MICROS);

    await fleet.clock.advance(15 * 86_400_000);
    fleet.book.report({ isolate: "x", message: 2, held: [], awaited: [], slices: [], batch: null, wants: [] });
    expect(fleet.tables.takenOf("token:k.1", "life")).toBe(0);
  });

  it("that is spent is asked for once a second by each isolate, however often it is called upon", async () => {
    const fleet = startFleet(1, TEN_DOLLARS);
    (await reserve(fleet, 0, { maxTokens: 10 }))?.settle(reported(10));
    const before = at(fleet, 0).asked;
    for (let call = 0; call < 100; call++) {
      expect(await reserve(fleet, 0)).toBeNull();
      await fleet.clock.advance(10);
    }
    expect(at(fleet, 0).asked - before).toBeLessThanOrEqual(2);
  });

  it("covers one call after the other as long as what each really uses is there, however high each estimate is", async () => {
    const fleet = startFleet(1, TEN_DOLLARS);
    for (let call = 0; call < 7; call++) {
      const reserved = await reserve(fleet, 0, { maxTokens: 4 });
      expect(reserved, `call ${call}`).not.toBeNull();
      reserved?.settle(reported(1));
      await fleet.clock.advance(10);
    }
    expect(await reserve(fleet, 0, { maxTokens: 4 })).toBeNull();
  });

  it("that does not cover a dear call covers a cheaper one at once", async () => {
    const fleet = startFleet(1, TEN_DOLLARS);
    expect(await reserve(fleet, 0, { maxTokens: 11 })).toBeNull();
    expect(await reserve(fleet, 0, { maxTokens: 10 })).not.toBeNull();
  });

  it("is nobody's to spend while the ledger is away", async () => {
    const fleet = startFleet(1, TEN_DOLLARS);
    fleet.fate = () => "lost";
    const { ledger } = at(fleet, 0);

    expect(await fleet.clock.run(Promise.resolve(ledger.reserve(callOf(fleet), fleet.route)))).toMatchObject({
      ok: false,
      failure: { kind: "over_budget", detail: "the ledger is away", budget: { scope: "" } },
    });
  });
});
