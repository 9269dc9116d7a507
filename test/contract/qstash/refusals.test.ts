import { describe, expect, it } from "vitest";
import { errorOf, startForTests } from "./setup.ts";

const { client, to, arrived, call, qstash } = await startForTests();

async function errorText(response: Response): Promise<unknown> {
  const body: unknown = await response.json();
  return typeof body === "object" && body !== null && "error" in body ? body.error : body;
}

describe("a publish with", () => {
  it.each([
    [{ "upstash-method": "PUSH" }, /upstash-method/],
    [{ "upstash-delay": "10" }, /upstash-delay.*duration/],
    [{ "upstash-delay": "soon" }, /upstash-delay/],
    [{ "upstash-not-before": "tomorrow" }, /upstash-not-before/],
    [{ "upstash-retries": "-1" }, /upstash-retries/],
    [{ "upstash-retry-delay": "process.exit()" }, /upstash-retry-delay/],
    [{ "upstash-timeout": "5 seconds" }, /upstash-timeout/],
    [{ "upstash-deduplication-id": "job:1" }, /upstash-deduplication-id/],
    [{ "upstash-callback": "example.com" }, /upstash-callback/],
    [{ "upstash-failure-callback": "/failed" }, /upstash-failure-callback/],
    [{ "upstash-failure-callback-retries": "1" }, /without Upstash-Failure-Callback/],
    [
      { "upstash-failure-callback": "https://a.example", "upstash-failure-callback-label": "x" },
      /unknown header upstash-label/,
    ],
    [{ "upstash-flow-control-key": "k" }, /needed together/],
    [{ "upstash-flow-control-value": "rate=1" }, /needed together/],
    [{ "upstash-flow-control-key": "k", "upstash-flow-control-value": "rate=0" }, /Flow-Control-Value/],
    [{ "upstash-flow-control-key": "k", "upstash-flow-control-value": "period=1m" }, /Flow-Control-Value/],
    [{ "upstash-flow-control-key": "k", "upstash-flow-control-value": "burst=1" }, /Flow-Control-Value/],
    [{ "upstash-retry": "3" }, /unknown header upstash-retry/],
  ])("%j is refused with 400", async (headers: Record<string, string>, text) => {
    const response = await call("POST", `/v2/publish/${to}/run`, { headers });

    expect(response.status).toBe(400);
    expect(await errorText(response)).toMatch(text);
  });

  it.each(["ftp://example.com/a", "https%3A%2F%2Fexample.com", "example.com/a"])(
    "the destination %s is refused with 400",
    async (destination) => {
      expect((await call("POST", `/v2/publish/${destination}`)).status).toBe(400);
    },
  );

  it("anything wrong reaches no destination", async () => {
    await call("POST", `/v2/publish/${to}/run`, { headers: { "upstash-retries": "many" } });
    await qstash.settled();

    expect(arrived).toHaveLength(0);
  });
});

describe("enqueue", () => {
  it.each([{ delay: 5 }, { notBefore: 2_000_000_000 }, { flowControl: { key: "k", parallelism: 1 } }])(
    "with %j is refused with 400",
    async (options) => {
      const queue = client.queue({ queueName: "cold" });

      expect(await errorOf(queue.enqueueJSON({ url: `${to}/run`, body: 1, ...options }))).toMatchObject({
        status: 400,
        message: expect.stringContaining("queues have neither delay nor flow control"),
      });
    },
  );

  it("is otherwise not supported, and says what to use", async () => {
    expect(await errorOf(client.queue({ queueName: "cold" }).enqueueJSON({ url: `${to}/run`, body: 1 }))).toMatchObject(
      { status: 501, message: expect.stringContaining("Flow-Control-Key") },
    );
  });
});

describe("what is not built here answers 501:", () => {
  it.each([
    ["GET", "/v2/queues"],
    ["GET", "/v2/topics"],
    ["POST", "/v2/publish/my-url-group"],
    ["POST", "/v2/flowControl/k/pin?parallelism=1"],
    ["GET", "/v2/bulkActions"],
    ["DELETE", "/v2/messages?host=example.com"],
    ["GET", "/v2/globalParallelism"],
  ])("%s %s", async (method, path) => {
    const response = await call(method, path);

    expect(response.status).toBe(501);
    expect(await errorText(response)).toMatch(/local QStash/);
  });

  it("a token in the query", async () => {
    expect((await fetch(`${qstash.url}/v2/keys?qstash_token=token-for-tests`)).status).toBe(501);
  });

  it("redaction", async () => {
    expect(await errorOf(client.publishJSON({ url: `${to}/run`, body: 1, redact: { body: true } }))).toMatchObject({
      status: 501,
    });
  });
});

describe("a caller", () => {
  it.each(["Bearer wrong", "", "token-for-tests"])("with the authorization %j is refused with 401", async (value) => {
    expect((await call("GET", "/v2/keys", { headers: { authorization: value } })).status).toBe(401);
  });
});
