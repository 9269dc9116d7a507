/** The dashboard's first line, and how it writes amounts. */
import { describe, expect, it } from "vitest";
import { standingOf } from "../../../dashboard/src/standing.ts";
import type { LiveView } from "../../../dashboard/src/view.ts";
import { dollars } from "../../../dashboard/src/words.ts";

const NOW = 1_000_000;
const well: LiveView = {
  atMs: NOW,
  environment: "test",
  healthy: ["a", "b"],
  tiers: { a: "hot", b: "warm" },
  off: [],
  overview: { routes: [], accountsOut: [], flags: [], latestIncidents: [] },
  pauses: [],
  jobs: null,
  budgets: null,
  pauseAtPercent: 80,
};
const queueOff = { name: "enable_cold_queue", value: false, switched: true };
const withoutQueue = { routes: [], accountsOut: [], flags: [queueOff], latestIncidents: [] };
const pause = { by: "alert", sinceMs: NOW - 120_000, reason: "", percent: 85 } as const;

describe("the first line", () => {
  it.each([
    ["everything well", {}, "good", "Serving", /Every route/],
    ["the switchboard away", { overview: null, pauses: null }, "warn", "Serving", /switchboard does not answer/],
    ["one route ill", { healthy: ["a"] }, "warn", "Serving", /1 of 2 routes is healthy/],
    ["Hot ill", { healthy: ["b"] }, "warn", "Serving from backup", /none of them is Hot/],
    ["all ill", { healthy: [] }, "bad", "Not serving", /No route/],
    ["all paused", { healthy: [], pauses: [{ ...pause, scope: "all" }] }, "bad", "Paused", /New calls wait/],
    [
      "all paused and the queue off",
      { pauses: [{ ...pause, scope: "all" }], overview: withoutQueue },
      "bad",
      "Paused",
      /New calls are refused/,
    ],
    [
      "one provider paused",
      { pauses: [{ ...pause, scope: "openai" }] },
      "warn",
      "Serving",
      /2 of 2 routes are healthy/,
    ],
  ] as const)("says how it stands with %s", (_, changed, state, text, more) => {
    expect(standingOf({ ...well, ...changed })).toEqual({ state, text, more: expect.stringMatching(more) });
  });
});

describe("an amount", () => {
  it("is written to the cent, and where that would be nothing to two digits", () => {
    expect([0, 1_234_567_890, 100_000, 45_600, 1_234, 9].map(dollars)).toEqual([
      "$0.00",
      "$1,234.57",
      "$0.10",
      "$0.046",
      "$0.0012",
      "$0.000009",
    ]);
  });
});
