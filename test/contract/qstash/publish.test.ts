import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND, startForTests } from "./setup.ts";

const { client, qstash, to, arrived, answer, pass, advance, paths, now, call } = await startForTests();

describe("a published message", () => {
  it("arrives with its body, its query and its content type", async () => {
    await client.publishJSON({ url: `${to}/run?a=1&b=2`, body: { job: "é" } });
    await qstash.settled();

    expect(arrived).toMatchObject([
      { method: "POST", path: "/run?a=1&b=2", body: '{"job":"é"}', headers: { "content-type": "application/json" } },
    ]);
  });

  it("carries QStash's own headers", async () => {
    const { messageId } = await client.publishJSON({ url: `${to}/run`, body: 1, retries: 2 });
    await qstash.settled();

    expect(arrived[0]?.headers).toMatchObject({
      "user-agent": "Upstash-QStash",
      "upstash-message-id": messageId,
      "upstash-retried": "0",
      "upstash-max-retries": "2",
      "upstash-region": "EU-CENTRAL-1",
    });
  });

  it("forwards the publisher's headers without their prefix", async () => {
    await client.publishJSON({ url: `${to}/run`, body: 1, headers: { "X-Tenant": "acme" } });
    await qstash.settled();

    expect(arrived[0]?.headers["x-tenant"]).toBe("acme");
  });

  it("uses the method asked for, and sends no body with GET", async () => {
    await client.publish({ url: `${to}/run`, method: "GET", body: "unsent" });
    await qstash.settled();

    expect(arrived).toMatchObject([{ method: "GET", body: "" }]);
  });

  it("keeps bytes that are no text", async () => {
    await call("POST", `/v2/publish/${to}/run`, { body: new Uint8Array([255, 0, 254]) });
    await qstash.settled();

    expect(arrived[0]?.headers["content-length"]).toBe("3");
  });

  it("waits for its delay", async () => {
    await call("POST", `/v2/publish/${to}/run`, { headers: { "upstash-delay": "1d2h" } });
    await pass(DAY + 2 * HOUR - 1);
    expect(arrived).toHaveLength(0);

    await pass(1);
    expect(arrived).toHaveLength(1);
  });

  it("waits for Not-Before even where a delay is given", async () => {
    const notBefore = Math.ceil(now() / 1000) + 3600;
    await client.publishJSON({ url: `${to}/run`, body: 1, delay: 5, notBefore });
    await pass(HOUR - 2 * SECOND);
    expect(arrived).toHaveLength(0);

    await pass(3 * SECOND);
    expect(arrived).toHaveLength(1);
  });

  it("goes out at once where Not-Before is past", async () => {
    await client.publishJSON({ url: `${to}/run`, body: 1, notBefore: Math.floor(now() / 1000) - 60 });
    await qstash.settled();

    expect(arrived).toHaveLength(1);
  });

  it("fails at its time-out, though the destination is still at work", async () => {
    answer(() => new Promise(() => undefined));
    const { messageId } = await client.publishJSON({ url: `${to}/run`, body: 1, timeout: 5, retries: 0 });
    await expect.poll(() => arrived.length).toBe(1);
    advance(5 * SECOND);
    await qstash.settled();

    const { messages } = await client.dlq.listMessages();
    expect(messages).toMatchObject([{ messageId, responseStatus: 0, responseBody: "timeout" }]);
  });
});

function publishAs(deduplicationId: string) {
  return client.publishJSON({ url: `${to}/run`, body: 1, deduplicationId });
}

function publishOnce(body: number) {
  return client.publishJSON({ url: `${to}/run`, body, contentBasedDeduplication: true });
}

describe("a deduplication id", () => {
  it("is accepted a second time with the old message's id, and not delivered", async () => {
    const first = await client.publishJSON({ url: `${to}/run`, body: 1, deduplicationId: "job-1.1" });
    const second = await client.publishJSON({ url: `${to}/run`, body: 2, deduplicationId: "job-1.1" });
    await qstash.settled();

    expect(second).toEqual({ messageId: first.messageId, deduplicated: true });
    expect(arrived).toHaveLength(1);
  });

  it("is answered 202 the second time", async () => {
    const headers = { "upstash-deduplication-id": "job-1.1" };
    const first = await call("POST", `/v2/publish/${to}/run`, { headers });
    const second = await call("POST", `/v2/publish/${to}/run`, { headers });

    expect([first.status, second.status]).toEqual([200, 202]);
  });

  it("holds for another destination too", async () => {
    await client.publishJSON({ url: `${to}/one`, body: 1, deduplicationId: "job-1.1" });
    await client.publishJSON({ url: `${to}/two`, body: 1, deduplicationId: "job-1.1" });
    await qstash.settled();

    expect(paths()).toEqual(["/one"]);
  });

  it("is forgotten after 10 minutes", async () => {
    await publishAs("job-1.1");
    await pass(10 * MINUTE - 1);
    expect(await publishAs("job-1.1")).toHaveProperty("deduplicated", true);

    await pass(1);
    expect(await publishAs("job-1.1")).not.toHaveProperty("deduplicated");
  });

  it("is made of the content where that is asked for", async () => {
    await publishOnce(1);

    expect(await publishOnce(1)).toHaveProperty("deduplicated", true);
    expect(await publishOnce(2)).not.toHaveProperty("deduplicated");
  });
});
