/** What an operator sees of the watchdog's deeds, and how to undo each. */
import { describe, expect, it } from "vitest";
import type { Watch } from "../../../../cli/admin-schemas.ts";
import { routeLines, routeRows } from "../../../../cli/operate/routes.ts";
import { watchdogLines, watchLines, watchRow } from "../../../../cli/operate/watch-lines.ts";
import { plain } from "../../../../cli/screen/paint.ts";

const NOW = Date.parse("2026-11-21T10:00:00Z");
const ACTED: Watch = {
  atMs: NOW,
  findings: [],
  seen: { worker: NOW - 60_000 },
  acting: {
    allowed: ["prefer_free"],
    holdMinutes: 60,
    preferred: [{ kind: "draft", route: "warm/free", instead: "hot/a", untilMs: NOW + 50 * 60_000 }],
    killed: [{ route: "hot/a", atMs: NOW }],
    paused: [{ provider: "openai", atMs: NOW }],
  },
};
const DEEDS = [
  "  the watchdog puts warm/free first for draft, over in 50 min: npx lisbon watch --release draft",
  "  the watchdog has switched off hot/a: npx lisbon routes revive hot/a",
  "  the watchdog has paused openai: npx lisbon resume openai",
];

describe("what the watchdog has done", () => {
  it("is listed with who looked last, and with the command that undoes it", () => {
    expect(watchdogLines(watchRow(ACTED), NOW)).toEqual(["Watched: the watchdog Worker looked 1 min ago", ...DEEDS]);
    expect(watchLines(ACTED, plain)).toEqual(expect.arrayContaining(DEEDS));
    expect(watchRow(ACTED)).toMatchObject({ killed: ["hot/a"], preferred: [{ until: "2026-11-21T10:50:00.000Z" }] });
  });

  it("is nothing where nobody has looked, or the Worker is an older one", () => {
    const { acting: _acting, ...older } = ACTED;
    expect(watchdogLines(watchRow({ ...older, seen: {} }), NOW)).toEqual([
      "Nobody has looked after it yet: docs/watchdog.md.",
    ]);
  });

  it("stands at its route", () => {
    const seen = {
      account: "a",
      sinceMs: null,
      untilMs: null,
      last: [],
      errorRate: null,
      p50Ms: null,
      p95Ms: null,
      lastError: null,
    };
    const routes = [
      { ...seen, id: "hot/a", status: "killed", why: "operator" },
      { ...seen, id: "warm/free", status: "closed", why: null },
    ];
    const health = {
      status: "ok",
      healthy: ["warm/free"],
      routes: [
        { id: "hot/a", status: "killed" },
        { id: "warm/free", status: "healthy" },
      ],
    };
    const rows = routeRows(health, { atMs: NOW, alarmFailure: null, routes }, ACTED.acting);

    expect(routeLines(rows, NOW, plain).slice(2, 5)).toEqual([
      "  switched off by the watchdog",
      expect.stringContaining("warm/free"),
      "  put first for draft by the watchdog, over in 50 min",
    ]);
  });
});
