import { describe, expect, it } from "vitest";
import { actingOf, nothingHeld } from "../../../src/watch/held.ts";
import { actionsOf, endingsOf, releasedBy, type ActFacts, type ActRoute } from "../../../src/watch/actions.ts";
import { troubleKeys, type Finding } from "../../../src/watch/findings.ts";
import { watchdogSettings } from "../../../src/routing/watchdog-settings.ts";
import { FACTS, finding, FREE, HOT, MINUTE, NOW, PAID } from "./act-facts.ts";

const FAILING = [finding(troubleKeys.failing(HOT.id))];
const LOOPING = [finding(troubleKeys.error(HOT.id))];
const SPENT = [finding(troubleKeys.quota(HOT.account))];

function doneWith(more: Partial<ActFacts>, findings: readonly Finding[] = FAILING): readonly string[] {
  return actionsOf({ ...FACTS, ...more }, findings).deeds.map((deed) => deed.do);
}

function withFree(more: Partial<ActRoute>): Partial<ActFacts> {
  return { routes: [HOT, PAID, { ...FREE, ...more }] };
}

describe("a free route is put first", () => {
  it("for a kind whose first route fails, is out of quota or gives the same error, until the time to hold it is over", () => {
    for (const findings of [FAILING, LOOPING, SPENT]) {
      expect(actionsOf(FACTS, findings).deeds[0]).toEqual({
        do: "prefer_free",
        kind: "draft",
        routeId: FREE.id,
        instead: HOT.id,
        why: findings[0]?.title,
        untilMs: NOW + 60 * MINUTE,
      });
    }
    expect(doneWith({}, [finding(troubleKeys.failing(PAID.id))])).toEqual([]);
  });

  it("only where it is healthy, of the kind, and Warm is on", () => {
    expect(doneWith(withFree({ cost: "local" }))).toEqual(["prefer_free"]);
    const ill: Partial<ActRoute>[] = [
      { status: "half_open" },
      { status: "killed" },
      { behind: true },
      { paused: true },
      { cost: "paid" },
    ];
    for (const more of ill) expect(doneWith(withFree(more))).toEqual([]);
    expect(doneWith({ kinds: [{ name: "draft", routeIds: [HOT.id, PAID.id] }] })).toEqual([]);
    expect(doneWith({ warm: false })).toEqual([]);
    expect(doneWith({ ...withFree({ tier: "hot" }), warm: false })).toEqual(["prefer_free"]);
  });

  it("once for the same trouble, and again for the next one", () => {
    const first = actionsOf(FACTS, FAILING).held;
    expect(doneWith({ held: first, atMs: NOW + MINUTE })).toEqual([]);
    const over = actionsOf({ ...FACTS, held: first, atMs: NOW + 60 * MINUTE }, FAILING);
    expect(over.deeds).toEqual([
      {
        do: "prefer_free_ended",
        kind: "draft",
        routeId: FREE.id,
        instead: HOT.id,
        why: "time_is_over",
        untilMs: NOW + 60 * MINUTE,
      },
    ]);
    const well = actionsOf({ ...FACTS, held: over.held, atMs: NOW + 61 * MINUTE }, []);
    expect(doneWith({ held: over.held, atMs: NOW + 62 * MINUTE })).toEqual([]);
    expect(doneWith({ held: well.held, atMs: NOW + 62 * MINUTE })).toEqual(["prefer_free"]);
  });

  it("and not again for as long after a person has taken it back", () => {
    const { held } = actionsOf(FACTS, FAILING);
    const released = releasedBy(held, "draft", FACTS);
    expect(released.deeds).toMatchObject([{ do: "prefer_free_ended", why: "released" }]);
    expect(releasedBy(released.held, "draft", FACTS).deeds).toEqual([]);
    const well = actionsOf({ ...FACTS, held: released.held }, []).held;
    expect(doneWith({ held: well, atMs: NOW + 59 * MINUTE })).toEqual([]);
    expect(doneWith({ held: well, atMs: NOW + 60 * MINUTE })).toEqual(["prefer_free"]);
  });

  it("but not before one that is well: a quota may be another model's, and a person may have closed it just now", () => {
    const well: ActRoute = { ...HOT, status: "closed" };
    const other: ActRoute = { ...HOT, id: "hot/other" };
    for (const findings of [FAILING, LOOPING, SPENT]) {
      expect(doneWith({ routes: [well, other, PAID, FREE] }, findings)).toEqual([]);
    }
  });

  it("no longer than it is healthy, wanted and allowed", () => {
    const { held } = actionsOf(FACTS, FAILING);
    const endings: [Partial<ActFacts>, string][] = [
      [withFree({ status: "open" }), "not_closed"],
      [withFree({ status: "killed" }), "switched_off"],
      [{ warm: false }, "switched_off"],
      [{ routes: [HOT] }, "switched_off"],
      [{ allowed: { act: new Set(), holdMs: 60 * MINUTE } }, "not_allowed"],
      [{ allowed: { ...FACTS.allowed, holdMs: MINUTE }, atMs: NOW + MINUTE }, "time_is_over"],
    ];
    for (const [more, why] of endings) expect(endingsOf({ ...FACTS, held, ...more }).deeds).toMatchObject([{ why }]);
    expect(endingsOf({ ...FACTS, held }).deeds).toEqual([]);
  });
});

describe("a route is killed", () => {
  const opening = { routeId: HOT.id, error: "model_not_found: 404", atMs: NOW };
  const twice = [opening, { ...opening, atMs: NOW - 20 * MINUTE }];
  const alone: Partial<ActFacts> = { allowed: { ...FACTS.allowed, act: new Set(["kill"]) } };

  it("when the same error has opened it for the second time within an hour, and is there still", () => {
    expect(doneWith({ ...alone, openings: twice }, LOOPING)).toEqual(["kill"]);
    expect(doneWith({ ...alone, openings: [opening] }, LOOPING)).toEqual([]);
    expect(doneWith({ ...alone, openings: twice }, FAILING)).toEqual([]);
    expect(doneWith({ ...alone, openings: [opening, { ...opening, error: "unreadable: 200" }] }, LOOPING)).toEqual([]);
    expect(doneWith({ ...alone, openings: [opening, { ...opening, atMs: NOW - 61 * MINUTE }] }, LOOPING)).toEqual([]);
  });

  it("but not by a drill's doing", () => {
    expect(doneWith({ ...alone, openings: twice, drill: true }, LOOPING)).toEqual([]);
    expect(doneWith({ drill: true })).toEqual(["prefer_free"]);
  });

  it("but never the last one that a kind has", () => {
    const smaller: ActRoute = { ...PAID, id: "smaller/c", tier: "smaller" };
    const nobodyLeft: Partial<ActFacts>[] = [
      { routes: [HOT, { ...PAID, status: "open" }] },
      { routes: [HOT, { ...PAID, paused: true }] },
      { routes: [HOT, smaller] },
      { warm: false },
      { kinds: [...FACTS.kinds, { name: "own", routeIds: [HOT.id] }] },
    ];
    const looping = { ...alone, openings: twice, routes: [HOT, PAID] };
    expect(doneWith(looping, LOOPING)).toEqual(["kill"]);
    for (const more of nobodyLeft) expect(doneWith({ ...looping, ...more }, LOOPING)).toEqual([]);
  });

  it("and not again for what a person has seen and switched on", () => {
    const { held } = actionsOf({ ...FACTS, ...alone, openings: twice }, LOOPING);
    const revived = actionsOf({ ...FACTS, ...alone, held, openings: twice, atMs: NOW + MINUTE }, LOOPING);
    expect(revived.deeds).toEqual([{ do: "kill_ended", routeId: HOT.id }]);
    const later = [2, 12].map((minutes) => ({ ...opening, atMs: NOW + minutes * MINUTE }));
    const again = { ...alone, held: revived.held, atMs: NOW + 13 * MINUTE };
    expect(doneWith({ ...again, openings: [...twice, ...later.slice(0, 1)] }, LOOPING)).toEqual([]);
    expect(doneWith({ ...again, openings: [...twice, ...later] }, LOOPING)).toEqual(["kill"]);
  });
});

describe("a provider is paused", () => {
  const spent: ActRoute = { ...HOT, spent: true };
  const routes = [spent, PAID, FREE];
  const alone: Partial<ActFacts> = { allowed: { ...FACTS.allowed, act: new Set(["pause"]) }, routes };

  it("when its account is out of money, nothing of it works and nobody has paused it", () => {
    expect(doneWith(alone, SPENT)).toEqual(["pause"]);
    expect(doneWith({ ...alone, routes: [HOT, PAID] }, SPENT)).toEqual([]);
    const second: ActRoute = { ...HOT, id: "hot/second", account: "second", status: "closed" };
    expect(doneWith({ ...alone, routes: [spent, second] }, SPENT)).toEqual([]);
    // Out for a while: it is back by itself, but no probe goes to what is paused.
    expect(doneWith({ ...alone, routes: [spent, { ...second, status: "open" }] }, SPENT)).toEqual([]);
    expect(doneWith({ ...alone, routes: [spent, { ...second, status: "killed" }] }, SPENT)).toEqual(["pause"]);
    expect(doneWith({ ...alone, pausedScopes: new Set(["all"]) }, SPENT)).toEqual([]);
    expect(doneWith({ ...alone, pausedScopes: new Set(["anthropic"]) }, SPENT)).toEqual([]);
    expect(doneWith({ ...alone, drill: true }, SPENT)).toEqual([]);
  });

  it("once: who resumes it is not overruled before it has answered and run out again", () => {
    const { held } = actionsOf({ ...FACTS, ...alone }, SPENT);
    const resumed = actionsOf({ ...FACTS, ...alone, held, atMs: NOW + MINUTE }, SPENT);
    expect(resumed.deeds).toEqual([{ do: "pause_ended", provider: "anthropic" }]);
    const later = { ...alone, held: resumed.held, atMs: NOW + 600 * MINUTE };
    expect(doneWith(later, SPENT)).toEqual([]);
    const answered = { ...spent, answeredAtMs: NOW + 2 * MINUTE };
    expect(doneWith({ ...later, routes: [answered, PAID] }, SPENT)).toEqual(["pause"]);
  });
});

it("a map that says nothing of the watchdog allows it nothing", () => {
  expect(watchdogSettings({})).toEqual({ act: new Set(), holdMs: 60 * MINUTE });
  expect(watchdogSettings({ watchdog: { act: ["kill"], holdMinutes: 5 } })).toEqual({
    act: new Set(["kill"]),
    holdMs: 5 * MINUTE,
  });
});

describe("what it has done", () => {
  it("is forgotten where its route or provider has left the map", () => {
    const killed = { "hot/gone": { atMs: NOW, endedMs: null }, [HOT.id]: { atMs: NOW, endedMs: null } };
    const paused = { gone: { account: "gone:KEY", atMs: NOW, endedMs: null } };
    const routes = FACTS.routes.map((route) => (route.id === HOT.id ? { ...route, status: "killed" as const } : route));
    const { held, deeds } = endingsOf({
      ...FACTS,
      routes,
      pausedScopes: new Set(["gone"]),
      held: { ...nothingHeld, killed, paused },
    });

    expect(held).toMatchObject({ killed: { [HOT.id]: { endedMs: null } }, paused: {} });
    expect(Object.keys(held.killed)).toEqual([HOT.id]);
    expect(deeds).toEqual([]);
  });

  it("is told with why, and no longer once a person has ended it", () => {
    const { held } = actionsOf(FACTS, FAILING);
    const why = FAILING[0]?.title;
    expect(actingOf(held, FACTS.allowed).preferred).toEqual([
      { kind: "draft", route: FREE.id, instead: HOT.id, why, sinceMs: NOW, untilMs: NOW + 60 * MINUTE },
    ]);
    const killed = { "hot/a": { atMs: NOW, why: "so", endedMs: null }, "hot/b": { atMs: NOW, endedMs: NOW } };
    const paused = { openai: { account: "openai:KEY", atMs: NOW, endedMs: null } };
    expect(actingOf({ ...nothingHeld, killed, paused }, FACTS.allowed)).toMatchObject({
      killed: [{ route: "hot/a", atMs: NOW, why: "so" }],
      paused: [{ provider: "openai", atMs: NOW }],
    });
  });
});
