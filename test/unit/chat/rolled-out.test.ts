/** Whom a route with a `rollout` serves. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRolledOut } from "../../../src/chat/rolled-out.ts";
import { type Call, NO_WISHES } from "../../../src/domain/call.ts";
import { chatRequest } from "../../support/providers.ts";
import { answers, route, spine } from "../../support/spine.ts";

const partial = route("hot/a/new", { rollout: 20 });
const whole = route("warm/b/old");
const providers = { "a.test": () => answers(), "b.test": () => answers() };

function callOf(tenant: string, user: string | null, request: Partial<Call["request"]> = {}) {
  const from = { kind: "caller", tenant, user, token: null, wishes: NO_WISHES, calledUrl: "" } as const;
  return { from, request: { ...chatRequest(), ...request } };
}

describe("a route's rollout", () => {
  it("is the share of users whom it serves, within a point and a half of 10,000", () => {
    for (const rollout of [0, 1, 10, 50, 90, 100]) {
      for (const id of ["hot/a/new", "warm/openai/gpt-4o-mini"]) {
        const users = Array.from({ length: 10_000 }, (_, number) => callOf("acme", `user-${number}`));
        const served = users.filter((call) => isRolledOut(route(id, { rollout }), call)).length;
        expect(Math.abs(served / 100 - rollout)).toBeLessThanOrEqual(1.5);
      }
    }
  });

  it("takes the route from nobody when it grows, and says the same each time", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(100), fc.nat(100), (tenant, user, one, other) => {
        const call = callOf(tenant, user);
        const served = (rollout: number) => isRolledOut(route("hot/a/new", { rollout }), call);
        expect(served(one)).toBe(served(one));
        expect(served(0)).toBe(false);
        expect(served(100)).toBe(true);
        expect(served(Math.min(one, other)) && !served(Math.max(one, other))).toBe(false);
      }),
    );
  });

  it("draws other users for another route", () => {
    const users = Array.from({ length: 1_000 }, (_, number) => callOf("acme", `user-${number}`));
    const both = users.filter((call) =>
      ["hot/a/1", "hot/a/2"].every((id) => isRolledOut(route(id, { rollout: 50 }), call)),
    );
    expect(both.length).toBeGreaterThan(200);
    expect(both.length).toBeLessThan(300);
  });

  it("goes by the caller's own user, then by the request's, then by the tenant", () => {
    const at = (call: ReturnType<typeof callOf>) =>
      Array.from({ length: 64 }, (_, number) => isRolledOut(route(`hot/a/${number}`, { rollout: 50 }), call));

    expect(at(callOf("acme", "ann", { user: "bob" }))).toEqual(at(callOf("acme", "ann")));
    expect(at(callOf("acme", null, { user: "ann" }))).toEqual(at(callOf("acme", "ann")));
    expect(at(callOf("acme", null, { user: "bob" }))).not.toEqual(at(callOf("acme", "ann")));
    expect(at(callOf("acme", null))).not.toEqual(at(callOf("other", null)));
  });

  it("leaves the others to what stands behind it, and the trail says why", async () => {
    const at = spine({ routes: [{ ...partial, rollout: 0 }, whole], providers });
    await at.ask();

    expect(at.trail.all()).toMatchObject([
      { routeId: partial.id, result: "skipped", why: "not_rolled_out" },
      { routeId: whole.id, result: "answered" },
    ]);
  });

  it("is passed over for who names the route by its id", async () => {
    const at = spine({ routes: [{ ...partial, rollout: 0 }, whole], providers });
    await at.ask({ model: partial.id });

    expect(at.trail.all()).toMatchObject([{ routeId: partial.id, result: "answered" }]);
  });
});
