import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WATCHDOG_ACTIONS } from "../../../src/domain/watchdog.ts";
import { actionsOf, releasedBy, type ActRoute } from "../../../src/watch/actions.ts";
import { troubleKeys } from "../../../src/watch/findings.ts";
import { nothingHeld } from "../../../src/watch/held.ts";
import { finding, FREE, HOT, MINUTE, NOW, PAID } from "./act-facts.ts";

function anyRoute(id: string): fc.Arbitrary<ActRoute> {
  return fc.record({
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
}

describe("whatever happens", () => {
  const ids = [HOT.id, PAID.id, FREE.id, "hot/local"];
  const keys = ["one", "two"]
    .map(troubleKeys.quota)
    .concat(ids.flatMap((id) => [troubleKeys.failing(id), troubleKeys.error(id)]));
  const anyMoment = fc.record({
    minutes: fc.integer({ min: 1, max: 40 }),
    routes: fc.tuple(...ids.map(anyRoute)),
    warm: fc.boolean(),
    drill: fc.boolean(),
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
