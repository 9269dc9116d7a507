import { describe, expect, it } from "vitest";
import { z } from "zod";
import { DAY, startForTests } from "./setup.ts";

const { client, qstash, to, arrived, answer, pass, paths, now } = await startForTests();

const CallbackBody = z.looseObject({ status: z.number(), body: z.base64(), sourceBody: z.base64() });

function sentTo(path: string) {
  return arrived.filter((request) => request.path === path);
}

function decoded(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}

function failOnly(path: string): void {
  answer((request) => (request.path === path ? { status: 503, body: "no room" } : { status: 200 }));
}

describe("a failure callback", () => {
  it("is called once, when the message is given up", async () => {
    failOnly("/run");
    await client.publishJSON({ url: `${to}/run`, body: 1, retries: 2, failureCallback: `${to}/failed` });
    await pass(DAY);

    expect(paths()).toEqual(["/run", "/run", "/run", "/failed"]);
  });

  it("carries the failure, the message and its dead letter's id", async () => {
    failOnly("/run");
    const createdAt = String(now());
    const { messageId } = await client.publishJSON({
      url: `${to}/run`,
      body: { job: 7 },
      retries: 1,
      headers: { "x-tenant": "acme" },
      failureCallback: `${to}/failed`,
    });
    await pass(DAY);

    const body = CallbackBody.parse(JSON.parse(sentTo("/failed")[0]?.body ?? ""));
    const { messages } = await client.dlq.listMessages();
    expect(body).toMatchObject({
      status: 503,
      retried: 1,
      maxRetries: 1,
      dlqId: messages[0]?.dlqId,
      sourceMessageId: messageId,
      url: `${to}/run`,
      method: "POST",
      sourceHeader: { "X-Tenant": ["acme"] },
      createdAt,
      notBefore: createdAt,
    });
    expect([decoded(body.body), decoded(body.sourceBody)]).toEqual(["no room", '{"job":7}']);
  });

  it("is a message of its own, retried as the first", async () => {
    answer(() => ({ status: 500 }));
    await client.publishJSON({ url: `${to}/run`, body: 1, retries: 1, failureCallback: `${to}/failed` });
    await pass(DAY);

    expect(paths()).toEqual(["/run", "/run", "/failed", "/failed"]);
  });

  it("takes settings and headers of its own", async () => {
    failOnly("/run");
    await client.publishJSON({
      url: `${to}/run`,
      body: 1,
      retries: 0,
      failureCallback: `${to}/failed`,
      headers: { "Upstash-Failure-Callback-Method": "PUT", "Upstash-Failure-Callback-Forward-Who": "cold" },
    });
    await pass(DAY);

    expect(sentTo("/failed")).toMatchObject([{ method: "PUT", headers: { who: "cold" } }]);
  });

  it("is not called for a message that was taken", async () => {
    await client.publishJSON({ url: `${to}/run`, body: 1, failureCallback: `${to}/failed` });
    await qstash.settled();

    expect(paths()).toEqual(["/run"]);
  });
});

describe("a callback", () => {
  it("is called after every attempt with what came back", async () => {
    answer(({ path }) => ({ status: path === "/run" && sentTo("/run").length < 2 ? 500 : 201 }));
    await client.publishJSON({ url: `${to}/run`, body: 1, callback: `${to}/told` });
    await pass(DAY);

    expect(sentTo("/told").map(({ body }) => CallbackBody.parse(JSON.parse(body)).status)).toEqual([500, 201]);
  });
});
