import { describe, expect, it } from "vitest";
import { answers, route, spine } from "../../support/spine.ts";

const INSTEAD = {
  unreachable: "unreachable",
  server_error: "server_error",
  overloaded: "overloaded",
  "rate_limited:20": "rate_limited",
  silent: "timed_out",
  empty: "empty_answer",
} as const;

describe.each(Object.entries(INSTEAD))("a route that a drill makes %s", (fault, result) => {
  it.each([false, true])("fails as an ill one would, and its provider is not asked (streamed: %s)", async (stream) => {
    const { at, asked } = twoRoutes({ "hot/a/one": fault });
    await at.ask(stream ? { stream } : {});

    expect(asked).not.toContain("a");
    expect(asked).toContain("b");
    expect(at.trail.all()[0]).toMatchObject({ routeId: "hot/a/one", result });
  });
});

describe("a fault between the provider and us", () => {
  it("keeps an answer back for as long as it says", async () => {
    const { at, asked } = twoRoutes({ "hot/a/one": "slow:3000" });
    const began = at.clock.now();
    await at.ask();

    expect(asked).toEqual(["a"]);
    expect(at.clock.now() - began).toBe(3_000);
  });

  it("garbage is an answer that nobody can read", async () => {
    const { at, asked } = twoRoutes({ "hot/a/one": "garbage" });
    await at.ask();

    expect(asked).toEqual(["b"]);
  });
});

describe("a share of the attempts", () => {
  it.each([
    ["server_error;share=51", ["b"]],
    ["server_error;share=50", ["a"]],
    ["of another version", ["a"]],
  ])("of %s meets the fault where chance says 0.5: %j is asked", async (fault, expected) => {
    const { at, asked } = twoRoutes({ "hot/a/one": fault });
    await at.ask();

    expect(asked).toEqual(expected);
  });
});

function twoRoutes(faults: Record<string, string>) {
  const asked: string[] = [];
  const well = (name: string) => () => {
    asked.push(name);
    return answers();
  };
  const at = spine({
    routes: [route("hot/a/one"), route("hot/b/two")],
    providers: { "a.test": well("a"), "b.test": well("b") },
    faults,
  });
  return { at, asked };
}
