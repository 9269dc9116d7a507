/** Bad answers, slow ones and what people say of them, at three isolates with one switchboard. */
import * as z from "zod";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HELLO } from "../support/hello-answer.ts";
import { startIsolates, type Isolates } from "../support/isolates.ts";
import {
  beginStream,
  chunk,
  DONE,
  type ScriptedProvider,
  startScriptedProvider,
} from "../support/scripted-provider.ts";
import { KEY_SECRET, serverKey } from "../support/server-keys.ts";

const KEY = serverKey();
const REFUSAL = "I'm sorry, but I can't assist with that.";
const logged: string[] = [];
let provider: ScriptedProvider;
let isolates: Isolates;
let urls: readonly string[] = [];
/** By the first part of the provider's path. */
let delayMs = 0;
let calls = 0;

beforeAll(async () => {
  provider = await startScriptedProvider();
  provider.play((response, request, body) => {
    const name = /^\/(\w+)\//.exec(request.url ?? "")?.[1];
    if (z.object({ stream: z.optional(z.boolean()) }).parse(JSON.parse(body)).stream === true) {
      beginStream(response);
      response.end(chunk(REFUSAL) + chunk("", "stop") + DONE);
      return;
    }
    const text = name === "bad" ? "no JSON" : "{}";
    const [choice] = HELLO.choices;
    const reply = { ...HELLO, choices: [{ ...choice, message: { role: "assistant", content: text, refusal: null } }] };
    const answer = (): void =>
      void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(reply));
    if (name === "slow" && delayMs > 0) setTimeout(answer, delayMs);
    else answer();
  });
  isolates = await startIsolates({
    count: 3,
    routes: "test/fixtures/routes.quality.json",
    bindings: {
      UPSTREAM_URL: provider.url,
      TEST_KEY: "provider-key",
      LISBON_KEY_SECRET: KEY_SECRET,
      LISBON_ADMIN_KEY: "test-admin-key",
    },
    onLog: (line) => logged.push(line),
  });
  urls = isolates.workers.map(({ url }) => url);
});

afterAll(async () => {
  await isolates.dispose();
  await provider.close();
});

async function post(at: number, path: string, body: object, key = KEY): Promise<Response> {
  return await fetch(`${urls[at % 3]}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

function call(at: number, model: string, more: object = {}, key = KEY): Promise<Response> {
  const messages = [{ role: "user", content: `hello ${(calls += 1)}` }];
  return post(at, "/v1/chat/completions", { model, messages, ...more }, key);
}

async function routeOf(response: Response): Promise<string | null> {
  await response.text();
  return response.headers.get("x-lisbon-route");
}

async function idOf(response: Response): Promise<string> {
  await response.text();
  return response.headers.get("x-lisbon-request-id") ?? "";
}

/** Every isolate has heard of it. */
async function allAsk(model: string, route: string, more: object = {}): Promise<void> {
  const first = async (at: number) => {
    const response = await call(at, model, more);
    await response.text();
    // The first one that was asked, which need not be the one that answered.
    return /^[^=]*/.exec(response.headers.get("x-lisbon-trail") ?? "")?.[0];
  };
  await expect
    .poll(() => Promise.all([0, 1, 2].map(first)), { timeout: 5_000, interval: 100 })
    .toEqual([route, route, route]);
}

async function tokenOf(user: string): Promise<string> {
  const response = await post(0, "/v1/tokens", { user });
  return z.object({ token: z.string() }).parse(await response.json()).token;
}

function rate(at: number, id: string, rating: number | string, key = KEY): Promise<Response> {
  return post(at, "/v1/feedback", { request_id: id, rating }, key);
}

describe("a route whose answers are bad", () => {
  it("is tried after the others by every isolate, and is never left out", async () => {
    const json = { response_format: { type: "json_object" } };
    // One is asked twice for each call: the repair counts too.
    for (let at = 0; at < 3; at++) expect(await routeOf(await call(at, "checked", json))).toBe("well");

    await allAsk("checked", "well", json);
    const health = await fetch(`${urls[1]}/admin/breakers`, { headers: { authorization: "Bearer test-admin-key" } });
    const text = await health.text();
    expect(text).toMatch(/"lowQualityUntilMs":\d+/);
    expect(text).toContain('"status":"closed"');
    expect(text).not.toContain('"status":"open"');
  });

  it("has given a stream whole before that is known: it is noted, and nothing is taken back", async () => {
    const response = await call(0, "streamed", { stream: true });
    const text = await response.text();

    expect(text).toContain(JSON.stringify(REFUSAL));
    expect(text.endsWith(DONE)).toBe(true);
    expect(text).not.toContain("error");
    await expect
      .poll(() => logged.filter((line) => line.includes('"flawed"')), { timeout: 5_000 })
      .toEqual([expect.stringMatching(/"outcome":"answered".*"result":"flawed","check":"refusal"/)]);
  });
});

describe("a slow route", () => {
  it("is tried after the others by every isolate until it was left alone for a while", async () => {
    let usualMs = 0;
    for (let round = 0; round < 12; round++) {
      await Promise.all(
        [0, 1, 2].map(async (at) => {
          const began = performance.now();
          await (await call(at, "timed")).text();
          usualMs = Math.max(usualMs, performance.now() - began);
        }),
      );
      // A run's few samples are sent with its report, once a second: a norm needs twenty.
      if (round % 3 === 2) await new Promise((resolve) => setTimeout(resolve, 1_050));
    }
    // Over three times its norm, and over a second more, whatever the norm is on a busy machine.
    delayMs = 1_100 + 3 * usualMs;
    for (let round = 0; round < 3; round++) {
      await Promise.all([0, 1, 2, 3, 4, 5].map(async (at) => await (await call(at, "timed")).text()));
    }

    await allAsk("timed", "well");
  }, 30_000);
});

describe("POST /v1/feedback", () => {
  it("finds the route of an answer at any isolate, by its id alone", async () => {
    const id = await idOf(await call(0, "asked"));

    for (const at of [1, 2, 0]) expect((await rate(at, id, "good")).status).toBe(204);
    expect(id).toMatch(/^[0-9a-f-]{36}\.[0-9a-z]+-[0-9a-f]{16}$/);
  });

  it.each([
    ["another tenant's", async () => [await idOf(await call(0, "asked")), serverKey("other")], 404, "no_such_answer"],
    ["one that nobody gave", async () => ["0b0e3c60-7d1c-4f5e-9a53-0d6a3a3d7c11", KEY], 404, "no_such_answer"],
    ["one without a key", async () => [await idOf(await call(0, "asked")), "none"], 401, "invalid_api_key"],
  ] as const)("refuses %s", async (_what, made, status, code) => {
    const [id, key] = await made();
    const response = await rate(1, id ?? "", "bad", key);

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
  });

  it("refuses what is no rating", async () => {
    for (const rating of [0, 6, 2.5, "awful"]) {
      const response = await rate(0, "id", rating);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { code: "invalid_request", param: "rating" } });
    }
    expect((await post(0, "/v1/feedback", { request_id: "x", rating: 1, comment: "hm" })).status).toBe(400);
  });

  it("counts each answer once, one person once, and ten people as a bad route", { timeout: 30_000 }, async () => {
    const one = await tokenOf("one");
    const twice = await idOf(await call(0, "asked"));
    for (let time = 0; time < 12; time++) expect((await rate(time, twice, "bad")).status).toBe(204);
    for (let time = 0; time < 12; time++) {
      expect((await rate(time, await idOf(await call(time, "asked", {}, one)), 1, one)).status).toBe(204);
    }
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    for (const at of [0, 1, 2]) expect(await routeOf(await call(at, "asked"))).toBe("rated");

    // Two have been counted, so eight more people are needed; the stream above was half of two more.
    for (let user = 0; user < 8; user++) {
      const token = await tokenOf(`u${user}`);
      await rate(user, await idOf(await call(user, "asked", {}, token)), 2, token);
    }
    await allAsk("asked", "well");
  });
});
