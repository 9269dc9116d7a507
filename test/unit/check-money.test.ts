import { describe, expect, it } from "vitest";
import { checkMoney } from "../../src/check-money.ts";
import type { Limits } from "../../src/domain/limits.ts";
import { createLedger } from "../../src/ledger/isolate-ledger.ts";
import type { LedgerPort, LedgerReport } from "../../src/ledger/ledger-port.ts";
import { emptyLedgerState } from "../../src/ledger/ledger-state.ts";
import { FakeClock, routeOf, routingOf, seeded } from "./breaker/support.ts";

const ROUTE = { ...routeOf("hot/anthropic/a", "anthropic"), price: { input: 3, output: 15 } };

function ledgerOver(port: LedgerPort, limits: Partial<Limits> = {}) {
  const clock = new FakeClock();
  const standard = routingOf([ROUTE]);
  const budget = { ...standard.budget, limits: { ...standard.budget.limits, ...limits } };
  const routing = { ...standard, budget, hasLimits: Object.keys(limits).length > 0 };
  const work: Promise<unknown>[] = [];
  const ledger = createLedger({
    state: emptyLedgerState(),
    ledger: () => port,
    afterReply: (promise) => void work.push(promise),
    clock,
    random: seeded(1),
    routing,
    changes: () => ({}),
  });
  return { clock, money: async () => await checkMoney(ledger, ROUTE, routing, clock.now()) };
}

describe("what a check costs", () => {
  it("is booked to the route's account as lisbon-check", async () => {
    const reports: LedgerReport[] = [];
    const { clock, money } = ledgerOver({
      ask: () => Promise.reject(new Error("nobody is limited")),
      report: async (report) => {
        reports.push(report);
        return { slices: [], counts: {} };
      },
    });
    (await money())?.settle({ promptTokens: 8, completionTokens: 1, source: "reported" });
    await clock.advance(3_000);

    expect(reports.flatMap(({ batch }) => batch?.spent ?? [])).toMatchObject([
      {
        tenant: "lisbon",
        kind: "lisbon-check",
        account: "anthropic",
        requests: 1,
        promptTokens: 8,
        completionTokens: 1,
        micros: 39,
        estimatedMicros: 0,
      },
    ]);
  });

  it("keeps the check back where a budget does not cover it, and where the ledger is away", async () => {
    const refusing: LedgerPort = {
      ask: async () => ({ ok: false, scope: "all", forMs: 1_000 }),
      report: () => Promise.reject(new Error("away")),
    };
    expect(await ledgerOver(refusing, { monthlyUsd: 1 }).money()).toBeNull();
    const away: LedgerPort = { ...refusing, ask: () => Promise.reject(new Error("away")) };
    expect(await ledgerOver(away, { monthlyUsd: 1 }).money()).toBeNull();
  });
});
