/** The two calls after a deploy: what counts as answered. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { smokeTest } from "../../../cli/smoke.ts";
import { portOf } from "../../support/port-of.ts";

const WHOLE = '{"choices":[{"message":{"content":"hello"}}]}';
const STREAM = 'data: {"choices":[{"delta":{"content":"hello"}}]}\n\ndata: [DONE]\n\n';

let server: Server;
let url: string;
let answers: { status: number; whole: string; stream: string };
let seen: { body: unknown; headers: Record<string, unknown> }[];

beforeAll(async () => {
  server = createServer((request, response) => {
    void json(request).then((body) => {
      seen.push({ body, headers: request.headers });
      const { status, whole, stream } = answers;
      const streamed = JSON.stringify(body).includes('"stream":true');
      response.writeHead(status, { "x-lisbon-route": "hot/a/b" }).end(streamed ? stream : whole);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${portOf(server)}`;
});

beforeEach(() => {
  seen = [];
  answers = { status: 200, whole: WHOLE, stream: STREAM };
});

afterAll(() => void server.close());

it("asks once unstreamed and once streamed, with the key and the version's header", async () => {
  expect(await smokeTest(`${url}/`, { smokeKey: "k" }, { "x-version": "v" })).toEqual({
    ok: true,
    value: "A real call was answered unstreamed by hot/a/b and streamed by hot/a/b.",
  });
  expect(seen).toMatchObject([
    { body: { model: "auto", stream: false }, headers: { authorization: "Bearer k", "x-version": "v" } },
    { body: { model: "auto", stream: true }, headers: { authorization: "Bearer k", "x-version": "v" } },
  ]);
});

it.each([
  ["a refusal", { status: 503 }, "(unstreamed) failed"],
  ["a parked call", { status: 202 }, "it says 202"],
  ["an empty answer", { whole: '{"choices":[{"message":{"content":""}}]}' }, "no text in the answer"],
  ["a stream that breaks off", { stream: STREAM.replace("data: [DONE]", "") }, "(streamed) failed"],
  ["an empty stream", { stream: "data: [DONE]\n\n" }, "no text in the stream"],
])("takes %s for a failure", async (_case, change, why) => {
  Object.assign(answers, change);
  expect(await smokeTest(url, { smokeKey: "k" })).toEqual({ ok: false, failure: expect.stringContaining(why) });
});

it.each([[{}], [{ smokeKey: "" }], [{ smokeKey: "k", smoke: false }]])("asks nothing with %j", async (options) => {
  expect(await smokeTest(url, options)).toMatchObject({ ok: true });
  expect(seen).toEqual([]);
});

it("sends no key in clear to a public host", async () => {
  expect(await smokeTest("http://lisbon.example.com", { smokeKey: "k" })).toMatchObject({ ok: false });
});
