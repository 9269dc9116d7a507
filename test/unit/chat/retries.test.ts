import { describe, expect, it } from "vitest";
import { answers, fails, route, spine } from "../../support/spine.ts";

const hotA = route("hot/a/one");
const hotB = route("hot/b/two");
const everyRoute = [hotA, hotB, route("warm/c/three"), route("warm/d/four")];

describe("retries", () => {
  const busy = fails(503, { message: "overloaded" });

  it("try the same route once more after a quick 503, and every tier is still reached", async () => {
    const at = spine({
      routes: everyRoute,
      providers: { "a.test": busy, "b.test": busy, "c.test": busy, "d.test": busy },
    });

    await at.ask();

    expect(at.trail.asked()).toBe(6);
    expect(new Set(at.trail.all().map(({ routeId }) => routeId)).size).toBe(4);
  });

  it("never add up to more subrequests than the platform allows one request", async () => {
    const many = Array.from({ length: 80 }, (_, at) => route(`hot/p${at}/m`));
    const providers = Object.fromEntries(many.map(({ host }) => [host, busy]));
    const at = spine({ routes: many, providers, deadlineMs: 600_000 });

    await at.ask();

    expect(at.trail.asked()).toBeLessThan(50);
  });

  it("wait a jitter at least, when told to come back at once", async () => {
    let calls = 0;
    const limited = fails(429, { message: "slow down", code: "rate_limit_exceeded" }, { "retry-after": "0" });
    const at = spine({ routes: [hotA, hotB], providers: { "a.test": () => (++calls === 1 ? limited() : answers()) } });
    const began = at.clock.now();

    await at.ask();

    expect(at.clock.now() - began).toBe(100);
  });

  it("are not made on a route that fails other calls too", async () => {
    const at = spine({
      routes: [hotA, hotB],
      providers: { "a.test": busy, "b.test": () => answers() },
      recentFailures: () => 2,
    });

    await at.ask();

    expect(at.trail.all().map(({ result }) => result)).toEqual([expect.any(String), "answered"]);
  });

  it("wait out a Retry-After that is short, and answer from the same route", async () => {
    let calls = 0;
    const limited = fails(429, { message: "slow down", code: "rate_limit_exceeded" }, { "retry-after": "2" });
    const at = spine({ routes: [hotA, hotB], providers: { "a.test": () => (++calls === 1 ? limited() : answers()) } });
    const began = at.clock.now();

    const reply = await at.ask();

    expect(reply).toMatchObject({ ok: true, value: { route: { id: "hot/a/one" } } });
    expect(at.clock.now() - began).toBe(2_000);
  });

  it.each([
    ["a 429 without Retry-After", {}],
    ["a Retry-After over retryAfterWaitMs", { "retry-after": "10" }],
  ])("are not made after %s", async (_name, headers) => {
    const limited = fails(429, { message: "slow down", code: "rate_limit_exceeded" }, headers);
    const at = spine({ routes: [hotA, hotB], providers: { "a.test": limited, "b.test": () => answers() } });

    await at.ask();

    expect(at.trail.all().map(({ result }) => result)).toEqual(["rate_limited", "answered"]);
  });
});
