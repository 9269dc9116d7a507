/** What the breaker is told of a call: every attempt once, the one that answered too. */
import { describe, expect, it } from "vitest";
import { answers, fails, refuses, route, spine } from "../../support/spine.ts";

const hotA = route("hot/a/one");
const warmC = route("warm/c/two");

describe("the breaker", () => {
  it("is told of an unstreamed answer, which ends the route's run of failures", async () => {
    const at = spine({ routes: [hotA], providers: { "a.test": () => answers() } });

    await at.ask();

    expect(at.outcomes).toMatchObject([{ route: { id: "hot/a/one" }, failure: null }]);
  });

  it("is told of each failed attempt before the one that answered", async () => {
    const at = spine({ routes: [hotA, warmC], providers: { "a.test": refuses, "c.test": () => answers() } });

    await at.ask();

    expect(at.outcomes.map((outcome) => [outcome.route.id, outcome.failure?.kind ?? null])).toEqual([
      ["hot/a/one", "unreachable"],
      ["warm/c/two", null],
    ]);
  });

  it("is told how long the answer took, and when its attempt began", async () => {
    const at = spine({ routes: [hotA, warmC], providers: { "a.test": fails(503, {}), "c.test": () => answers() } });
    const before = at.clock.now();

    await at.ask();

    const last = at.outcomes.at(-1);
    expect(last).toMatchObject({ route: { id: "warm/c/two" }, failure: null, durationMs: 0 });
    expect(last?.startedAtMs).toBeGreaterThan(before);
  });
});
