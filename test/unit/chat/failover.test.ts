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

  it("still asks another model of the account when only one model's quota is used up", async () => {
    const shared = [1, 2].map((n) => route(`hot/a/model-${n}`, { account: "one-bill" }));
    const message = "Rate limit reached for gpt-4o on requests per day (RPD): Limit 200, Used 200.";
    const daily = fails(429, { message, type: "requests", code: "rate_limit_exceeded" });
    let calls = 0;
    const at = spine({ routes: shared, providers: { "a.test": () => (++calls === 1 ? daily() : answers()) } });

    await at.ask();

    expect(at.trail.all().map(({ result }) => result)).toEqual(["quota_exhausted", "answered"]);
  });

  it("takes an answer without a word for one, where the caller's own stop sequence may have come first", async () => {
    const at = spine({ routes: [hotA, hotB], providers: { "a.test": () => answers("") } });

    const reply = await at.ask({ stop: ["hel"] });

    expect(reply).toMatchObject({ ok: true, value: { route: { id: "hot/a/one" } } });
    expect(at.outcomes.map(({ failure }) => failure)).toEqual([null]);
  });

  it("goes on to the next route after an answer without a word that nobody asked for", async () => {
    const at = spine({ routes: [hotA, hotB], providers: { "a.test": () => answers(""), "b.test": () => answers() } });

    await at.ask();

    expect(at.trail.all().map(({ result }) => result)).toEqual(["empty_answer", "answered"]);
  });

  it("is not handed an answer beyond every bound", async () => {
    const at = spine({
      routes: [hotA, hotB],
      providers: { "a.test": () => answers("x".repeat(5_000)), "b.test": () => answers() },
      limits: { maxStreamBytes: 2_000 },
    });

    await at.ask();

    expect(at.trail.all().map(({ result }) => result)).toEqual(["answer_too_large", "answered"]);
  });

  it("keeps the status of an error whose body broke off, and still asks the same host's other route", async () => {
    let calls = 0;
    const sameHost = route("hot/a/other");
    const at = spine({
      routes: [hotA, sameHost],
      providers: { "a.test": () => (++calls === 1 ? broken() : answers()) },
      limits: { sameRouteRetries: 0 },
    });

    await at.ask();

    expect(at.trail.all()).toMatchObject([{ result: "server_error", status: 500 }, { result: "answered" }]);
  });

  it("closes the connection of an attempt that failed before its first words", async () => {
    const signals: AbortSignal[] = [];
    const errs = ({ signal }: { readonly signal: AbortSignal }): Promise<Response> => {
      signals.push(signal);
      const error = 'data: {"error":{"message":"Overloaded","type":"overloaded_error"}}\n\n';
      const body = new ReadableStream({ type: "bytes", start: (c) => c.enqueue(new TextEncoder().encode(error)) });
      return Promise.resolve(new Response(body, { headers: { "content-type": "text/event-stream" } }));
    };
    const at = spine({ routes: [hotA], providers: { "a.test": errs }, limits: { sameRouteRetries: 0 } });

    await at.ask({ stream: true });

    expect(at.trail.all()).toMatchObject([{ result: "overloaded" }]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
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

  it("has its trail in the order of the candidates, those that were not asked too", async () => {
    const noTools = route("hot/b/no-tools", { cannot: new Set(["tools"]) });
    const at = spine({ routes: [hotA, noTools, warmC], providers: { "a.test": refuses, "c.test": () => answers() } });

    await at.ask({ tools: [{ type: "function", function: { name: "look" } }] });

    expect(at.trail.all().map(({ routeId }) => routeId)).toEqual(["hot/a/one", "hot/b/no-tools", "warm/c/three"]);
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

/** A 500 whose body breaks off. */
function broken(): Promise<Response> {
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error("Network connection lost.")) });
  return Promise.resolve(new Response(body, { status: 500 }));
}

describe("a route near its own rate limit", () => {
  it("is tried after all that are not, which keep their order, and still answers where nobody else does", async () => {
    const near = [hotA.id, warmC.id];
    const asked: string[] = [];
    const refusing = (name: string) => () => {
      asked.push(name);
      return refuses();
    };
    const providers = {
      "a.test": () => answers("from a"),
      "b.test": refusing("b"),
      "c.test": refusing("c"),
      "d.test": refusing("d"),
    };
    const at = spine({ routes: everyRoute, near, providers });

    const reply = await at.ask();

    expect(reply).toMatchObject({ ok: true, value: { route: { id: hotA.id } } });
    expect(asked).toEqual(["b", "d"]);
  });

  it("keeps its place where all of them are", async () => {
    const near = everyRoute.map(({ id }) => id);
    const at = spine({ routes: everyRoute, near, providers: { "a.test": () => answers("from a") } });

    expect(await at.ask()).toMatchObject({ ok: true, value: { route: { id: hotA.id } } });
  });
});
