import { describe, expect, it } from "vitest";
import type { Pause } from "../../../cli/external-incidents.ts";
import { type MonthFigures, reviewMonth } from "../../../cli/month-review.ts";

const ALERT: Pause = {
  scope: "all",
  by: "alert",
  reason: "80 % of a budget",
  percent: 80,
  started_at: "2026-11-10T12:00:00.000Z",
  ended_at: "2026-11-10T13:00:00.000Z",
};

const QUIET: MonthFigures = {
  month: "2026-11",
  spend: [
    { day: "2026-11-02", usd: 30 },
    { day: "2026-11-10", usd: 10 },
    { day: "2026-11-20", usd: 50 },
  ],
  limitUsd: 100,
  incidents: [],
  pauses: [],
  resumedAt: [],
  calls: { saved: 100, parked: 0, missed: 1 },
  routes: [{ id: "a", answered: 1_000, failed: { timed_out: 5 }, opened: 1 }],
};

function verdict(pause: Partial<Pause>, figures: Partial<MonthFigures> = {}) {
  return reviewMonth({ ...QUIET, ...figures, pauses: [{ ...ALERT, ...pause }] }).pauses[0]?.verdict;
}

describe("a month's review", () => {
  it("of a quiet month has nothing to change", () => {
    expect(reviewMonth(QUIET)).toMatchObject({ spent_usd: 90, suggestions: [], incidents: 0 });
  });

  it("finds a pause that began while less was spent than its alert said", () => {
    expect(verdict({})).toBe("too_early");
    expect(verdict({ percent: 40 })).toBe("in_order");
    expect(verdict({ started_at: "2026-11-21T00:00:00.000Z", ended_at: null })).toBe("in_order");
    expect(verdict({ by: "operator", percent: null })).toBe("in_order");
    expect(verdict({}, { limitUsd: null })).toBe("unknown");
  });

  it("finds one that somebody resumed soon, and not one that a new month or another moment ended", () => {
    const limitUsd = null;
    expect(verdict({}, { limitUsd, resumedAt: ["2026-11-10T13:00:02.000Z"] })).toBe("resumed_soon");
    expect(verdict({}, { limitUsd, resumedAt: ["2026-11-10T15:00:02.000Z"] })).toBe("unknown");
    const long = { ended_at: "2026-11-11T13:00:00.000Z" };
    expect(verdict(long, { limitUsd, resumedAt: ["2026-11-11T13:00:02.000Z"] })).toBe("unknown");
  });

  it.each([
    [{ calls: { saved: 100, parked: 0, missed: 10 } }, "kinds.*.deadlineSeconds"],
    [{ routes: [{ id: "a", answered: 900, failed: { timed_out: 100 }, opened: 0 }] }, "a: timeouts"],
    [{ routes: [{ id: "a", answered: 900, failed: {}, opened: 12 }] }, "breaker.failuresToOpen"],
    [{ pauses: [ALERT] }, "budget.pauseAtPercent"],
  ] satisfies [Partial<MonthFigures>, string][])("of %j proposes %s", (figures, setting) => {
    expect(reviewMonth({ ...QUIET, ...figures }).suggestions.map((one) => one.setting)).toEqual([setting]);
  });
});
