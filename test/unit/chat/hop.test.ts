/** How a router that calls itself finds out. */
import { describe, expect, it } from "vitest";
import { hopHeader, hopsOf } from "../../../src/domain/hop.ts";
import { loopNotice } from "../../../src/http/loop-notice.ts";
import { providers } from "../../../src/providers/all.ts";
import { answers, fails, route, spine } from "../../support/spine.ts";

function hops(header: string | null): number | null {
  return hopsOf(new Headers(header === null ? {} : { "x-lisbon-hop": header }), "own");
}

describe("a call that arrives", () => {
  it.each([
    [null, 0],
    ["other,1", 1],
    ["other, 4", 4],
    ["nonsense", 1],
    ["other,1e9", 1],
    ["own,1", null],
    [" own ,3", null],
    ["own", null],
    // Two deployments that lead to each other and to others: somebody has to stop.
    ["other,5", null],
    ["other,900", null],
  ])("with the hop %s has come through %s routers", (header, expected) => {
    expect(hops(header)).toBe(expected);
  });

  it("that nobody can tell from our own is taken for another's", () => {
    expect(hopsOf(new Headers({ "x-lisbon-hop": "own,1" }), null)).toBe(1);
    expect(hopHeader(null, 0)).toBeNull();
  });
});

describe("a call that goes out", () => {
  it("says whose it is, and how many routers it has been through", async () => {
    const seen: (string | null)[] = [];
    const provider = ({ headers }: { readonly headers: Headers }) => {
      seen.push(headers.get("x-lisbon-hop"));
      return answers();
    };
    const routes = [route("hot/a/one")];

    await spine({ routes, providers: { "a.test": provider } }).ask();
    await spine({ routes, providers: { "a.test": provider }, call: { hops: 2 } }).ask();

    expect(seen).toEqual(["own,1", "own,3"]);
  });
});

describe("a route that leads back", () => {
  const loops = fails(400, { message: "A route of this router leads back", code: "routing_loop" });

  it("is passed over, is not tried again and costs nobody a breaker", async () => {
    const at = spine({
      routes: [route("hot/a/self"), route("warm/b/other")],
      providers: { "a.test": loops, "b.test": () => answers() },
    });

    const reply = await at.ask();

    expect(reply.ok).toBe(true);
    expect(at.trail.all()).toMatchObject([
      { routeId: "hot/a/self", result: "routing_loop" },
      { routeId: "warm/b/other", result: "answered" },
    ]);
  });

  it("and has no other beside it is told as what it is, and the call is not parked", async () => {
    const at = spine({ routes: [route("hot/a/self")], providers: { "a.test": loops } });

    expect(await at.ask()).toEqual({ ok: false, failure: { kind: "routing_loop" } });
    expect(at.trail.asked()).toBe(1);
  });

  it("beside one that is only away is not told of: the other may be back", async () => {
    const at = spine({
      routes: [route("hot/a/self"), route("warm/b/other")],
      providers: { "a.test": loops },
      blocked: { "warm/b/other": { why: "open", untilMs: null } },
      kinds: { work: { degrade: ["error"] } },
    });

    expect(await at.ask({ model: "work" })).toMatchObject({
      ok: false,
      failure: { kind: "providers_failed", failures: ["routing_loop"] },
    });
  });

  it("is known in Anthropic's shape too", () => {
    const body = JSON.stringify({
      type: "error",
      error: { type: "invalid_request_error", code: "routing_loop", message: "A route leads back" },
    });

    expect(providers.anthropic.fromError(400, new Headers(), body, 0).kind).toBe("routing_loop");
  });

  it("is named to a human where its host is the router's own", () => {
    const routes = [route("hot/a/self"), route("warm/b/other")];

    expect(loopNotice("https://a.test/v1/chat/completions", { routes }, 0)).toMatchObject({
      kind: "setup",
      why: "hot/a/self: baseUrl is this router's own address.",
    });
    expect(loopNotice("https://lisbon.test/v1/messages", { routes }, 0).why).toMatch(/through a gateway/);
  });
});
