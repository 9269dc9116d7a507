import { describe, expect, it } from "vitest";
import { findingsOf, type WatchedFacts } from "../../../src/watch/findings.ts";
import { newsOf } from "../../../src/watch/news.ts";
import { nothingSeen, ticked } from "../../../src/watch/router-watch.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const MINUTE = 60_000;
const A = { id: "hot/a", account: "anthropic", status: "closed", why: null, sinceMs: null } as const;
const B = { ...A, id: "warm/b", account: "openai" } as const;
const WELL: WatchedFacts = {
  atMs: NOW,
  routes: [A, B],
  loops: [],
  pauses: [],
  queue: { waiting: 0, oldestMs: null },
  calmSinceMs: 0,
  contextFull: 0,
  seen: {},
};
const PAUSE = { scope: "all", by: "hand", sinceMs: NOW - 25 * 60 * MINUTE, reason: "tests", percent: null } as const;

function found(more: Partial<WatchedFacts>): readonly string[] {
  return findingsOf({ ...WELL, ...more }).map(({ kind, key }) => `${kind} ${key}`);
}

describe("the watch finds", () => {
  it("nothing where all is well, and where something never was", () => {
    expect(found({})).toEqual([]);
    expect(found({ queue: null })).toEqual([]);
  });

  it("a provider that fails for two minutes, and no shorter outage", () => {
    const open = { ...B, status: "open", why: "overloaded" } as const;
    expect(found({ routes: [A, { ...open, sinceMs: NOW - MINUTE }] })).toEqual([]);
    expect(found({ routes: [A, { ...open, sinceMs: NOW - 2 * MINUTE }] })).toEqual(["provider_failing failing:warm/b"]);
  });

  it("quota by account, once, and the same error by route at once", () => {
    const out = { ...A, status: "open", why: "quota_exhausted", sinceMs: NOW } as const;
    const same = { ...B, status: "open", why: "model_not_found", sinceMs: NOW } as const;
    expect(found({ routes: [out, { ...out, id: "hot/c" }, same] })).toEqual([
      "nothing_serves nothing_serves",
      "quota quota:anthropic",
      "error_loop error:warm/b",
    ]);
    const actions = findingsOf({ ...WELL, routes: [out, same], loops: [{ id: "f1", tenant: "acme", kind: "chat" }] });
    expect(actions.map(({ nextAction }) => /npx lisbon routes reset \S+/.exec(nextAction)?.[0])).toEqual([
      undefined,
      "npx lisbon routes reset anthropic",
      "npx lisbon routes reset warm/b",
      "npx lisbon routes reset f1",
    ]);
  });

  it("an account with all of its routes that are out, by name or, where they are many, by number", () => {
    const out = { ...A, status: "open", why: "quota_exhausted", sinceMs: NOW } as const;
    const whyOf = (...ids: readonly string[]): readonly string[] =>
      findingsOf({ ...WELL, routes: [B, ...ids.map((id) => ({ ...out, id }))] }).map(({ why }) => why);
    expect(whyOf("hot/a", "hot/c")).toEqual(["hot/a, hot/c cannot be used"]);
    expect(whyOf("a", "b", "c", "d", "e")).toEqual(["a, b, c and 2 more cannot be used"]);
  });

  it("a request that loops, and calls over their context", () => {
    const loops = [{ id: "f1", tenant: "acme", kind: "chat" }];
    expect(found({ loops, contextFull: 3 })).toEqual(["error_loop loop:f1", "context_full context_full"]);
  });

  it("a stuck queue only while something serves and nothing is paused", () => {
    const queue = { waiting: 2, oldestMs: NOW - 30 * MINUTE };
    const killed = { ...A, status: "killed", why: "operator" } as const;
    expect(found({ queue })).toEqual(["stuck_queue stuck_queue"]);
    expect(found({ queue: { ...queue, oldestMs: NOW - 29 * MINUTE } })).toEqual([]);
    expect(found({ queue, pauses: [{ ...PAUSE, sinceMs: NOW }] })).toEqual([]);
    // What was put off meanwhile is under way.
    expect(found({ queue, calmSinceMs: NOW - 9 * MINUTE })).toEqual([]);
    expect(found({ queue, calmSinceMs: NOW - 10 * MINUTE })).toEqual(["stuck_queue stuck_queue"]);
    expect(found({ queue, routes: [killed] })).toEqual(["nothing_serves nothing_serves"]);
  });

  it("a pause that was forgotten for a day", () => {
    expect(found({ pauses: [PAUSE] })).toEqual([`pause_forgotten pause:all:${PAUSE.sinceMs}`]);
    expect(found({ pauses: [{ ...PAUSE, sinceMs: NOW - 23 * 60 * MINUTE }] })).toEqual([]);
  });

  it("the other watcher's silence within five minutes, whatever the phase of their ticks", () => {
    for (const [watcher, paceMs, otherPaceMs] of [
      ["worker", MINUTE, 2 * MINUTE],
      ["qstash", 2 * MINUTE, MINUTE],
    ] as const) {
      for (let phaseMs = 0; phaseMs < otherPaceMs; phaseMs += 1_000) {
        let atMs = NOW + phaseMs;
        while (found({ seen: { [watcher]: NOW }, atMs }).length === 0) atMs += otherPaceMs;
        expect(atMs - NOW).toBeLessThan(5 * MINUTE);
      }
      // One tick that is late or lost tells nobody anything.
      expect(found({ seen: { [watcher]: NOW - paceMs - 50_000 } })).toEqual([]);
    }
    expect(found({ seen: { cli: NOW - 1_000 * MINUTE } })).toEqual([]);
  });
});

describe("what a human hears of the watch", () => {
  it("is each trouble when it begins and when it is over, and nothing that others tell", () => {
    const paused = findingsOf({ ...WELL, pauses: [PAUSE], loops: [{ id: "f1", tenant: "acme", kind: "chat" }] });
    const first = newsOf({}, paused, NOW);
    expect(first.notices).toMatchObject([{ kind: "watch", closes: false, title: "Paused for more than a day: all" }]);
    const second = newsOf(first.told, paused, NOW + MINUTE);
    expect(second.notices).toEqual([]);
    const third = newsOf(second.told, [], NOW + 2 * MINUTE);
    expect(third.notices).toMatchObject([
      { key: first.notices[0]?.key, closes: true, title: "Over: Paused for more than a day: all" },
    ]);
    expect(third.told).toEqual({});
  });
});

describe("a router that does not answer", () => {
  it("is told at the second failure, each hour after that, and when it is back", () => {
    const one = ticked(nothingSeen, "HTTP 500", NOW);
    expect(one.news).toBeNull();
    const two = ticked(one.watch, "HTTP 500", NOW + 20_000);
    expect(two).toMatchObject({ news: "down", watch: { downSinceMs: NOW, toldAtMs: NOW + 20_000 } });
    const three = ticked(two.watch, "HTTP 500", NOW + MINUTE);
    expect(three.news).toBeNull();
    expect(ticked(three.watch, "HTTP 500", NOW + 61 * MINUTE).news).toBe("still_down");
    expect(ticked(three.watch, null, NOW + 2 * MINUTE)).toMatchObject({ news: "back", watch: { failures: 0 } });
    expect(ticked(one.watch, null, NOW + MINUTE).news).toBeNull();
  });
});
