import { describe, expect, it } from "vitest";
import { DAY, errorOf, HOUR, startForTests } from "./setup.ts";

const { client, qstash, to, arrived, answer, pass, paths, call } = await startForTests();

describe("a message that waits", () => {
  it("is shown with its settings", async () => {
    const { messageId } = await client.publishJSON({
      url: `${to}/run`,
      body: { a: 1 },
      delay: "1h",
      retries: 2,
      label: ["one", "two"],
      flowControl: { key: "cold", parallelism: 3, rate: 5, period: "1m" },
    });
    const message = await client.messages.get(messageId);

    expect(message).toMatchObject({
      messageId,
      url: `${to}/run`,
      method: "POST",
      body: '{"a":1}',
      maxRetries: 2,
      labels: ["one", "two"],
      flowControlKey: "cold",
      parallelism: 3,
      rate: 5,
      period: 60,
    });
    expect((message.notBefore ?? 0) - message.createdAt).toBe(HOUR);
  });

  it("is never delivered once cancelled", async () => {
    const { messageId } = await client.publishJSON({ url: `${to}/run`, body: 1, delay: "1h" });

    expect(await client.messages.cancel(messageId)).toEqual({ cancelled: 1 });
    await pass(DAY);
    expect(arrived).toHaveLength(0);
  });

  it("is not retried once cancelled", async () => {
    answer(() => ({ status: 500 }));
    const { messageId } = await client.publishJSON({ url: `${to}/run`, body: 1 });
    await qstash.settled();
    await client.messages.cancel(messageId);
    await pass(DAY);

    expect(arrived).toHaveLength(1);
    expect((await client.dlq.listMessages()).messages).toHaveLength(0);
  });

  it("is no dead letter where it was cancelled during its last delivery", async () => {
    answer(async ({ headers }) => {
      await client.messages.cancel(String(headers["upstash-message-id"]));
      return { status: 500 };
    });
    await client.publishJSON({ url: `${to}/run`, body: 1, retries: 0 });
    await qstash.settled();

    expect((await client.dlq.listMessages()).messages).toHaveLength(0);
  });

  it("is cancelled with all of its flow-control key", async () => {
    await client.publishJSON({ url: `${to}/a`, body: 1, delay: "1h", flowControl: { key: "a", rate: 1 } });
    await client.publishJSON({ url: `${to}/b`, body: 1, delay: "1h", flowControl: { key: "b", rate: 1 } });

    expect(await client.messages.cancel({ filter: { flowControlKey: "a" } })).toEqual({ cancelled: 1 });
    await pass(DAY);
    expect(paths()).toEqual(["/b"]);
  });
});

describe("a message that was delivered", () => {
  it("is not found any more", async () => {
    const { messageId } = await client.publishJSON({ url: `${to}/run`, body: 1 });
    await qstash.settled();

    expect(await errorOf(client.messages.get(messageId))).toMatchObject({ status: 404 });
    expect(await errorOf(client.messages.cancel(messageId))).toMatchObject({ status: 404 });
  });

  it("leaves its states in the log, the newest first", async () => {
    answer(() => ({ status: arrived.length === 1 ? 500 : 200 }));
    const { messageId } = await client.publishJSON({ url: `${to}/run`, body: 1 });
    await pass(HOUR);
    const { logs } = await client.logs({ filter: { messageId } });

    expect(logs.map(({ state }) => state)).toEqual(["DELIVERED", "ACTIVE", "RETRY", "ERROR", "ACTIVE", "CREATED"]);
  });

  it("is in the log of the documented path too", async () => {
    const { messageId } = await client.publishJSON({ url: `${to}/run`, body: 1 });
    await qstash.settled();

    expect(await (await call("GET", `/v2/logs?messageId=${messageId}&state=DELIVERED`)).json()).toMatchObject({
      logs: [{ messageId, state: "DELIVERED" }],
    });
  });
});

describe("a batch", () => {
  it("delivers each of its messages", async () => {
    const published = await client.batchJSON([
      { url: `${to}/one`, body: { a: 1 } },
      { url: `${to}/two`, body: { a: 2 }, delay: "1h" },
    ]);
    await pass(DAY);

    expect(published).toHaveLength(2);
    expect(arrived).toMatchObject([
      { path: "/one", body: '{"a":1}' },
      { path: "/two", body: '{"a":2}', afterMs: HOUR },
    ]);
  });

  it("has an error in the place of a message that is wrong", async () => {
    const published = await client.batchJSON([
      { url: "nowhere/", body: 1 },
      { url: `${to}/two`, body: 2 },
    ]);

    expect(published).toMatchObject([{ error: expect.any(String) }, { messageId: expect.any(String) }]);
  });

  it("that is no list is refused with 400", async () => {
    expect((await call("POST", "/v2/batch", { body: "{}" })).status).toBe(400);
  });
});
