/** The one client of the admin paths, against servers that answer as they please. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, Server } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Health, Pauses } from "../../../cli/admin-schemas.ts";
import { adminAddress } from "../../../cli/admin-address.ts";
import { askAdmin, askAdminFor, posting } from "../../../cli/ask-admin.ts";
import { portOf } from "../../support/port-of.ts";

let server: Server;
let url: string;
let answer: { status: number; body: string; location?: string };
let asked: { url: string; headers: IncomingHttpHeaders }[];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push({ url: request.url ?? "", headers: request.headers });
    response.writeHead(answer.status, answer.location ? { location: answer.location } : {}).end(answer.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${portOf(server)}`;
});

beforeEach(() => {
  asked = [];
});

afterAll(() => {
  server.close();
});

const refused = (code: string): string => JSON.stringify({ error: { message: "No.", type: "x", param: null, code } });

describe("the client of the admin paths", () => {
  it("brings the key and who asks, and gives back the JSON", async () => {
    answer = { status: 200, body: '{"pauses":[]}' };

    expect(await askAdmin({ url: `${url}/`, adminKey: "k" }, "/admin/pause")).toEqual({
      ok: true,
      value: { pauses: [] },
    });
    expect(asked[0]).toMatchObject({ url: "/admin/pause", headers: { authorization: "Bearer k" } });
    expect(asked[0]?.headers["x-lisbon-actor"]).toMatch(/^lisbon-cli/);
  });

  it("takes a health that says 503 for an answer", async () => {
    answer = { status: 503, body: '{"status":"degraded","healthy":[],"routes":[]}' };

    expect(await askAdminFor(Health, { url, adminKey: "k" }, "/health")).toMatchObject({ ok: true });
  });

  it.each([
    [401, refused("admin_only"), "key", "does not take this admin key"],
    [503, refused("not_configured"), "key", "No."],
    [404, refused("no_such_job"), "declined", "No."],
    [409, refused("job_settled"), "declined", "No."],
    [400, refused("invalid_request"), "usage", "No."],
    [500, refused("internal_error"), "not_reached", "No."],
    [404, refused("not_found"), "other", "it knows no such path"],
    [200, "<html>", "other", "answers otherwise than this command expects"],
    [404, "<html>", "other", "and not as Lisbon does"],
    [200, '{"pauses":[{"scope":1}]}', "other", "answers otherwise than this command expects (pauses.0.scope"],
  ])("knows what %i with %s means: %s", async (status, body, kind, message) => {
    answer = { status, body };
    const told = await askAdminFor(Pauses, { url, adminKey: "k" }, "/admin/pause", posting());

    expect(told).toMatchObject({ ok: false, failure: { kind, message: expect.stringContaining(message) } });
  });

  it("follows no redirect, which would take the key along", async () => {
    answer = { status: 302, body: "", location: `${url}/elsewhere` };

    expect(await askAdmin({ url, adminKey: "k" }, "/admin/pause")).toMatchObject({ ok: false });
    expect(asked).toHaveLength(1);
  });

  it("says that nothing listens", async () => {
    const gone = createServer();
    gone.listen(0, "127.0.0.1");
    await once(gone, "listening");
    const port = portOf(gone);
    gone.close();
    await once(gone, "close");

    expect(await askAdmin({ url: `http://127.0.0.1:${port}`, adminKey: "k" }, "/health")).toMatchObject({
      failure: { kind: "not_reached", message: `http://127.0.0.1:${port} cannot be reached: nothing listens there` },
    });
  });
});

describe("the address", () => {
  it.each([
    ["https://lisbon.example.com/", "https://lisbon.example.com"],
    ["http://localhost:8787", "http://localhost:8787"],
    ["http://192.168.1.4:8787", "http://192.168.1.4:8787"],
    ["http://lisbon:8787/below/", "http://lisbon:8787/below"],
  ])("%s is asked at %s", (given, expected) => {
    expect(adminAddress({ url: given, adminKey: "k" })).toMatchObject({ ok: true, value: { url: expected } });
  });

  it.each(["http://lisbon.example.com", "http://93.184.216.34", "http://172.32.0.1", "ftp://x", "lisbon"])(
    "%s is sent no key",
    (given) => {
      expect(adminAddress({ url: given, adminKey: "k" })).toMatchObject({ ok: false, failure: { kind: "usage" } });
    },
  );
});
