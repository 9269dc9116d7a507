/** Against a real server of one's own: what is sent, and what each way of misbehaving ends in. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { CallbackSender } from "../../../src/jobs/callback-port.ts";
import { type CallbackSenderOptions, createCallbackSender } from "../../../src/jobs/callback-sender.ts";
import { realClock } from "../../../src/lib/clock.ts";
import { createFakeClock } from "../../support/fake-clock.ts";
import { portOf } from "../../support/port-of.ts";

const SECRET = `whsec_${Buffer.from("a secret of thirty-two characters").toString("base64")}`;
const BODY = JSON.stringify({
  type: "job.answered",
  timestamp: "2026-11-21T09:00:00Z",
  data: { answer: "Olá, Lisboa" },
});

interface Received {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const received: Received[] = [];
let answer: (response: ServerResponse, request: IncomingMessage) => void = taken;
let arrived = Promise.withResolvers<void>();
let closed = Promise.withResolvers<void>();

const server = createServer((request, response) => {
  void text(request).then((body) => {
    const { url: path = "", method = "", headers } = request;
    received.push({ path, method, headers, body });
    response.on("close", () => closed.resolve());
    arrived.resolve();
    answer(response, request);
  });
});

beforeAll(() => new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve)));
afterEach(() => {
  received.length = 0;
  answer = taken;
  arrived = Promise.withResolvers<void>();
  closed = Promise.withResolvers<void>();
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function taken(response: ServerResponse): void {
  response.writeHead(204).end();
}

function senderWith(options: Partial<CallbackSenderOptions> = {}): CallbackSender {
  return createCallbackSender({
    signingSecret: SECRET,
    fetch: (url, init) => fetch(url, init),
    clock: realClock,
    ownHosts: ["127.0.0.1"],
    development: true,
    ...options,
  });
}

function send(sender = senderWith(), path = "/done") {
  return sender.send({ url: `http://127.0.0.1:${portOf(server)}${path}`, messageId: "msg_job_1_answered", body: BODY });
}

describe("a callback", () => {
  it("is accepted by the official library as its receiver uses it", async () => {
    expect(await send()).toEqual({ kind: "delivered" });

    const [{ method, path, headers, body } = expect.fail("nothing arrived")] = received;
    expect({ method, path, body }).toEqual({ method: "POST", path: "/done", body: BODY });
    expect(headers).toMatchObject({ "content-type": "application/json", "webhook-id": "msg_job_1_answered" });
    const signed = {
      "webhook-id": String(headers["webhook-id"]),
      "webhook-timestamp": String(headers["webhook-timestamp"]),
      "webhook-signature": String(headers["webhook-signature"]),
    };
    expect(new Webhook(SECRET).verify(body, signed)).toEqual(JSON.parse(BODY));
    expect(() => new Webhook(SECRET).verify(`${body} `, signed)).toThrow("No matching signature");
    expect(() => new Webhook(`whsec_${btoa("another secret")}`).verify(body, signed)).toThrow("No matching signature");
  });

  it("carries the moment of each try, and one id for all of them", async () => {
    const clock = createFakeClock(1_800_000_000_999);
    await send(senderWith({ clock }));
    await clock.advance(60_000);
    await send(senderWith({ clock }));

    expect(received.map(({ headers }) => headers["webhook-timestamp"])).toEqual(["1800000000", "1800000060"]);
    expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  });

  it.each([200, 201, 202, 299])("is delivered where the receiver answers %i", async (status) => {
    answer = (response) => void response.writeHead(status).end("thanks");

    expect(await send()).toEqual({ kind: "delivered" });
  });

  it.each([400, 404, 429, 500, 503])("has failed where the receiver answers %i", async (status) => {
    answer = (response) => void response.writeHead(status).end("a text that nobody repeats");

    expect(await send()).toEqual({ kind: "failed", detail: `the receiver answered ${status}` });
  });

  it("is not tried again where the receiver answers 410", async () => {
    answer = (response) => void response.writeHead(410).end();

    expect(await send()).toEqual({ kind: "gone", detail: "the receiver answered 410" });
  });

  it.each([301, 302, 303, 307, 308])("does not follow a %i", async (status) => {
    answer = (response) => void response.writeHead(status, { location: "/elsewhere" }).end();

    expect(await send()).toEqual({ kind: "failed", detail: "the receiver redirects, which is not followed" });
    expect(received.map(({ path }) => path)).toEqual(["/done"]);
  });

  it("has failed where the connection is reset", async () => {
    answer = (_response, request) => void request.socket.resetAndDestroy();

    expect(await send()).toEqual({ kind: "failed", detail: "the connection failed" });
  });

  it("has failed where nobody listens", async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => void gone.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${portOf(gone)}/`;
    await new Promise<void>((resolve) => void gone.close(() => resolve()));

    const result = await senderWith().send({ url, messageId: "msg_1", body: BODY });
    expect(result).toEqual({ kind: "failed", detail: "the connection failed" });
  });

  it("gives a receiver that hangs 10 s, and hangs up", async () => {
    const clock = createFakeClock();
    answer = () => undefined;
    let result: unknown;
    const sent = send(senderWith({ clock })).then((settled) => {
      result = settled;
    });
    await arrived.promise;
    await clock.advance(9999);
    expect(result).toBeUndefined();
    await clock.advance(1);

    await sent;
    expect(result).toEqual({ kind: "failed", detail: "no answer within 10 s" });
    await closed.promise;
  });

  it("ends in time even over a connection that cannot be ended", async () => {
    const clock = createFakeClock();
    const sent = send(senderWith({ clock, fetch: () => new Promise(() => undefined) }));

    expect(await clock.run(sent)).toEqual({ kind: "failed", detail: "no answer within 10 s" });
  });

  it("does not read a body that never ends: it is delivered, and hung up on", async () => {
    answer = (response) => {
      response.writeHead(200);
      const writing = setInterval(() => response.write("more ".repeat(1000)), 1);
      response.on("close", () => clearInterval(writing));
    };

    expect(await send()).toEqual({ kind: "delivered" });
    await closed.promise;
  });
});

describe("the body of an answer", () => {
  it("is cancelled, also where the connection does not heed its signal", async () => {
    const cancelled = Promise.withResolvers<void>();
    const body = new ReadableStream<Uint8Array>({ cancel: () => cancelled.resolve() });

    await send(senderWith({ fetch: () => Promise.resolve(new Response(body)) }));
    await cancelled.promise;
  });
});

describe("a callback that is not sent", () => {
  it.each([
    ["http://127.0.0.1:1/", "the address must begin with https://"],
    ["https://127.0.0.1/", "the address must name a host, not an address"],
    ["https://lisbon.example.com/", "the address must not be this router itself"],
  ])("goes nowhere and is not tried again: %s, which no rule allows any more", async (url, detail) => {
    const calls: string[] = [];
    const sender = senderWith({
      development: false,
      ownHosts: ["lisbon.example.com"],
      fetch: (called) => {
        calls.push(called);
        return Promise.resolve(new Response());
      },
    });

    expect(await sender.send({ url, messageId: "msg_1", body: BODY })).toEqual({ kind: "gone", detail });
    expect(calls).toEqual([]);
  });

  it.each([null, "", "whsec_", "whsec_ü not base64"])("has failed where the secret is %j", async (signingSecret) => {
    const result = await send(senderWith({ signingSecret }));

    expect(result).toEqual({
      kind: "failed",
      detail: "LISBON_SIGNING_SECRET is missing, or is not whsec_ and base64",
    });
    expect(received).toEqual([]);
  });
});
