/** Who may call, from where, with which method: as a browser and a stranger see it over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startIsolates, type Isolates } from "../support/isolates.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { KEY_SECRET, serverKey } from "../support/server-keys.ts";

const KEY = serverKey();
const ADMIN_KEY = "admin-key";
const PAGE = "https://app.example.com";

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
      ALLOWED_ORIGINS: `https://other.example.com, ${PAGE}`,
    },
  });
  url = isolates.workers[0]?.url ?? "";
});

afterAll(async () => {
  await isolates.dispose();
  await hosts.close();
});

function call(path: string, method: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const body = method === "POST" ? { body: JSON.stringify({ model: "ask", messages: [user] }) } : {};
  return fetch(`${url}${path}`, { method, headers, ...body });
}

const user = { role: "user", content: "say: hello" };

describe("a call without the right key", () => {
  it.each([
    ["none", {}],
    ["an empty one", { authorization: "Bearer " }],
    ["a wrong one", { authorization: "Bearer sk-wrong" }],
    ["one that is longer", { authorization: `Bearer ${KEY}x` }],
    ["one of another scheme", { authorization: `Basic ${KEY}` }],
    ["the operator's", { authorization: `Bearer ${ADMIN_KEY}` }],
    ["the caller's in another header", { "api-key": KEY }],
  ])("(%s) is a 401 in OpenAI's shape, and nobody is asked", async (_what, headers) => {
    for (const [path, method] of [
      ["/v1/chat/completions", "POST"],
      ["/v1/models", "GET"],
    ] as const) {
      const response = await call(path, method, headers);

      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        error: { message: expect.any(String), type: "authentication_error", param: null, code: "invalid_api_key" },
      });
    }
    expect(hosts.received()).toEqual([]);
  });

  it("does not reach /admin with the caller's key", async () => {
    for (const path of ["/admin/flags", "/admin/breakers"]) {
      const response = await call(path, "GET", { authorization: `Bearer ${KEY}` });

      expect([response.status, await response.json()]).toMatchObject([401, { error: { code: "admin_only" } }]);
    }
  });

  it("is let in by the key, whatever the letters of its scheme", async () => {
    expect((await call("/v1/models", "GET", { authorization: `bearer ${KEY}` })).status).toBe(200);
  });
});

describe("a page in a browser", () => {
  const preflight = {
    origin: PAGE,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type,x-stainless-lang",
  };

  it.each(["/v1/chat/completions", "/v1/models", "/nowhere"])("asks first at %s, before any key", async (path) => {
    const response = await call(path, "OPTIONS", preflight);

    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "access-control-allow-origin": PAGE,
      "access-control-allow-methods": expect.stringContaining("POST"),
      "access-control-allow-headers": expect.stringContaining("x-stainless-lang"),
      "access-control-max-age": expect.stringMatching(/^\d+$/),
      vary: "Origin",
    });
  });

  it.each([
    ["an answer", { authorization: `Bearer ${KEY}` }, 200],
    ["a refusal", {}, 401],
  ])("may read %s and every header of ours", async (_what, headers, status) => {
    const response = await call("/v1/chat/completions", "POST", { ...headers, origin: PAGE });

    expect(response.status).toBe(status);
    expect(response.headers.get("access-control-allow-origin")).toBe(PAGE);
    const exposed = response.headers.get("access-control-expose-headers")?.split(", ") ?? [];
    const ours = [...response.headers.keys()].filter((name) => name.startsWith("x-lisbon-"));
    expect(exposed).toEqual(expect.arrayContaining([...ours, "x-lisbon-trail", "retry-after"]));
  });

  it.each(["https://evil.example.com", "http://app.example.com", "null", "http://localhost:3000"])(
    "of %s is told nothing that lets it read",
    async (origin) => {
      for (const response of [
        await call("/v1/chat/completions", "OPTIONS", { ...preflight, origin }),
        await call("/v1/chat/completions", "POST", { authorization: `Bearer ${KEY}`, origin }),
      ]) {
        expect([...response.headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
      }
    },
  );
});

describe("a path or a method that there is not", () => {
  it("is a 404 in OpenAI's shape", async () => {
    const response = await call("/v1/embeddings", "POST", { authorization: `Bearer ${KEY}` });

    expect([response.status, await response.json()]).toMatchObject([
      404,
      {
        error: { code: "not_found", type: "invalid_request_error", message: expect.stringContaining("/v1/embeddings") },
      },
    ]);
  });

  it.each([
    ["/v1/chat/completions", "GET", "POST"],
    ["/v1/chat/completions", "DELETE", "POST"],
    ["/v1/models", "POST", "GET"],
    ["/admin/flags", "PUT", "GET, POST"],
    ["/admin/breakers", "POST", "GET"],
    ["/admin/breakers/reset", "GET", "POST"],
    ["/health", "POST", "GET"],
  ])("at %s (%s) is a 405 that says what it takes", async (path, method, allowed) => {
    const response = await call(path, method, { authorization: `Bearer ${KEY}` });

    expect([response.status, response.headers.get("allow")]).toEqual([405, allowed]);
    expect(await response.json()).toMatchObject({ error: { code: "method_not_allowed" } });
  });
});
