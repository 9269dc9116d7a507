import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, SECOND, startForTests } from "./setup.ts";

const { client, qstash, to, arrived, answer, pass, now } = await startForTests();

const failing = () => ({ status: 500 });

function times(): readonly number[] {
  return arrived.map(({ afterMs }) => afterMs);
}

describe("a message that fails", () => {
  it("is retried after 12 s, 2 m 28 s, 30 m 8 s, 6 h 7 m 6 s and a day", async () => {
    answer(failing);
    await client.publishJSON({ url: `${to}/run`, body: 1, retries: 5 });
    await pass(3 * DAY);

    const waits = times().map((time, index) => time - (times()[index - 1] ?? 0));
    expect(waits).toEqual([
      0,
      12 * SECOND,
      2 * MINUTE + 28 * SECOND,
      30 * MINUTE + 8 * SECOND,
      6 * HOUR + 7 * MINUTE + 6 * SECOND,
      DAY,
    ]);
  });

  it("is retried three times where nothing is said", async () => {
    answer(failing);
    await client.publishJSON({ url: `${to}/run`, body: 1 });
    await pass(DAY);

    expect(arrived.map(({ headers }) => headers["upstash-retried"])).toEqual(["0", "1", "2", "3"]);
  });

  it("keeps its message id over its retries", async () => {
    answer(failing);
    const { messageId } = await client.publishJSON({ url: `${to}/run`, body: 1, retries: 1 });
    await pass(MINUTE);

    expect(arrived.map(({ headers }) => headers["upstash-message-id"])).toEqual([messageId, messageId]);
  });

  it("is not retried once it was taken", async () => {
    answer(() => ({ status: arrived.length < 2 ? 503 : 204 }));
    await client.publishJSON({ url: `${to}/run`, body: 1 });
    await pass(DAY);

    expect(arrived).toHaveLength(2);
  });

  it("waits as its own expression says, from retried 0", async () => {
    answer(failing);
    await client.publishJSON({ url: `${to}/run`, body: 1, retries: 3, retryDelay: "pow(2, retried) * 1000" });
    await pass(DAY);

    expect(times()).toEqual([0, 1000, 3000, 7000]);
  });

  it("follows no redirect", async () => {
    answer(() => ({ status: 302, headers: { location: `${to}/elsewhere` } }));
    await client.publishJSON({ url: `${to}/run`, body: 1, retries: 0 });
    await qstash.settled();

    expect(arrived).toHaveLength(1);
    expect((await client.dlq.listMessages()).messages).toMatchObject([{ responseStatus: 302 }]);
  });

  it("is retried where nobody listens", async () => {
    await client.publishJSON({ url: "http://127.0.0.1:1/", body: 1, retries: 1 });
    await pass(MINUTE);

    expect(qstash.deliveries.map(({ status }) => status)).toEqual([0, 0]);
  });

  it("that answers 489 with Upstash-NonRetryable-Error is given up at once", async () => {
    answer(() => ({ status: 489, headers: { "Upstash-NonRetryable-Error": "true" } }));
    await client.publishJSON({ url: `${to}/run`, body: 1, retries: 5 });
    await pass(DAY);

    expect(arrived).toHaveLength(1);
    expect((await client.dlq.listMessages()).messages).toHaveLength(1);
  });

  it("that answers 489 without the header is retried", async () => {
    answer(() => ({ status: 489 }));
    await client.publishJSON({ url: `${to}/run`, body: 1, retries: 1 });
    await pass(DAY);

    expect(arrived).toHaveLength(2);
  });
});

describe("a destination that names its own moment", () => {
  it.each([
    ["retry-after", "20", 20 * SECOND],
    ["retry-after", "0", 0],
    ["retry-after", "6m5s", 6 * MINUTE + 5 * SECOND],
    ["x-ratelimit-reset-tokens", "1.5s", 1500],
    ["x-ratelimit-reset", "90", 90 * SECOND],
  ])("with %s: %s is asked again then", async (name, value, afterMs) => {
    answer(() => ({ status: 429, headers: { [name]: value } }));
    await client.publishJSON({ url: `${to}/run`, body: 1, retries: 1, retryDelay: "5000" });
    await pass(DAY);

    expect(times()).toEqual([0, afterMs]);
  });

  it("by a date is asked again on that date", async () => {
    const date = new Date(now() + HOUR);
    answer(() => ({ status: 503, headers: { "retry-after": date.toUTCString() } }));
    await client.publishJSON({ url: `${to}/run`, body: 1, retries: 1 });
    await pass(DAY);

    expect(times()[1]).toBeCloseTo(HOUR, -4);
  });

  it("beyond a day is not heard", async () => {
    answer(() => ({ status: 503, headers: { "retry-after": "86401" } }));
    await client.publishJSON({ url: `${to}/run`, body: 1, retries: 1 });
    await pass(DAY);

    expect(times()).toEqual([0, 12 * SECOND]);
  });
});
