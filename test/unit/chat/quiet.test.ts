import { describe, expect, it } from "vitest";
import { answers, fails, refuses, route, spine } from "../../support/spine.ts";

const ROUTES = [route("hot/a/one"), route("warm/b/two")];
const DOWN = fails(503, { message: "down" });

describe("a chain that was walked in vain", () => {
  it("is told as such where every route was asked or is out, by outages alone", async () => {
    const all = spine({ routes: ROUTES, providers: { "a.test": DOWN, "b.test": refuses } });
    await all.ask();
    expect(all.exhausted).toEqual(["auto"]);

    const blocked = { "hot/a/one": { why: "open", untilMs: null } } as const;
    const rest = spine({ routes: ROUTES, blocked, providers: { "b.test": DOWN } });
    await rest.ask();
    expect(rest.exhausted).toEqual(["auto"]);
  });

  it("is no such chain where the request is rejected or filtered, could not go to a route, or was answered", async () => {
    const rejected = fails(400, { message: "no", type: "invalid_request_error" });
    const asked = [
      spine({ routes: ROUTES, providers: { "a.test": rejected, "b.test": rejected } }),
      spine({ routes: ROUTES, providers: { "a.test": DOWN, "b.test": rejected } }),
      spine({ routes: ROUTES, providers: { "a.test": DOWN, "b.test": () => answers() } }),
      spine({
        routes: [ROUTES[0] ?? route("x"), route("warm/b/two", { cannot: new Set(["seed"]) })],
        providers: { "a.test": DOWN },
      }),
    ];
    for (const one of asked) await one.ask({ seed: 1 });

    expect(asked.flatMap(({ exhausted }) => exhausted)).toEqual([]);
  });

  it("is not walked while its kind is quiet: nobody is asked, and the caller hears when it may come back", async () => {
    const quiet = spine({
      routes: ROUTES,
      providers: { "a.test": () => answers(), "b.test": () => answers() },
      quiet: { auto: 1_000_000_000_000_000 },
    });
    const reply = await quiet.ask();

    expect(reply).toMatchObject({ ok: false, failure: { kind: "providers_failed", failures: [] } });
    expect(quiet.trail.all()).toMatchObject([{ why: "quiet" }, { why: "quiet" }]);
    expect(quiet.trail.asked()).toBe(0);
    expect(quiet.exhausted).toEqual([]);
    const until = !reply.ok && reply.failure.kind === "providers_failed" ? reply.failure.retryAfterMs : 0;
    expect(until).toBe(1_000_000_000_000_000 - quiet.clock.now());
  });
});
