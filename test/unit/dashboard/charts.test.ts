/** What the dashboard makes of the Worker's counts before anything is drawn. */
import { describe, expect, it } from "vitest";
import { chartsFrom, type Counted } from "../../../dashboard/src/charts/chart-data.ts";
import { openRows } from "../../../dashboard/src/charts/open-spans.ts";
import { chartsOf } from "../../../src/breaker/charts.ts";
import type { AggregateRow } from "../../../src/breaker/aggregates.ts";
import { WHOLE } from "../../../src/breaker/call-tally.ts";
import { CALLS, routeSubject } from "../../../src/breaker/series.ts";

const NINE = Date.parse("2026-11-21T09:00:00Z");
const MINUTE = 60_000;

function counted(...tallies: readonly { readonly minute: number; readonly tally: AggregateRow["tally"] }[]): Counted {
  const rows = tallies.map(({ minute, tally }) => ({ span: "minute" as const, atMs: NINE + minute * MINUTE, tally }));
  return {
    at: new Date(NINE + 3.5 * MINUTE).toISOString(),
    from: new Date(NINE + 0.5 * MINUTE).toISOString(),
    step_seconds: 60,
    ...chartsOf(rows, ["hot/a", "warm/b"]),
  };
}

function chart(charts: ReturnType<typeof chartsFrom>, title: string): Record<string, readonly (number | null)[]> {
  const found = charts.find((each) => each.title === title);
  return Object.fromEntries((found?.series ?? []).map(({ name, values }) => [name, values]));
}

function utc(minute: number): string {
  return new Date(NINE + minute * MINUTE).toISOString().slice(0, 16);
}

describe("the charts", () => {
  it("count a call whose deadline ran out as that, and not as refused too", () => {
    const of = { "out:answered:hot": 5, "out:refused:deadline_exceeded": 2, "out:refused:unknown_kind": 1 };
    const charts = chartsFrom(counted({ minute: 1, tally: { [CALLS]: of } }));

    expect(chart(charts, "Calls")).toEqual({
      "answered by Hot": [0, 5, 0, 0],
      refused: [0, 1, 0, 0],
      "missed the deadline": [0, 2, 0, 0],
    });
  });

  it("leave a gap where a route was not asked, and say 0 where it never failed", () => {
    const well = { [`${WHOLE}:3`]: 4 };
    const half = { [`${WHOLE}:3`]: 1, "f:overloaded": 90, "f:overloaded:3": 1 };
    const charts = chartsFrom(
      counted(
        { minute: 2, tally: { [routeSubject("hot/a")]: well } },
        { minute: 3, tally: { [routeSubject("hot/a")]: half } },
      ),
    );

    expect(chart(charts, "Errors by route")).toEqual({ "hot/a": [null, null, 0, 50] });
  });

  it("are none where nobody called, even though the queue was looked at", () => {
    expect(chartsFrom(counted({ minute: 1, tally: { [CALLS]: { "max:queue": 0, "max:open": 0 } } }))).toEqual([]);
  });
});

describe("the chart of spend", () => {
  it("has each route's dollars in the step in which the ledger heard of them, the dearest first", () => {
    const spent = [
      { minute: utc(2), route: "cheap", usd: 0.5 },
      { minute: utc(1), route: "dear", usd: 2 },
      { minute: utc(-90), route: "dear", usd: 100 },
    ];
    const charts = chartsFrom(counted({ minute: 1, tally: { [CALLS]: { "out:answered:hot": 1 } } }), spent);

    const drawn = chart(charts, "Spend by route");
    expect(Object.entries(drawn)).toEqual([
      ["dear", [0, 2_000_000, 0, 0]],
      ["cheap", [0, 0, 500_000, 0]],
    ]);
  });

  it("adds up by tier, where there are several", () => {
    const spent = [
      { minute: utc(2), route: "hot/a", usd: 0.5 },
      { minute: utc(2), route: "hot/b", usd: 0.25 },
      { minute: utc(1), route: "warm/b", usd: 0.5 },
      { minute: utc(1), route: "gone", usd: 1 },
    ];
    const of = counted({ minute: 1, tally: { [CALLS]: { "out:answered:hot": 1 } } });
    const tiers = { "hot/a": "hot", "hot/b": "hot", "warm/b": "warm" };

    expect(chart(chartsFrom(of, spent, tiers), "Spend by tier")).toEqual({
      "routes that the map no longer has": [0, 1_000_000, 0, 0],
      Hot: [0, 0, 750_000, 0],
      Warm: [0, 500_000, 0, 0],
    });
    expect(chart(chartsFrom(of, spent.slice(0, 2), tiers), "Spend by tier")).toEqual({});
  });

  it("puts what has no colour left together, and loses none of it", () => {
    const spent = Array.from({ length: 40 }, (_, n) => ({ minute: utc(1), route: `r${n}`, usd: n + 1 }));
    const charts = chartsFrom(counted({ minute: 1, tally: { [CALLS]: { "out:answered:hot": 1 } } }), spent);

    const drawn = Object.entries(chart(charts, "Spend by route"));
    expect(drawn.map(([name]) => name)).toEqual(["r39", "r38", "r37", "r36", "r35", "r34", "r33", "all others"]);
    expect(drawn.reduce((sum, [, values]) => sum + (values[1] ?? 0), 0)).toBe(820_000_000);
  });
});

describe("the time that breakers were open", () => {
  const incident = {
    id: "inc_1",
    kind: "overloaded",
    first_failure_at: "2026-11-21T08:00:00Z",
    calls_saved: 0,
    calls_parked: 0,
    deadlines_missed: 0,
  };

  it("is cut to the time shown, and what two incidents share counts once", () => {
    const rows = openRows(
      [
        { ...incident, target: "hot/a", started_at: "2026-11-21T08:50:00Z", ended_at: "2026-11-21T09:02:00Z" },
        { ...incident, target: "hot/a", started_at: "2026-11-21T09:01:00Z", ended_at: null },
        { ...incident, target: "warm/b", started_at: "2026-11-21T08:00:00Z", ended_at: "2026-11-21T08:59:00Z" },
      ],
      NINE,
      NINE + 4 * MINUTE,
    );

    expect(rows.map(({ target, openMs, spans }) => [target, openMs, spans.length])).toEqual([["hot/a", 4 * MINUTE, 2]]);
  });
});
