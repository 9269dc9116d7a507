/** What strangers may try: nothing is changed, opened, crossed or brought down. */
import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startIsolates, type Isolates } from "../support/isolates.ts";
import { rawHttp } from "../support/raw-http.ts";
import { KEY_SECRET, serverKey } from "../support/server-keys.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";

const ADMIN_KEY = "the-admin-key-of-security";
const ADMIN = { authorization: `Bearer ${ADMIN_KEY}` };
const KEY = serverKey();
const messages = [{ role: "user", content: "say: hello" }];

let hosts: SimulatedHosts;
let isolates: Isolates;
let url = "";

beforeAll(async () => {
  hosts = await startSimulatedHosts();
  isolates = await startIsolates({
    count: 1,
    routes: "test/fixtures/routes.product.json",
    bindings: {
      ...hosts.variables,
      LISBON_KEY_SECRET: KEY_SECRET,
      LISBON_ADMIN_KEY: ADMIN_KEY,
      BUDGET_WEBHOOK_SECRET: "the-budget-secret-of-security",
      BUDGET_PAUSE_TOKEN: "the-pause-token-of-security",
    },
  });
  url = isolates.workers[0]?.url ?? "";
});

/** The isolate lives on: the next good call is answered. */
afterEach(async () => {
  const reply = await post("/v1/chat/completions", JSON.stringify({ model: "only-hot", messages }));
  expect(await reply.json()).toMatchObject({ choices: [{ message: { content: "hello" } }] });
  hosts.mend();
});

afterAll(async () => {
  await isolates.dispose();
  await hosts.close();
});

function post(path: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${url}${path}`, { method: "POST", headers: { authorization: `Bearer ${KEY}`, ...headers }, body });
}

/** Every path of the app, by its own table of contents. */
const PATHS = [...readFileSync("src/app.ts", "utf8").matchAll(/app\.(?:get|post|delete)\("([^"]+)"/g)].map(([, path]) =>
  (path ?? "").replace(":id", `job_${"0".repeat(32)}`),
);

async function whatAdminSees(): Promise<string> {
  const views = ["/admin/flags", "/admin/keys", "/admin/pause", "/admin/jobs", "/admin/limits", "/admin/audit"];
  const replies = await Promise.all(views.map((view) => fetch(`${url}${view}`, { headers: ADMIN })));
  return (await Promise.all(replies.map((reply) => reply.text()))).join("\n");
}

describe("a GET", () => {
  it("changes nothing, at any path, whoever sends it", async () => {
    expect(PATHS.length).toBeGreaterThan(30);
    const before = await whatAdminSees();
    for (const path of new Set(PATHS)) {
      for (const authorization of [`Bearer ${KEY}`, ADMIN.authorization, ""]) {
        const query = "?token=the-pause-token-of-security&provider=openai&percentUsed=99";
        const reply = await fetch(`${url}${path}${query}`, { headers: { authorization } });
        // The dashboard's stream goes on for as long as somebody reads it.
        if (reply.headers.get("content-type")?.startsWith("text/event-stream")) await reply.body?.cancel();
        else await reply.text();
        expect(reply.status, path).toBeLessThan(500);
      }
    }
    expect(await whatAdminSees()).toBe(before);
  });
});

describe("what a key opens", () => {
  it("is not opened by a key in a URL", async () => {
    for (const path of ["/v1/models", "/admin/flags", "/v1/chat/completions"]) {
      for (const name of ["key", "api_key", "apiKey", "token", "access_token", "authorization"]) {
        const reply = await fetch(`${url}${path}?${name}=${path.startsWith("/admin") ? ADMIN_KEY : KEY}`);
        expect(reply.status).not.toBe(200);
        await reply.text();
      }
    }
  });

  it(
    "is not opened by 10,000 bad keys in a row, and nobody else is asked about any of them",
    { timeout: 120_000 },
    async () => {
      const statuses = new Set<number>();
      for (let batch = 0; batch < 200; batch++) {
        const replies = await Promise.all(
          Array.from({ length: 50 }, async (_, at) => {
            const bad = `lsb_live_default_k${batch}x${at}_${"A".repeat(43)}`;
            const reply = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${bad}` } });
            await reply.text();
            return reply.status;
          }),
        );
        for (const status of replies) statuses.add(status);
      }
      expect([...statuses]).toEqual([401]);
      expect(hosts.received()).toEqual([]);
    },
  );

  it("takes no cookie for a key", async () => {
    const reply = await fetch(`${url}/admin/flags`, {
      headers: { cookie: `admin=${ADMIN_KEY}; session=${ADMIN_KEY}` },
    });
    expect(reply.status).toBe(401);
    expect(reply.headers.get("set-cookie")).toBeNull();
  });
});

describe("50 MB", { timeout: 60_000 }, () => {
  const large = "x".repeat(50 * 1024 * 1024);

  it.each(["/v1/chat/completions", "/v1/messages", "/v1/tokens", "/budget/webhook"])(
    "to %s are refused, and bring nobody down",
    async (path) => {
      const outcome = await post(path, large).then(
        async (reply) => {
          await reply.text();
          return reply.status;
        },
        // It has answered and closed while the rest was still being sent.
        () => 413,
      );
      expect([400, 401, 413, 503]).toContain(outcome);
    },
  );

  it("to /admin are refused too", async () => {
    const outcome = await post("/admin/limits", large, ADMIN).then(
      ({ status }) => status,
      () => 413,
    );
    expect(outcome).toBe(413);
  });
});

describe("a line break", () => {
  it.each([
    ["in the model", { model: "only-hot\r\nx-evil: 1", messages }],
    ["in a kind of its own", { model: "auto\n", messages, on_cold: "error\r\nx-evil: 1" }],
    ["in a key", { model: "only-hot", messages, idempotencyKey: "a\r\nx-evil: 1" }],
  ])("%s comes out in no header", async (_where, body) => {
    const reply = await post("/v1/chat/completions", JSON.stringify(body));
    await reply.text();

    expect(reply.headers.get("x-evil")).toBeNull();
    expect(reply.status).toBeLessThan(500);
    for (const { headers } of hosts.received()) expect(headers).not.toHaveProperty("x-evil");
  });

  it("in a header of the caller's own reaches no provider", async () => {
    const body = JSON.stringify({ model: "only-claude", max_tokens: 5, messages });
    const reply = await rawHttp(url, [
      "POST /v1/messages HTTP/1.1\r\nhost: lisbon\r\n",
      `authorization: Bearer ${KEY}\r\nanthropic-beta: a\r\n x-evil: 1\r\n`,
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    ]);
    expect([200, 400, 431]).toContain(reply.status);
    for (const { headers } of hosts.received()) expect(headers).not.toHaveProperty("x-evil");
  });

  it("between two lengths is no second request", async () => {
    const smuggled = `GET /admin/flags HTTP/1.1\r\nhost: lisbon\r\nauthorization: ${ADMIN.authorization}\r\n\r\n`;
    const reply = await rawHttp(url, [
      "POST /v1/chat/completions HTTP/1.1\r\nhost: lisbon\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n",
      `authorization: Bearer ${KEY}\r\n\r\n0\r\n\r\n${smuggled}`,
    ]);
    expect(reply.text).not.toContain("enable_warm_fallback");
  });
});

describe("a text made to keep a pattern busy", () => {
  const N = 100_000;
  it.each([
    ["a bearer of spaces", { authorization: `Bearer ${" ".repeat(5_000)}x` }, "{}"],
    ["a key of underscores", { authorization: `Bearer lsb_live_${"_".repeat(5_000)}` }, "{}"],
    ["a token of dots", { authorization: `Bearer ${"a.".repeat(3_000)}` }, "{}"],
    ["an origin of dots", { origin: `https://${"a.".repeat(3_000)}` }, "{}"],
    ["a model of slashes", {}, JSON.stringify({ model: "/".repeat(N), messages })],
    [
      "spaces that never end",
      {},
      JSON.stringify({ model: "only-hot", messages: [{ role: "user", content: " ".repeat(N) }] }),
    ],
    ["brackets that never close", {}, "[".repeat(N)],
    ["a number that never ends", {}, `{"model":${"9".repeat(N)}}`],
    ["escapes that never end", {}, `{"model":"${"\\\\u0041".repeat(N / 6)}`],
    [
      "a callback of dots",
      {},
      JSON.stringify({ model: "only-hot", messages, callback_url: `https://${"a.".repeat(N)}` }),
    ],
  ])("(%s) is answered like any other", async (_what, headers: Record<string, string>, body) => {
    const reply = await post("/v1/chat/completions", body, headers);
    await reply.text();

    expect(reply.status).toBeLessThan(500);
  });
});

const alert = (headers: Record<string, string>, query = "") =>
  post(`/budget/webhook${query}`, JSON.stringify({ provider: "nobody", percentUsed: 10 }), headers);

describe("an alert", () => {
  it("without its secret is refused, and a caller's key is none", async () => {
    for (const headers of [{}, { authorization: "" }, { "x-lisbon-secret": KEY }, ADMIN]) {
      expect((await alert(headers)).status).toBe(401);
    }
  });

  it("that is sent twice is noted once: the second changes nothing", async () => {
    const signed = { authorization: "Bearer the-budget-secret-of-security" };
    expect((await alert(signed)).status).toBe(204);
    const before = await (await fetch(`${url}/admin/pause`, { headers: ADMIN })).text();
    expect((await alert(signed)).status).toBe(204);

    expect(await (await fetch(`${url}/admin/pause`, { headers: ADMIN })).text()).toBe(before);
  });
});
