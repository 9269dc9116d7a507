import { describe, expect, it } from "vitest";
import { answers, fails, refuses, route, silent, spine } from "../../support/spine.ts";

const hotA = route("hot/a/one");
const hotB = route("hot/b/two");
const warmC = route("warm/c/three");
const warmD = route("warm/d/four");
const everyRoute = [hotA, hotB, warmC, warmD];

describe("a call", () => {
  it("is answered by the first route that works, and says so", async () => {
    const at = spine({ routes: everyRoute, providers: { "a.test": () => answers("from a") } });

    const reply = await at.ask();

    expect(reply).toMatchObject({ ok: true, value: { kind: "completion", route: { id: "hot/a/one" } } });
    expect(at.trail.all()).toEqual([{ routeId: "hot/a/one", result: "answered", ms: 0 }]);
  });

  it("sends the route's own model, and everything else as it came", async () => {
    const sent: unknown[] = [];
    const at = spine({
      routes: [hotA],
      providers: {
        "a.test": ({ body }) => {
          sent.push(body);
          return answers();
        },
      },
    });

    await at.ask({ my_own_field: { deep: 1 } });

    expect(sent).toEqual([expect.objectContaining({ model: "model-of-hot/a/one", my_own_field: { deep: 1 } })]);
  });

  it("reaches Warm at the third attempt while both Hot hosts refuse", async () => {
    const at = spine({
      routes: everyRoute,
      providers: { "a.test": refuses, "b.test": refuses, "c.test": () => answers() },
    });

    const reply = await at.ask();

    expect(reply).toMatchObject({ ok: true, value: { route: { id: "warm/c/three" } } });
    expect(at.trail.all().map(({ result }) => result)).toEqual(["unreachable", "unreachable", "answered"]);
  });

  it("asks Warm first while Hot's breakers are open", async () => {
    const open = { why: "open", untilMs: null } as const;
    const at = spine({
      routes: everyRoute,
      providers: { "c.test": () => answers() },
      blocked: { "hot/a/one": open, "hot/b/two": open },
    });

    await at.ask();

    expect(at.trail.asked()).toBe(1);
    expect(at.trail.all().at(-1)).toMatchObject({ routeId: "warm/c/three", result: "answered" });
  });

  it("does not ask another route of a host that was unreachable", async () => {
    const sameHost = route("hot/a/other");
    const at = spine({ routes: [hotA, sameHost, warmC], providers: { "a.test": refuses, "c.test": () => answers() } });

    await at.ask();

    expect(at.trail.all()).toMatchObject([
      { result: "unreachable" },
      { routeId: "hot/a/other", result: "skipped", why: "host_unreachable" },
      { result: "answered" },
    ]);
  });

  it("makes exactly one attempt on an account that is over quota", async () => {
    const shared = [1, 2, 3, 4].map((n) => route(`hot/a/model-${n}`, { account: "one-bill" }));
    const quota = fails(429, {
      message: "You exceeded your current quota",
      type: "insufficient_quota",
      code: "insufficient_quota",
    });
    const at = spine({ routes: [...shared, warmC], providers: { "a.test": quota, "c.test": () => answers() } });

    const reply = await at.ask();

    expect(reply.ok).toBe(true);
    expect(at.trail.all().map((one) => (one.result === "skipped" ? one.why : one.result))).toEqual([
      "quota_exhausted",
      "account_out",
      "account_out",
      "account_out",
      "answered",
    ]);
  });

  it("goes only to a larger context after a context overflow", async () => {
    const overflow = fails(400, {
      message: "maximum context length is 8000",
      code: "context_length_exceeded",
      type: "invalid_request_error",
    });
    const small = route("hot/a/small", { contextTokens: 8_000 });
    const asSmall = route("hot/b/as-small", { contextTokens: 8_000 });
    const large = route("warm/c/large", { contextTokens: 200_000 });
    const at = spine({ routes: [small, asSmall, large], providers: { "a.test": overflow, "c.test": () => answers() } });

    await at.ask();

    expect(at.trail.all().map((one) => (one.result === "skipped" ? one.why : one.result))).toEqual([
      "context_overflow",
      "context_too_small",
      "answered",
    ]);
  });

  it("gives the caller's own mistake back, with the provider's reason, and asks nobody else", async () => {
    const rejected = fails(400, {
      message: "temperature is too high",
      type: "invalid_request_error",
      param: "temperature",
    });
    const at = spine({ routes: everyRoute, providers: { "a.test": rejected } });

    const reply = await at.ask();

    expect(reply).toMatchObject({
      ok: false,
      failure: { kind: "request_rejected", reason: "temperature is too high", param: "temperature" },
    });
    expect(at.trail.asked()).toBe(1);
  });

  it("skips a route that cannot do what is asked, and says what", async () => {
    const noTools = route("hot/a/no-tools", { cannot: new Set(["tools"]) });
    const at = spine({ routes: [noTools, hotB], providers: { "b.test": () => answers() } });

    await at.ask({ tools: [{ type: "function", function: { name: "look" } }] });

    expect(at.trail.all()[0]).toMatchObject({
      routeId: "hot/a/no-tools",
      result: "skipped",
      why: expect.stringContaining("incapable:"),
    });
  });

  it("is refused when no route at all could do what is asked", async () => {
    const at = spine({ routes: [route("hot/a/no-tools", { cannot: new Set(["tools"]) })], providers: {} });

    const reply = await at.ask({ tools: [{ type: "function", function: { name: "look" } }] });

    expect(reply).toMatchObject({ ok: false, failure: { kind: "not_capable" } });
  });

  it("ends when the caller hangs up, and blames nobody", async () => {
    const at = spine({ routes: everyRoute, providers: { "a.test": silent, "b.test": () => answers() } });
    at.clock.after(500, () => at.caller.abort());

    const reply = await at.ask();

    expect(reply).toMatchObject({ ok: false, failure: { kind: "caller_gone" } });
    expect(at.outcomes.map(({ failure }) => failure?.kind)).toEqual(["caller_gone"]);
    expect(at.trail.asked()).toBe(1);
  });
});

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

  it("the call goes to the cold queue where that takes it", async () => {
    const parked: unknown[] = [];
    const at = spine({
      routes: [hotA],
      providers: {},
      coldQueue: {
        park(work) {
          parked.push(work);
          return Promise.resolve({ jobId: "job-1" });
        },
      },
    });

    const reply = await at.ask();

    expect(reply).toEqual({ ok: true, value: { kind: "queued", jobId: "job-1" } });
    expect(parked).toEqual([{ requestId: "id", kind: "auto", request: expect.objectContaining({ model: "auto" }) }]);
  });

  it.each(["enable_cold_queue"] as const)("nothing is parked while %s is off", async (flag) => {
    const at = spine({
      routes: [hotA],
      providers: {},
      flags: { [flag]: false },
      coldQueue: { park: () => Promise.reject(new Error("must not be asked")) },
    });

    expect(await at.ask()).toMatchObject({ ok: false, failure: { kind: "providers_failed" } });
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
