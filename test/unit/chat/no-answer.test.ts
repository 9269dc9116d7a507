import { describe, expect, it } from "vitest";
import { answers, fails, route, spine } from "../../support/spine.ts";

const hotA = route("hot/a/one");
const hotB = route("hot/b/two");
const warmC = route("warm/c/three");
const warmD = route("warm/d/four");
const everyRoute = [hotA, hotB, warmC, warmD];

describe("when everything fails", () => {
  it("the refusal names the kinds of the attempts and the soonest moment to come back", async () => {
    const at = spine({
      routes: [hotA, warmC],
      providers: { "a.test": fails(429, { message: "later", code: "rate_limit_exceeded" }, { "retry-after": "40" }) },
      blocked: { "warm/c/three": { why: "open", untilMs: 1_700_000_000_000 + 12_000 } },
    });

    const reply = await at.ask();

    expect(reply).toEqual({
      ok: false,
      failure: { kind: "providers_failed", failures: ["rate_limited"], retryAfterMs: 12_000 },
    });
  });

  it("a route that could not have taken the call says nothing of when to come back", async () => {
    const incapable = route("warm/c/no-n", { cannot: new Set(["tools"]) });
    const at = spine({
      routes: [hotA, incapable],
      providers: { "a.test": fails(429, { message: "later", code: "rate_limit_exceeded" }, { "retry-after": "20" }) },
    });

    const reply = await at.ask({ tools: [{ type: "function", function: { name: "look" } }] });

    expect(reply).toMatchObject({ ok: false, failure: { kind: "providers_failed", retryAfterMs: 20_000 } });
  });

  it("what only an operator can bring back is said to take a minute", async () => {
    const killed = { why: "killed", untilMs: null } as const;
    const at = spine({
      routes: [hotA, warmC],
      providers: {},
      blocked: { "hot/a/one": killed },
      flags: { enable_warm_fallback: false },
    });

    expect(await at.ask()).toMatchObject({ ok: false, failure: { retryAfterMs: 60_000 } });
  });

  it("one route with too small a context does not make an outage the caller's mistake", async () => {
    const overflow = fails(400, { message: "maximum context length is 8000", code: "context_length_exceeded" });
    const small = route("warm/c/small", { contextTokens: 8_000 });
    const at = spine({ routes: [hotA, small], providers: { "c.test": overflow } });

    expect(await at.ask()).toMatchObject({
      ok: false,
      failure: { kind: "providers_failed", failures: ["unreachable", "context_overflow"] },
    });
  });

  it("Warm is not asked while enable_warm_fallback is off", async () => {
    const at = spine({
      routes: everyRoute,
      providers: { "c.test": () => answers() },
      flags: { enable_warm_fallback: false },
    });

    expect(await at.ask()).toMatchObject({ ok: false, failure: { kind: "providers_failed" } });
    expect(
      at.trail
        .all()
        .filter((one) => one.result === "skipped")
        .map((one) => one.routeId),
    ).toEqual(["warm/c/three", "warm/d/four"]);
  });
});
