import { describe, expect, it } from "vitest";
import { budgetWebhook } from "../../../src/http/budget-webhook.ts";
import { NOW, PAUSE_TOKEN, post, pushBody, pusher, SECRET, World } from "./budget-support.ts";

const bearer = { authorization: `Bearer ${SECRET}` };
const alert = { provider: "gemini", percentUsed: 85 };

async function answer(world: World, request: Request) {
  const answered = budgetWebhook(request, world.deps, "id");
  // Signatures are checked outside of the fake clock's time.
  const response = await (world.switchboard === "hangs" ? world.clock.run(answered) : answered);
  const text = await response.text();
  const error: unknown = text === "" ? null : JSON.parse(text).error;
  return { status: response.status, error };
}

describe("a plain alert", () => {
  it.each([
    ["as a bearer", bearer, "", false],
    ["in a header of its own", { "x-lisbon-secret": SECRET }, "", false],
    ["as a token in the URL, which may only pause", {}, `?token=${PAUSE_TOKEN}`, true],
  ])("is taken with its secret %s", async (_name, headers, query, pauseOnly) => {
    const world = new World();

    expect(await answer(world, post(alert, headers, query))).toEqual({ status: 204, error: null });
    expect(world.alerts).toEqual([
      {
        provider: "gemini",
        percentUsed: 85,
        kind: "actual",
        period: null,
        message: null,
        source: `${pauseOnly ? "token" : "webhook"}:gemini`,
        pauseOnly,
        stated: true,
      },
    ]);
  });

  it.each([
    ["nothing", {}, ""],
    ["another secret", { authorization: "Bearer no" }, ""],
    ["the secret in the URL", {}, `?token=${SECRET}`],
    ["the token as a bearer", { authorization: `Bearer ${PAUSE_TOKEN}` }, ""],
    ["an empty token", {}, "?token="],
  ])("with %s is refused, whatever its body", async (_name, headers, query) => {
    const world = new World();
    for (const body of [alert, "no json", {}]) {
      expect(await answer(world, post(body, headers, query))).toMatchObject({
        status: 401,
        error: { code: "bad_budget_secret" },
      });
    }
    expect(world.told).toEqual([]);
  });

  it.each([
    ["0.83", 0.83],
    ["85", 85],
    [" 1000 ", 1000],
    [0, 0],
    [1000, 1000],
  ])("may say %j", async (percentUsed, expected) => {
    const world = new World();

    expect((await answer(world, post({ ...alert, percentUsed }, bearer))).status).toBe(204);
    expect(world.alerts[0]?.percentUsed).toBe(expected);
  });

  it.each<[unknown, string]>([
    [{ provider: "gemini" }, "percentUsed"],
    [{ provider: "gemini", percentUsed: -1 }, "percentUsed"],
    [{ provider: "gemini", percentUsed: 1000.1 }, "percentUsed"],
    [{ provider: "gemini", percentUsed: "85%" }, "percentUsed"],
    [{ provider: "gemini", percentUsed: "" }, "percentUsed"],
    [{ provider: "gemini", percentUsed: null }, "percentUsed"],
    [{ provider: "gemini", percentUsed: [85] }, "percentUsed"],
    [{ percentUsed: 85 }, "provider"],
    [{ provider: " ", percentUsed: 85 }, "provider"],
    [{ provider: 7, percentUsed: 85 }, "provider"],
    [[], "provider"],
    ["null", "provider"],
  ])("that says %j is refused, and the field is named", async (body, param) => {
    const world = new World();

    expect(await answer(world, post(body, bearer))).toMatchObject({ status: 400, error: { param } });
    expect(world.told).toEqual([]);
  });

  it("that says 1e999, which JSON takes for infinite, is refused", async () => {
    expect(await answer(new World(), post('{"provider":"a","percentUsed":1e999}', bearer))).toMatchObject({
      status: 400,
      error: { param: "percentUsed" },
    });
  });

  it("that is no JSON, or too large, is refused", async () => {
    const world = new World();

    expect(await answer(world, post("{", bearer))).toMatchObject({ status: 400, error: { code: "invalid_json" } });
    expect(await answer(world, post("x".repeat(70_000), bearer))).toMatchObject({ status: 413 });
  });

  it("at a Worker without secrets is told which one is missing", async () => {
    const world = new World();
    world.settings = { ...world.settings, budgetSecret: null, pauseToken: null };

    expect(await answer(world, post(alert, bearer))).toMatchObject({
      status: 503,
      error: { code: "not_configured", message: expect.stringContaining("BUDGET_WEBHOOK_SECRET") },
    });
  });

  it.each(["away", "hangs"] as const)(
    "is to be sent again where the switchboard is %s and there is no Redis",
    async (state) => {
      const world = new World();
      world.switchboard = state;

      expect(await answer(world, post(alert, bearer))).toMatchObject({ status: 503, error: { code: "unavailable" } });
    },
  );
});

describe("a Pub/Sub push", () => {
  it("is taken for what was spent, as a share of its budget", async () => {
    const { world, push } = await pushed();

    expect(await push(pushBody())).toEqual({ status: 204, error: null });
    expect(world.alerts).toEqual([
      {
        provider: "google",
        percentUsed: 85,
        kind: "actual",
        period: "2026-11-01T08:00:00Z",
        message: { id: "2070443601311540", atMs: NOW - 3_600_000 },
        source: "budget:de72f49d",
        pauseOnly: false,
      },
    ]);
  });

  it("with a forecast is taken as both", async () => {
    const { world, push } = await pushed();
    await push(pushBody({ costAmount: 30, forecastThresholdExceeded: 1.5 }));

    expect(world.alerts.map(({ kind, percentUsed }) => [kind, percentUsed])).toEqual([
      ["actual", 30],
      ["forecast", 150],
    ]);
  });

  it.each([
    [{ costAmount: 5000, budgetAmount: 1 }, 1000],
    [{ costAmount: 0.01, budgetAmount: 0 }, 1000],
    [{ costAmount: 0, budgetAmount: 0 }, 0],
    [{ costAmount: -3, budgetAmount: 10 }, 0],
  ])("of %j is %d percent", async (amounts, percent) => {
    const { world, push } = await pushed();
    await push(pushBody(amounts));

    expect(world.alerts[0]?.percentUsed).toBe(percent);
  });

  it.each([
    ["of another account", { email: "somebody@else.iam.gserviceaccount.com" }],
    ["of an address that is not verified", { email_verified: false }],
    ["whose verification is only a word", { email_verified: "true" }],
    ["for another audience", { aud: "somebody" }],
    ["of another issuer", { iss: "https://accounts.evil.test" }],
    ["that ran out over a minute ago", { exp: NOW / 1000 - 61 }],
    ["that never runs out", { exp: undefined }],
    ["that is not valid yet", { nbf: NOW / 1000 + 120 }],
  ])("with a token %s is refused", async (_name, claims) => {
    const { google, world, push } = await pushed();

    expect(await push(pushBody(), await google.token(claims))).toMatchObject({
      status: 401,
      error: { code: "bad_budget_secret" },
    });
    expect(world.told).toEqual([]);
  });

  it("that ran out less than a minute ago is taken: clocks differ", async () => {
    const { google, push } = await pushed();

    expect((await push(pushBody(), await google.token({ exp: NOW / 1000 - 30 }))).status).toBe(204);
  });

  it("signed with somebody else's key of the same name, with no token, or with the plain secret is refused", async () => {
    const { push } = await pushed();
    const thief = await pusher();

    for (const token of [await thief.token(), "", "x.y.z", SECRET]) {
      expect((await push(pushBody(), token)).status).toBe(401);
    }
  });

  it.each([
    ["message.data", {}, { data: "%%%" }],
    ["message.data", {}, { data: "bm8ganNvbg==" }],
    ["message.data", {}, { data: 7 }],
    ["message.data.costAmount", { costAmount: "85" }, {}],
    ["message.data.budgetAmount", { budgetAmount: undefined }, {}],
    ["message.data.costIntervalStart", { costIntervalStart: "yesterday" }, {}],
  ])("that lacks %s says so", async (param, notification, message) => {
    const { push } = await pushed();

    expect(await push(pushBody(notification, message))).toMatchObject({ status: 400, error: { param } });
  });

  it("asks for the keys once in ten minutes", async () => {
    const { google, world, push } = await pushed();
    for (let again = 0; again < 3; again++) await push(pushBody());
    expect(world.fetched).toEqual([world.jwksUrl]);

    await world.clock.advance(600_000);
    expect((await push(pushBody(), await google.token())).status).toBe(204);
    expect(world.fetched).toHaveLength(2);
  });

  it("with a key that is new asks for them again, at most once a minute", async () => {
    const { world, push } = await pushed();
    await push(pushBody());
    const next = await pusher("key-2");
    world.pages.set(world.jwksUrl, { keys: [next.jwk] });
    for (let again = 0; again < 3; again++) expect((await push(pushBody(), await next.token())).status).toBe(401);
    expect(world.fetched).toHaveLength(1);

    await world.clock.advance(60_000);
    expect((await push(pushBody(), await next.token())).status).toBe(204);
    for (let again = 0; again < 3; again++) {
      expect((await push(pushBody(), await next.token({}, { kid: "nobody's" }))).status).toBe(401);
    }
    expect(world.fetched).toHaveLength(2);
  });

  it.each<[string, unknown]>([
    ["cannot be reached", undefined],
    ["are none", { error: "no" }],
  ])("is to be sent again where the keys %s", async (_name, page) => {
    const { world, push } = await pushed();
    world.pages.delete(world.jwksUrl);
    if (page !== undefined) world.pages.set(world.jwksUrl, page);

    expect(await push(pushBody())).toMatchObject({ status: 503, error: { code: "unavailable" } });
    expect(world.told).toEqual([]);
  });

  it("at a Worker whose map expects none is told so", async () => {
    const { world, push } = await pushed();
    world.push = false;

    expect(await push(pushBody())).toMatchObject({
      status: 503,
      error: { code: "not_configured", message: expect.stringContaining("budget.push") },
    });
  });
});

async function pushed() {
  const google = await pusher();
  const world = new World();
  world.pages.set(world.jwksUrl, { keys: [google.jwk] });
  const push = async (body: unknown, token?: string) =>
    await answer(world, post(body, { authorization: `Bearer ${token ?? (await google.token())}` }));
  return { google, world, push };
}
