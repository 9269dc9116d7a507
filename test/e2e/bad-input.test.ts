/** What a caller can send that is wrong: a 4xx in OpenAI's shape that names the field, and the isolate lives on. */
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startIsolates, type Isolates } from "../support/isolates.ts";
import { rawHttp } from "../support/raw-http.ts";
import { pause } from "../support/scripted-provider.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { KEY_SECRET, serverKey } from "../support/server-keys.ts";

const KEY = serverKey();
/** As the map says. */
const MAX_BODY_BYTES = 100_000;

let hosts: SimulatedHosts;
let isolates: Isolates;
let url = "";

beforeAll(async () => {
  hosts = await startSimulatedHosts();
  isolates = await startIsolates({
    count: 1,
    routes: "test/fixtures/routes.product.json",
    bindings: { ...hosts.variables, LISBON_KEY_SECRET: KEY_SECRET },
  });
  url = isolates.workers[0]?.url ?? "";
});

/** The isolate lives on: the next good call is answered. */
afterEach(async () => {
  const reply = await post(JSON.stringify(good));
  expect(reply.status).toBe(200);
  expect(await reply.json()).toMatchObject({ choices: [{ message: { content: "hello" } }] });
  hosts.mend();
});

afterAll(async () => {
  await isolates.dispose();
  await hosts.close();
});

const messages = [{ role: "user", content: "say: hello" }];
const good = { model: "only-hot", messages };

function post(body: string | Uint8Array<ArrayBuffer>): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, { method: "POST", headers: { authorization: `Bearer ${KEY}` }, body });
}

function withMore(fields: string): string {
  return `{"model":"only-hot","messages":${JSON.stringify(messages)},${fields}}`;
}

function lists(levels: number): string {
  return "[".repeat(levels) + "]".repeat(levels);
}

const WRONG: readonly (readonly [what: string, body: string, code: string, param: string | null])[] = [
  ["nothing", "", "invalid_json", null],
  ["half of JSON", '{"model":', "invalid_json", null],
  ["a form", "model=auto&messages=hello", "invalid_json", null],
  ["a list", "[]", "invalid_request", null],
  ["null", "null", "invalid_request", null],
  ["no model", JSON.stringify({ messages }), "invalid_request", "model"],
  ["a number as model", JSON.stringify({ ...good, model: 5 }), "invalid_request", "model"],
  ["a model of 10 kB", JSON.stringify({ ...good, model: "m".repeat(10_000) }), "invalid_request", "model"],
  ["no messages", JSON.stringify({ model: "only-hot" }), "invalid_request", "messages"],
  ["an empty list of messages", JSON.stringify({ ...good, messages: [] }), "invalid_request", "messages"],
  ["text as messages", JSON.stringify({ ...good, messages: "hello" }), "invalid_request", "messages"],
  ["null as a message", JSON.stringify({ ...good, messages: [null] }), "invalid_request", "messages[0]"],
  ["an unknown role", JSON.stringify({ ...good, messages: [{ role: "boss" }] }), "invalid_request", "messages[0].role"],
  [
    "a number as content",
    JSON.stringify({ ...good, messages: [{ role: "user", content: 5 }] }),
    "invalid_request",
    "messages[0].content",
  ],
  ["a text as stream", JSON.stringify({ ...good, stream: "yes" }), "invalid_request", "stream"],
  ["a text as temperature", JSON.stringify({ ...good, temperature: "hot" }), "invalid_request", "temperature"],
  ["an object as tools", JSON.stringify({ ...good, tools: {} }), "invalid_request", "tools"],
  ["no tokens at all", JSON.stringify({ ...good, max_tokens: 0 }), "invalid_request", "max_tokens"],
  [
    "half a surrogate pair",
    '{"model":"only-hot","messages":[{"role":"user","content":"\\ud83d"}]}',
    "invalid_request",
    "messages[0].content",
  ],
  ["lists in lists", withMore(`"x":${lists(40_000)}`), "invalid_request", "x"],
  // Only then are the strings looked at one by one.
  ["lists in lists beside an emoji", withMore(`"user":"\\ud83d\\ude00","x":${lists(40_000)}`), "invalid_request", "x"],
  ["objects in objects", withMore(`"x":${'{"x":'.repeat(15_000)}1${"}".repeat(15_000)}`), "invalid_request", "x"],
];

describe("a body that is wrong", () => {
  it.each(WRONG)("because it is %s is a 400 that says where", async (_what, body, code, param) => {
    const response = await post(body);

    const said = await response.text();
    expect([response.status, said.slice(0, 400)]).toEqual([400, expect.any(String)]);
    expect(JSON.parse(said)).toEqual({
      error: { message: expect.any(String), type: "invalid_request_error", param, code },
    });
    expect(hosts.received()).toEqual([]);
  });
});

describe("a body", () => {
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: lisbon\r\nauthorization: Bearer ${KEY}\r\n`;

  it("that states too many bytes is a 413 before it is read", async () => {
    const reply = await rawHttp(url, [`${head}content-length: ${MAX_BODY_BYTES + 1}\r\n\r\n{`]);

    expect(reply.status).toBe(413);
    expect(reply.text).toMatch(/"code":"body_too_large"/);
  });

  it("that states no length is a 413 as soon as it is over the limit, however much is to come", async () => {
    const piece = `8000\r\n${" ".repeat(0x8000)}\r\n`;
    // Four pieces are over the limit, and the body never ends.
    const reply = await rawHttp(url, [`${head}transfer-encoding: chunked\r\n\r\n`, piece, piece, piece, piece]);

    expect(reply.status).toBe(413);
    expect(reply.text).toMatch(/"code":"body_too_large"/);
  });

  it("one byte too long is a 413, and one that just fits is answered", async () => {
    const body = JSON.stringify(good);
    const just = body + " ".repeat(MAX_BODY_BYTES - body.length);

    expect((await post(just)).status).toBe(200);
    expect((await post(`${just} `)).status).toBe(413);
  });

  it("that breaks off is not waited for once its sender is gone", async () => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(`${head}content-length: 500\r\n\r\n{"model":`);
    await pause(100);
    socket.resetAndDestroy();
    await pause(100);

    expect(hosts.received()).toEqual([]);
  });
});

describe("what Lisbon does not know", () => {
  it("is passed on to who may know it", async () => {
    const more = { metadata: { ticket: "42" }, verbosity: "low", prediction: null };
    const named = [{ role: "user", name: "ana", content: [{ type: "text", text: "say: hello" }] }];

    await (await post(JSON.stringify({ ...good, ...more, messages: named }))).text();

    expect(hosts.received()).toMatchObject([{ body: { ...more, model: "model-1", messages: named } }]);
  });

  it("is replaced where it is no UTF-8", async () => {
    const bytes = new TextEncoder().encode(JSON.stringify(good));
    bytes[bytes.indexOf("y".charCodeAt(0), 40)] = 0xff;

    expect((await post(bytes)).status).toBe(200);
  });
});

describe("line breaks where they do not belong", () => {
  it("in a model make no header", async () => {
    const response = await post(JSON.stringify({ ...good, model: "gpt\r\nx-evil: 1\r\n\r\nevil" }));

    expect(response.status).toBe(404);
    expect(response.headers.get("x-evil")).toBeNull();
    expect(await response.json()).toMatchObject({ error: { code: "model_not_found", param: "model" } });
  });

  it.each([
    "x-request-id: a\r\n\tb: c",
    "x-request-id: a\rx-evil: 1",
    "x-request-id: a\0b",
    "x-lisbon-request-id: own",
  ])("in a header (%j) come back in none", async (line) => {
    const body = JSON.stringify(good);
    const lines = [`authorization: Bearer ${KEY}`, line, `content-length: ${body.length}`, "connection: close"];
    const reply = await rawHttp(url, [
      `POST /v1/chat/completions HTTP/1.1\r\nhost: lisbon\r\n${lines.join("\r\n")}\r\n\r\n${body}`,
    ]);

    expect([200, 400]).toContain(reply.status);
    expect(reply.text).not.toMatch(/x-evil|^b: c|: own/im);
  });
});
