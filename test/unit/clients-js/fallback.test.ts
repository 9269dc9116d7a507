/** Servers whose router is away: the providers are asked directly, by the same map, until the router is back. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Plays, process, silent } from "./fallback-stage.ts";
import { answers, completion, refuses, refusesConnections, thrownBy } from "./stage.ts";

const EDGE_PAGE = { headers: { "content-type": "text/html", server: "cloudflare" } };

afterEach(() => vi.unstubAllGlobals());

describe("with a router that is there", () => {
  it("it answers, with the key", async () => {
    const { ask, asked, seen } = process({ router: () => answers("from the router") });
    const response = await ask({}, { authorization: "Bearer unused" });

    expect(await response.json()).toEqual(completion("from the router"));
    expect(response.headers.has("x-lisbon-fallback")).toBe(false);
    expect(asked).toEqual(["router"]);
    expect(seen[0]?.headers.get("authorization")).toBe("Bearer lsb_key");
  });

  it.each([
    [503, "providers_failed"],
    [500, "internal"],
    [504, "deadline_exceeded"],
    [401, "invalid_api_key"],
    [429, "over_limit"],
  ])("its refusals are its caller's: %i %s", async (status, code) => {
    const { ask, asked } = process({ router: () => refuses(status, code) });

    expect((await ask()).status).toBe(status);
    expect(asked).toEqual(["router"]);
  });

  it("a caller's hang-up is nobody's failure", async () => {
    const hangUp = new AbortController();
    const { ask, asked, clock } = process({ router: silent });
    clock.after(100, () => hangUp.abort(new Error("enough")));

    expect(await thrownBy(ask({}, {}, hangUp.signal))).toMatchObject({ message: "enough" });
    expect(asked).toEqual(["router"]);
  });
});

describe("with a router that is away", () => {
  it.each<[string, Plays]>([
    ["refuses connections", refusesConnections],
    ["says nothing until its time is over", silent],
    ["is behind an edge that cannot reach it (522)", () => new Response("<h1>522</h1>", { status: 522, ...EDGE_PAGE })],
    ["is behind an edge that cannot find it (530)", () => new Response("<h1>530</h1>", { status: 530, ...EDGE_PAGE })],
    ["threw, and the edge says so", () => new Response("<h1>1101</h1>", { status: 500, ...EDGE_PAGE })],
  ])("that %s the provider is asked", async (_how, router) => {
    const { ask, asked, seen } = process({ router });
    const response = await ask();

    expect(await response.json()).toMatchObject({ choices: [{ message: { content: "from one" } }] });
    expect(response.headers.get("x-lisbon-fallback")).toBe("direct");
    expect(response.headers.get("x-lisbon-tier")).toBe("hot");
    expect(asked).toEqual(["router", "one"]);
    expect(seen[1]?.headers.get("authorization")).toBe("Bearer sk-one");
  });

  it("the map's failover is the Worker's own", async () => {
    const { ask, asked } = process({ router: refusesConnections, one: () => refuses(500, "server_error") });
    const response = await ask();

    expect(await response.json()).toMatchObject({ choices: [{ message: { content: "from two" } }] });
    expect(response.headers.get("x-lisbon-notice")).toBe("Using backup service");
    expect(response.headers.get("x-lisbon-trail")).toMatch(/one\/model-1=server_error.*two\/model-2=answered/);
    expect(asked).toEqual(["router", "one", "one", "two"]);
  });

  it("a refusal has the Worker's own words", async () => {
    const { ask } = process({ router: refusesConnections, one: refusesConnections, two: refusesConnections });
    const response = await ask();

    expect(response.status).toBe(503);
    expect(response.headers.get("x-lisbon-fallback")).toBe("direct");
    expect(await response.json()).toMatchObject({
      error: { code: "providers_failed", attempts: ["unreachable", "unreachable"] },
    });
  });

  it("the wait for it is the kind's deadline and the way there and back", async () => {
    const { ask, clock } = process({ router: silent });
    const began = clock.now();
    await ask({ model: "brief" });

    expect(clock.now() - began).toBe(8_000);
  });

  it("what only the router can do fails as it fails", async () => {
    const { fetch, asked, clock, ask } = process({ router: refusesConnections });

    await expect(clock.run(fetch("https://router.test/v1/jobs/job_1"))).rejects.toThrow("fetch failed");
    await expect(ask({}, { "idempotency-key": "k", "last-event-id": "1.4" })).rejects.toThrow("fetch failed");
    expect(asked).toEqual(["router", "router"]);
  });

  it("a provider is shown nothing that was meant for the router", async () => {
    const { ask, seen } = process({ router: refusesConnections });
    const response = await ask(
      { on_cold: "wait", callback_url: "https://app.test/hook", idempotencyKey: "mine" },
      { "idempotency-key": "mine" },
    );

    expect(response.status).toBe(200);
    const sent = await seen[1]?.text();
    expect(sent).not.toMatch(/on_cold|callback_url|idempotencyKey/);
    expect(seen[1]?.headers.get("authorization")).toBe("Bearer sk-one");
    expect(seen[1]?.headers.get("idempotency-key")).not.toBe("mine");
  });
});

describe("what cannot work is said at once", () => {
  it.each(["window", "document"])("in a page, which has a %s", (name) => {
    vi.stubGlobal(name, {});

    expect(() => process({ router: () => answers() })).toThrow(/for servers/);
  });

  it("with every mistake of the map", () => {
    expect(() => process({ router: () => answers() }, { routes: { hot: [{ provider: "one", modle: "m" }] } })).toThrow(
      /hot\[0\]\.modle/,
    );
  });
});
