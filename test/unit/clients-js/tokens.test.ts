/** Short-lived tokens of the app's own backend: when they are fetched, and who shares them. */
import { describe, expect, it } from "vitest";
import { LisbonError } from "../../../clients/js/src/index.ts";
import { answers, type Arrived, CHAT, refuses, type Stage, stage, thrownBy } from "./stage.ts";

const LIFE_MS = 600_000;

/** A backend that hands out numbered tokens, and a router that takes those that it is told to. */
function withBackend(takes: (token: string) => Response = () => answers()) {
  let given = 0;
  let isAway = false;
  const backend: Stage = stage((request) => takes(tokenOf(request)), {
    getToken: () => {
      if (isAway) return Promise.reject(new Error("the backend is away"));
      given += 1;
      return Promise.resolve({
        object: "token",
        token: `token-${given}`,
        expires_at: new Date(backend.clock.now() + LIFE_MS).toISOString(),
        expires_in: 600,
      });
    },
  });
  return {
    ...backend,
    given: () => given,
    tokens: () => backend.arrived.map(tokenOf),
    goAway: () => void (isAway = true),
  };
}

function tokenOf({ headers }: Arrived): string {
  return headers.get("authorization")?.replace("Bearer ", "") ?? "";
}

describe("a client with tokens", () => {
  it("fetches one for all calls that come at the same time", async () => {
    const { ask, tokens, given } = withBackend();
    await Promise.all([ask(), ask(), ask()]);

    expect(tokens()).toEqual(["token-1", "token-1", "token-1"]);
    expect(given()).toBe(1);
  });

  it("renews it 30 s before it expires", async () => {
    const { ask, tokens, clock } = withBackend();
    await ask();
    await clock.advance(LIFE_MS - 30_001);
    await ask();
    await clock.advance(1);
    await ask();

    expect(tokens()).toEqual(["token-1", "token-1", "token-2"]);
  });

  it("goes on with the old one while the backend is away and the token still holds", async () => {
    const { ask, tokens, clock, goAway } = withBackend();
    await ask();
    goAway();
    await clock.advance(LIFE_MS - 10_000);
    await ask();

    expect(tokens()).toEqual(["token-1", "token-1"]);
    await clock.advance(10_000);
    expect(await thrownBy(ask())).toMatchObject({
      name: "LisbonError",
      code: "token_unavailable",
      cause: expect.objectContaining({ message: "the backend is away" }),
    });
  });

  it.each(["unauthorized", "token_expired", "invalid_api_key"])("renews it once after a 401 %s", async (code) => {
    const { ask, tokens } = withBackend((token) => (token === "token-1" ? refuses(401, code) : answers()));

    expect((await ask()).status).toBe(200);
    expect(tokens()).toEqual(["token-1", "token-2"]);
  });

  it("renews it no second time in one call", async () => {
    const { ask, tokens } = withBackend(() => refuses(401, "token_expired"));
    const response = await ask();

    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: "token_expired" } });
    expect(tokens()).toEqual(["token-1", "token-2"]);
  });

  it("shares one renewal among calls that are refused at the same time", async () => {
    const { ask, tokens, given } = withBackend((token) =>
      token === "token-1" ? refuses(401, "token_expired") : answers(),
    );
    const responses = await Promise.all([ask(), ask(), ask()]);

    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(tokens().toSorted()).toEqual(["token-1", "token-1", "token-1", "token-2", "token-2", "token-2"]);
    expect(given()).toBe(2);
  });

  it("sends what it sent before, body and all, with the new token", async () => {
    const { ask, arrived } = withBackend((token) => (token === "token-1" ? refuses(401, "unauthorized") : answers()));
    await ask({ user: "somebody" });

    expect(arrived[1]?.body).toContain("somebody");
    expect(arrived[1]?.body).toBe(arrived[0]?.body);
  });

  it("renews none for a 401 that is about something else", async () => {
    const { ask, tokens } = withBackend(() => refuses(401, "admin_only"));

    expect((await ask()).status).toBe(401);
    expect(tokens()).toEqual(["token-1"]);
  });

  it("keeps one whose end is unknown until it is refused", async () => {
    let given = 0;
    const { ask, arrived, clock } = stage(() => answers(), { getToken: async () => `bare-${(given += 1)}` });
    await ask();
    await clock.advance(30 * LIFE_MS);
    await ask();

    expect(arrived.map(tokenOf)).toEqual(["bare-1", "bare-1"]);
  });

  it("lets a caller go who hangs up while the backend is asked", async () => {
    const hangUp = new AbortController();
    const { lisbon, arrived } = stage(() => answers(), { getToken: () => new Promise<never>(() => undefined) });
    const asked = lisbon.fetch("https://router.test/v1/models", { signal: hangUp.signal });
    hangUp.abort(new Error("enough"));

    expect(await thrownBy(asked)).toMatchObject({ message: "enough" });
    expect(arrived).toEqual([]);
  });
});

describe("a client with a key", () => {
  it("puts it into every call to the router in place of what the SDK sends", async () => {
    const { ask, arrived } = stage(() => answers());
    await ask({}, { authorization: "Bearer unused", "x-api-key": "unused" });

    expect(arrived.map(tokenOf)).toEqual(["lsb_key"]);
    expect(arrived[0]?.headers.has("x-api-key")).toBe(false);
  });

  it.each([
    ["a URL", new URL(CHAT)],
    ["a request", new Request(CHAT)],
    ["an address in another form", "https://ROUTER.test:443/v1/chat/completions"],
  ])("knows the router by %s", async (_what, input) => {
    const { lisbon, arrived } = stage(() => answers());
    await lisbon.fetch(input, { method: "POST", body: '{"model":"auto"}' });

    expect(arrived).toMatchObject([{ method: "POST", path: "/v1/chat/completions", body: '{"model":"auto"}' }]);
    expect(arrived.map(tokenOf)).toEqual(["lsb_key"]);
  });

  it("sends a form as a form", async () => {
    const { lisbon, arrived } = stage(() => answers());
    const form = new FormData();
    form.set("model", "auto");
    await lisbon.fetch(CHAT, { method: "POST", body: form });

    expect(arrived[0]?.headers.get("content-type")).toMatch(/^multipart\/form-data; boundary=/);
    expect(arrived[0]?.body).toContain('name="model"');
  });

  it("shows it to nobody else", async () => {
    const { lisbon, arrived } = stage(() => answers());
    await lisbon.fetch("https://elsewhere.test/v1/chat/completions", { method: "POST", body: "{}" });
    await lisbon.fetch("https://router.test.elsewhere.test/v1/models");

    expect(arrived.map(tokenOf)).toEqual(["", ""]);
  });

  it("has nothing to renew after a 401", async () => {
    const { ask, arrived } = stage(() => refuses(401, "invalid_api_key"));

    expect((await ask()).status).toBe(401);
    expect(arrived).toHaveLength(1);
  });
});

it("tells an app what the headers say, for each answer", async () => {
  const { ask, notices } = stage((_request, place) =>
    place === 0
      ? answers("hi", { "x-lisbon-tier": "warm", "x-lisbon-notice": "Using backup service" })
      : answers("hi", { "x-lisbon-tier": "hot" }),
  );
  await ask();
  await ask();

  expect(notices).toEqual([
    { text: "Using backup service", degraded: null, tier: "warm", jobId: null, requestId: "r1" },
    { text: null, degraded: null, tier: "hot", jobId: null, requestId: "r1" },
  ]);
});

it("makes errors that say what they are", () => {
  const error = new LisbonError({ code: "queued", message: "kept", status: 503, jobId: "job_1" });

  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ code: "queued", status: 503, jobId: "job_1", retryAfterMs: null, requestId: null });
});
