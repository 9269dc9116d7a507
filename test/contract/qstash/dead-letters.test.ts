import { beforeEach, describe, expect, it } from "vitest";
import { DAY, errorOf, startForTests } from "./setup.ts";

const { client, to, answer, arrived, pass, call, paths, qstash } = await startForTests();

beforeEach(() => answer(() => ({ status: 500, body: "broken" })));

async function dead(path: string, label = "job"): Promise<string> {
  const published = await client.publishJSON({
    url: `${to}${path}`,
    body: { path },
    retries: 0,
    label,
    headers: { "x-tenant": "acme" },
  });
  await qstash.settled();
  const { messages } = await client.dlq.listMessages({ filter: { messageId: published.messageId } });
  return messages[0]?.dlqId ?? "";
}

async function found(filter: Parameters<typeof client.dlq.listMessages>[0]): Promise<number> {
  return (await client.dlq.listMessages(filter)).messages.length;
}

describe("a dead letter", () => {
  it("holds the message and what came back", async () => {
    const dlqId = await dead("/run");

    expect(await (await call("GET", `/v2/dlq/${dlqId}`)).json()).toMatchObject({
      dlqId,
      url: `${to}/run`,
      body: '{"path":"/run"}',
      maxRetries: 0,
      labels: ["job"],
      responseStatus: 500,
      responseBody: "broken",
    });
  });

  it("is no message any more", async () => {
    await dead("/run");
    const { messageId } = (await client.dlq.listMessages()).messages[0] ?? { messageId: "" };

    expect(await errorOf(client.messages.get(messageId))).toMatchObject({ status: 404 });
  });

  it("is found by its URL, its label and its status", async () => {
    await dead("/one", "a");
    await dead("/two", "b");

    expect(await found({ filter: { url: `${to}/one` } })).toBe(1);
    expect(await found({ filter: { label: "b" } })).toBe(1);
    expect(await found({ filter: { responseStatus: 500 } })).toBe(2);
    expect(await found({ filter: { responseStatus: 404 } })).toBe(0);
  });

  it("is listed in pages", async () => {
    await dead("/one");
    await dead("/two");
    const first = await client.dlq.listMessages({ count: 1 });
    const second = await client.dlq.listMessages({ count: 1, cursor: first.cursor ?? "" });

    expect([...first.messages, ...second.messages].map(({ url }) => url)).toEqual([`${to}/one`, `${to}/two`]);
    expect(second.cursor).toBeUndefined();
  });

  it("is gone once deleted, and 404 after that", async () => {
    const dlqId = await dead("/run");

    expect(await client.dlq.delete(dlqId)).toEqual({ deleted: 1 });
    expect(await errorOf(client.dlq.delete(dlqId))).toMatchObject({ status: 404 });
  });

  it("is retried as a new message with the same body and headers", async () => {
    const dlqId = await dead("/run");
    const old = (await client.dlq.listMessages()).messages[0]?.messageId;
    answer(() => ({ status: 200 }));
    const { responses } = await client.dlq.retry(dlqId);
    await qstash.settled();

    expect(responses[0]?.messageId).not.toBe(old);
    expect(arrived[1]).toMatchObject({
      body: '{"path":"/run"}',
      headers: { "x-tenant": "acme", "upstash-retried": "0" },
    });
    expect((await client.dlq.listMessages()).messages).toHaveLength(0);
  });

  it("is retried with what the call overrides", async () => {
    const dlqId = await dead("/run");
    const headers = { "upstash-retries": "1", "upstash-retry-delay": "1000" };
    const retried = await call("POST", `/v2/dlq/retry/${dlqId}`, { headers });
    await pass(DAY);

    expect(retried.status).toBe(201);
    expect(paths()).toEqual(["/run", "/run", "/run"]);
  });

  it("that is not there is 404 to a retry, and nothing else is retried", async () => {
    const dlqId = await dead("/run");

    expect(await errorOf(client.dlq.retry([dlqId, "0-0"]))).toMatchObject({ status: 404 });
    expect((await client.dlq.listMessages()).messages).toHaveLength(1);
  });

  it("is retried with all the others", async () => {
    await dead("/one");
    await dead("/two");
    const { responses } = await client.dlq.retry({ all: true });
    await qstash.settled();

    expect(responses).toHaveLength(2);
  });
});
