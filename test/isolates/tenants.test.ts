/** Several tenants, their keys and their users' tokens, at three isolates of one Worker. */
import OpenAI, { PermissionDeniedError } from "openai";
import * as z from "zod";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { HELLO } from "../support/hello-answer.ts";
import { startIsolates, type Isolates } from "../support/isolates.ts";
import { startScriptedProvider, type ScriptedProvider } from "../support/scripted-provider.ts";
import { KEY_SECRET, serverKey } from "../support/server-keys.ts";

const ADMIN_KEY = "the-admin-key-of-the-tenants";
const ADMIN = { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" };
const logged: string[] = [];

let provider: ScriptedProvider;
let isolates: Isolates;
let urls: readonly string[] = [];
let asked: string[] = [];

beforeAll(async () => {
  provider = await startScriptedProvider();
  provider.play((response, _request, body) => {
    asked.push(body);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(HELLO));
  });
  isolates = await startIsolates({
    count: 3,
    routes: "test/fixtures/routes.tenants.json",
    bindings: {
      UPSTREAM_URL: provider.url,
      TEST_KEY: "provider-key",
      LISBON_KEY_SECRET: KEY_SECRET,
      LISBON_ADMIN_KEY: ADMIN_KEY,
      ALLOWED_ORIGINS: "https://default.example",
    },
    onLog: (line) => logged.push(line),
  });
  urls = isolates.workers.map(({ url }) => url);
});

afterAll(async () => {
  await isolates.dispose();
  await provider.close();
});

const Made = z.object({ id: z.string(), key: z.string() });
const Refused = z.object({ error: z.object({ code: z.string() }) });
const Token = z.object({ token: z.string(), expires_in: z.number(), expires_at: z.string() });

async function makeKey(tenant: string): Promise<z.infer<typeof Made>> {
  const response = await admin("/admin/keys", { tenant, name: `for ${tenant}` });
  expect(response.status).toBe(201);
  return Made.parse(await response.json());
}

function admin(path: string, body?: object, at = 0): Promise<Response> {
  const how = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  return fetch(`${urls[at]}${path}`, { ...how, headers: ADMIN });
}

function call(
  key: string,
  at = 0,
  more: { readonly model?: string; readonly headers?: object } = {},
): Promise<Response> {
  return fetch(`${urls[at]}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...more.headers },
    body: JSON.stringify({ model: more.model ?? "draft-email", messages: [{ role: "user", content: "hello" }] }),
  });
}

async function codeOf(response: Response): Promise<string> {
  return Refused.parse(await response.json()).error.code;
}

async function tokenFrom(key: string, wishes: object): Promise<z.infer<typeof Token>> {
  const response = await get("/v1/tokens", key, { method: "POST", body: JSON.stringify(wishes) });
  expect(response.status).toBe(200);
  return Token.parse(await response.json());
}

function get(path: string, key: string, how: RequestInit = {}): Promise<Response> {
  return fetch(`${urls[1]}${path}`, { ...how, headers: { authorization: `Bearer ${key}` } });
}

describe("a server key", () => {
  it("is made by the admin, works at every isolate at once, and is shown once", async () => {
    const { id, key } = await makeKey("acme");

    expect(key).toMatch(new RegExp(`^lsb_live_acme_${id}_`));
    for (const at of urls.keys()) expect((await call(key, at)).status).toBe(200);
    const list = await (await admin("/admin/keys?tenant=acme")).text();
    expect(list).toContain(id);
    expect(list).not.toContain(key);
    expect(await (await admin("/admin/keys?tenant=other")).json()).toEqual({ keys: [] });
  });

  it(
    "that is revoked counts no more at any isolate within 5 s, nor does what it signed",
    { timeout: 20_000 },
    async () => {
      const [gone, stays] = [await makeKey("acme"), await makeKey("acme")];
      const { token } = await tokenFrom(gone.key, { user: "u1" });
      for (const at of urls.keys()) expect((await call(token, at)).status).toBe(200);

      expect((await admin(`/admin/keys/${gone.id}/revoke`, {})).status).toBe(204);
      for (const at of urls.keys()) {
        await vi.waitFor(async () => expect((await call(gone.key, at)).status).toBe(401), { timeout: 5_000 });
        expect(await codeOf(await call(gone.key, at))).toBe("key_revoked");
        expect(await codeOf(await call(token, at))).toBe("key_revoked");
        expect((await call(stays.key, at)).status).toBe(200);
      }
      expect(await codeOf(await get("/v1/models", gone.key))).toBe("key_revoked");
      expect((await admin("/admin/keys/nobodys/revoke", {})).status).toBe(404);
    },
  );

  it("stays revoked where more were than a snapshot holds", { timeout: 60_000 }, async () => {
    const oldest = await makeKey("acme");
    await admin(`/admin/keys/${oldest.id}/revoke`, {});
    for (let more = 0; more < 110; more++) {
      const { id } = await makeKey("other");
      await admin(`/admin/keys/${id}/revoke`, {}, more % 3);
    }
    const stays = await makeKey("acme");
    for (const at of urls.keys()) {
      await vi.waitFor(async () => expect((await call(oldest.key, at)).status).toBe(401), { timeout: 5_000 });
      expect((await call(stays.key, at)).status).toBe(200);
    }
  });
});

describe("a client token", () => {
  it("may ask for its kinds and for nothing else, whatever the model is called", async () => {
    const { token, expires_in } = await tokenFrom(serverKey("acme"), { user: "u1", kinds: ["draft-email"] });

    expect(expires_in).toBe(600);
    expect((await call(token)).status).toBe(200);
    for (const model of ["secret-work", "auto", "model-1", "one"]) {
      const refused = await call(token, 2, { model });
      expect([refused.status, await codeOf(refused)]).toEqual([403, "kind_not_allowed"]);
    }
    const models: unknown = await (await get("/v1/models", token)).json();
    expect(models).toMatchObject({ data: [{ id: "draft-email" }] });
  });

  it("is bounded by its tenant's kinds too", async () => {
    const { token } = await tokenFrom(serverKey("narrow"), { user: "u1", kinds: ["draft-email", "secret-work"] });

    expect((await call(token)).status).toBe(200);
    expect((await call(token, 0, { model: "secret-work" })).status).toBe(403);
    expect((await call(serverKey("narrow"), 0, { model: "secret-work" })).status).toBe(403);
  });

  it("makes no tokens and opens nothing of the operator's", async () => {
    const { token } = await tokenFrom(serverKey("acme"), { user: "u1" });
    const another = await get("/v1/tokens", token, { method: "POST", body: JSON.stringify({ user: "root" }) });

    expect([another.status, await codeOf(another)]).toEqual([403, "server_key_needed"]);
    for (const path of ["/admin/keys", "/admin/flags", "/admin/jobs", "/admin/audit", "/admin/breakers"]) {
      expect((await get(path, token)).status).toBe(401);
      expect((await get(path, serverKey("acme"))).status).toBe(401);
    }
  });

  it.each([
    [{}, "user"],
    [{ user: "" }, "user"],
    [{ user: "u", expires_in: 60 }, "expires_in"],
    [{ user: "u", expires_in: 901 }, "expires_in"],
    [{ user: "u", max_tokens: 0 }, "max_tokens"],
    [{ user: "u", max_spend_usd: -1 }, "max_spend_usd"],
    [{ user: "u", kinds: [] }, "kinds"],
    [{ user: "u", baseUrl: "https://evil.example" }, null],
  ])("is not made of %j, and the field is named", async (wishes, param) => {
    const response = await get("/v1/tokens", serverKey("acme"), { method: "POST", body: JSON.stringify(wishes) });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "invalid_request", param } });
  });
});

describe("a job", () => {
  it("is nobody else's: not another tenant's, nor another user's of the same", { timeout: 20_000 }, async () => {
    const u1 = (await tokenFrom(serverKey("acme"), { user: "u1" })).token;
    const u2 = (await tokenFrom(serverKey("acme"), { user: "u2" })).token;
    const parked = await call(u1, 0, { model: "by-hand" });
    expect(parked.status).toBe(202);
    const jobId = parked.headers.get("x-lisbon-job") ?? "";

    for (const stranger of [u2, serverKey("other"), serverKey("default")]) {
      for (const [path, method] of [
        [`/v1/jobs/${jobId}`, "GET"],
        [`/v1/jobs/${jobId}/events`, "GET"],
        [`/v1/jobs/${jobId}`, "DELETE"],
      ] as const) {
        const refused = await get(path, stranger, { method });
        expect([refused.status, await codeOf(refused)]).toEqual([404, "no_such_job"]);
      }
    }
    expect((await get(`/v1/jobs/${jobId}`, u1)).status).toBe(200);
    expect((await get(`/v1/jobs/${jobId}`, serverKey("acme"))).status).toBe(200);
    expect((await get(`/v1/jobs/${jobId}`, u1, { method: "DELETE" })).status).toBe(200);
  });

  it("of an Idempotency-Key is found by its own caller only", { timeout: 20_000 }, async () => {
    asked = [];
    const headers = { "idempotency-key": "the-same-key" };
    const u1 = (await tokenFrom(serverKey("acme"), { user: "u1" })).token;
    const jobs = new Set<string | null>();
    for (const key of [serverKey("acme"), serverKey("acme"), u1, u1, serverKey("other")]) {
      const answer = await call(key, jobs.size % 3, { headers });
      expect(answer.status).toBe(200);
      jobs.add(answer.headers.get("x-lisbon-job"));
    }
    expect(jobs.size).toBe(3);
    expect(asked).toHaveLength(3);
  });

  it("is not found by another tenant that parks the same words", async () => {
    const jobs = await Promise.all(
      ["acme", "other"].map(async (tenant) => {
        const parked = await call(serverKey(tenant), 0, { model: "by-hand" });
        return parked.headers.get("x-lisbon-job");
      }),
    );
    expect(new Set(jobs).size).toBe(2);
  });
});

describe("a page", () => {
  it.each([
    ["acme", "https://acme.example", 200],
    ["acme", "https://default.example", 403],
    ["other", "https://default.example", 200],
    ["other", "https://acme.example", 403],
  ])("of %s is let in from %s: %i", async (tenant, origin, status) => {
    const response = await call(serverKey(tenant), 0, { headers: { origin } });

    expect(response.status).toBe(status);
    if (status === 403) expect(await codeOf(response)).toBe("origin_not_allowed");
    else expect(response.headers.get("access-control-allow-origin")).toBe(origin);
  });

  it("is held to its token's own origins as well", async () => {
    const wishes = { user: "u1", origins: ["https://elsewhere.example"] };
    const { token } = await tokenFrom(serverKey("acme"), wishes);

    expect((await call(token, 0, { headers: { origin: "https://acme.example" } })).status).toBe(403);
    expect((await call(token, 0, { headers: { origin: "https://elsewhere.example" } })).status).toBe(403);
  });
});

describe("what the admin changes", () => {
  it("is in the trail with who, what and when, and never with a key", async () => {
    const { id, key } = await makeKey("acme");
    await fetch(`${urls[2]}/admin/keys/${id}/revoke`, {
      method: "POST",
      headers: { ...ADMIN, "x-lisbon-actor": "ana\u00e9@example.com" },
    });
    const trail = await (await admin("/admin/audit?limit=2")).text();

    expect(JSON.parse(trail)).toMatchObject({
      changes: [
        { who: "ana@example.com", what: `POST /admin/keys/${id}/revoke`, status: 204, at: expect.stringMatching(/Z$/) },
        { who: "admin", what: "POST /admin/keys", status: 201, detail: expect.stringContaining("acme") },
      ],
    });
    for (const secret of [key, ADMIN_KEY, KEY_SECRET]) {
      expect(trail).not.toContain(secret);
      expect(logged.join("\n")).not.toContain(secret);
    }
  });
});

describe("the official SDK", () => {
  it("throws its typed errors for a token that may not", async () => {
    const { token } = await tokenFrom(serverKey("acme"), { user: "u1", kinds: ["draft-email"] });
    const client = new OpenAI({ apiKey: token, baseURL: `${urls[0]}/v1`, maxRetries: 0, logLevel: "off" });
    const ask = (model: string) =>
      client.chat.completions.create({ model, messages: [{ role: "user", content: "hello" }] });

    await expect(ask("secret-work")).rejects.toBeInstanceOf(PermissionDeniedError);
    expect((await ask("draft-email")).choices[0]?.message.content).toBe("hello");
  });
});
