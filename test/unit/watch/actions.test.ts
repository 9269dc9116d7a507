import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WATCHDOG_ACTIONS } from "../../../src/domain/watchdog.ts";
import { actionsOf, endingsOf, releasedBy, type ActFacts, type ActRoute } from "../../../src/watch/actions.ts";
import { troubleKeys, type Finding } from "../../../src/watch/findings.ts";
import { actingOf, nothingHeld } from "../../../src/watch/held.ts";
import { watchdogSettings } from "../../../src/routing/watchdog-settings.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const MINUTE = 60_000;
const HOT: ActRoute = {
  id: "hot/a",
  account: "anthropic",
  provider: "anthropic",
  tier: "hot",
  cost: "paid",
  status: "open",
  paused: false,
  behind: false,
  spent: false,
  answeredAtMs: null,
};
const PAID: ActRoute = { ...HOT, id: "warm/b", account: "openai", provider: "openai", tier: "warm", status: "closed" };
const FREE: ActRoute = { ...PAID, id: "warm/free", account: "groq", provider: "groq", cost: "free" };
const FACTS: ActFacts = {
  atMs: NOW,
  allowed: { act: new Set(WATCHDOG_ACTIONS), holdMs: 60 * MINUTE },
  routes: [HOT, PAID, FREE],
  kinds: [{ name: "draft", routeIds: [HOT.id, PAID.id, FREE.id] }],
  warm: true,
  pausedScopes: new Set(),
  openings: [],
  held: nothingHeld,
};

function finding(key: string): Finding {
  return { kind: "provider_failing", key, title: `${key} it is`, why: "so", nextAction: "Nothing." };
}
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
    expect(over.deeds).toEqual([{ do: "prefer_free_ended", kind: "draft", routeId: FREE.id, why: "time_is_over" }]);
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

  it("but never the last one", () => {
    expect(doneWith({ ...alone, openings: twice, routes: [HOT, { ...PAID, status: "open" }] }, LOOPING)).toEqual([]);
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
    expect(doneWith({ ...alone, pausedScopes: new Set(["all"]) }, SPENT)).toEqual([]);
    expect(doneWith({ ...alone, pausedScopes: new Set(["anthropic"]) }, SPENT)).toEqual([]);
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

describe("what it has done", () => {
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

describe("whatever happens", () => {
  const ids = [HOT.id, PAID.id, FREE.id, "hot/local"];
  const anyRoute = (id: string): fc.Arbitrary<ActRoute> =>
    fc.record({
      id: fc.constant(id),
      account: fc.constantFrom("one", "two"),
      provider: fc.constantFrom("p", "q"),
      tier: fc.constantFrom("hot", "warm"),
      cost: fc.constantFrom("local", "free", "paid"),
      status: fc.constantFrom("closed", "open", "half_open", "killed"),
      paused: fc.boolean(),
      behind: fc.boolean(),
      spent: fc.boolean(),
      answeredAtMs: fc.option(fc.integer({ min: NOW, max: NOW + 200 * MINUTE })),
    });
  const keys = ["one", "two"]
    .map(troubleKeys.quota)
    .concat(ids.flatMap((id) => [troubleKeys.failing(id), troubleKeys.error(id)]));
  const anyMoment = fc.record({
    minutes: fc.integer({ min: 1, max: 40 }),
    routes: fc.tuple(...ids.map(anyRoute)),
    warm: fc.boolean(),
    pausedScopes: fc.uniqueArray(fc.constantFrom("all", "p", "q"), { maxLength: 1 }).map((scopes) => new Set(scopes)),
    openings: fc.array(
      fc.record({
        routeId: fc.constantFrom(...ids),
        error: fc.constantFrom("x", "y"),
        atMs: fc.integer({ min: NOW, max: NOW + 200 * MINUTE }),
      }),
      { maxLength: 6 },
    ),
    findings: fc.uniqueArray(fc.constantFrom(...keys)).map((found) => found.map(finding)),
    release: fc.boolean(),
  });
  const kinds = [
    { name: "draft", routeIds: ids },
    { name: "own", routeIds: [PAID.id, FREE.id] },
  ];
  const anyAct = fc.uniqueArray(fc.constantFrom(...WATCHDOG_ACTIONS));

  it("what is preferred is healthy and ends in time, nothing is done that is not allowed, and no switch of a person's is overwritten", () => {
    fc.assert(
      fc.property(anyAct, fc.array(anyMoment, { maxLength: 8 }), (act, moments) => {
        let held = nothingHeld;
        let atMs = NOW;
        const allowed = { act: new Set(act), holdMs: 60 * MINUTE };
        for (const { minutes, findings, release, ...more } of moments) {
          atMs += minutes * MINUTE;
          const facts = { ...more, atMs, allowed, kinds };
          if (release) ({ held } = releasedBy(held, "draft", facts));
          const before = held;
          const acted = actionsOf({ ...facts, held }, findings);
          ({ held } = acted);
          const routeOf = (id: string): ActRoute | undefined => facts.routes.find((route) => route.id === id);
          for (const { routeId, sinceMs, untilMs } of Object.values(held.preferred)) {
            expect(untilMs).toBe(sinceMs + allowed.holdMs);
            expect(atMs).toBeLessThan(untilMs);
            expect(routeOf(routeId)).toMatchObject({ status: "closed" });
          }
          for (const deed of acted.deeds) {
            if (!deed.do.endsWith("_ended")) expect(act).toContain(deed.do);
            if (deed.do === "prefer_free") {
              expect(routeOf(deed.routeId)).toMatchObject({ status: "closed", behind: false, paused: false });
              expect(routeOf(deed.routeId)?.cost).not.toBe("paid");
              expect(before.dealtWith).not.toContain(`${deed.kind} ${deed.instead}`);
            }
            if (deed.do === "kill") expect(routeOf(deed.routeId)?.status).not.toBe("killed");
            if (deed.do === "pause") expect([...facts.pausedScopes]).not.toContain(deed.provider);
          }
          // Seen again at the same moment, nothing is done twice.
          const again = actionsOf({ ...facts, held }, findings).deeds.map((deed) => deed.do);
          expect(again.filter((deed) => deed === "prefer_free" || deed === "prefer_free_ended")).toEqual([]);
        }
        if (act.length === 0) expect(held).toEqual(nothingHeld);
      }),
      { numRuns: 200 },
    );
  });
});

it("a map that says nothing of the watchdog allows it nothing", () => {
  expect(watchdogSettings({})).toEqual({ act: new Set(), holdMs: 60 * MINUTE });
  expect(watchdogSettings({ watchdog: { act: ["kill"], holdMinutes: 5 } })).toEqual({
    act: new Set(["kill"]),
    holdMs: 5 * MINUTE,
  });
});
