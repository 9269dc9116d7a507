/** `examples/node/server.mjs` as it stands, in front of a server that answers as Lisbon does. */
import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { Readable } from "node:stream";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { portOf } from "../../support/port-of.ts";

const words = (content: string): string => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;

let lisbon: Server;
let example: ChildProcessByStdio<null, Readable, null>;
let url: string;
let asked: unknown[];
let reply: { status: number; body: string };

beforeAll(async () => {
  asked = [];
  lisbon = createServer((request, response) => {
    void json(request).then((body) => {
      asked.push({ body, key: request.headers.authorization });
      response.writeHead(reply.status).end(reply.body);
    });
  });
  lisbon.listen(0, "127.0.0.1");
  await once(lisbon, "listening");
  example = spawn(process.execPath, ["examples/node/server.mjs"], {
    env: { LISBON_URL: `http://127.0.0.1:${portOf(lisbon)}/`, LISBON_API_KEY: "k", PORT: "0" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await once(example.stdout, "data");
  url = String(line).trim();
});

afterAll(() => {
  example.kill();
  lisbon.close();
});

it("streams an answer on, and names who asks", async () => {
  reply = { status: 200, body: `: alive\n\n${words("Olá, ")}${words("Lisboa.")}data: [DONE]\n\n` };
  const answer = await fetch(url, { method: "POST", body: "Say hello." });

  expect(await answer.text()).toBe("Olá, Lisboa.\n");
  expect(asked).toMatchObject([
    { body: { stream: true, user: "somebody", messages: [{ content: "Say hello." }] }, key: "Bearer k" },
  ]);
});

it("breaks off where the answer broke off", async () => {
  reply = { status: 200, body: words("Olá, ") };
  await expect(fetch(url, { method: "POST", body: "x" }).then((answer) => answer.text())).rejects.toThrow();
});

it("passes a refusal on", async () => {
  reply = { status: 503, body: '{"error":{"message":"Nobody is there."}}' };
  const answer = await fetch(url, { method: "POST", body: "x" });
  expect([answer.status, await answer.text()]).toEqual([503, "Nobody is there.\n"]);
});
