import { QstashDailyRatelimitError } from "@upstash/qstash";
import { describe, expect, it } from "vitest";
import { DAY, errorOf, startForTests } from "./setup.ts";

const { client, qstash, to, arrived, answer, pass, now } = await startForTests();

function publish(retries = 3) {
  return client.publishJSON({ url: `${to}/run`, body: 1, retries });
}

describe("a plan", () => {
  it("refuses more retries than it has, and names its maximum", async () => {
    qstash.setLimits({ retries: 3 });

    expect(await errorOf(publish(4))).toMatchObject({
      message: '{"error":"quota maxRetries exceeded, current limit: 3"}',
    });
    expect(await publish(3)).toHaveProperty("messageId");
  });

  it("refuses a longer delay than it has, and names its maximum", async () => {
    expect(await errorOf(client.publishJSON({ url: `${to}/run`, body: 1, delay: "8d" }))).toMatchObject({
      message: '{"error":"quota maxDelay exceeded, current limit: 604800"}',
    });
  });

  it("refuses a whole batch for one message over a limit", async () => {
    const batch = client.batchJSON([
      { url: `${to}/one`, body: 1 },
      { url: `${to}/two`, body: 2, retries: 50 },
    ]);

    expect(await errorOf(batch)).toMatchObject({ message: expect.stringContaining("maxRetries") });
    await qstash.settled();
    expect(arrived).toHaveLength(0);
  });

  it("refuses what is over the day's messages, until midnight UTC", async () => {
    qstash.setLimits({ messagesPerDay: 2 });
    await publish();
    await publish();
    const error = await errorOf(publish());
    const midnight = Math.ceil(now() / DAY) * DAY;

    expect(error).toBeInstanceOf(QstashDailyRatelimitError);
    expect(error).toMatchObject({ limit: "2", remaining: "0", reset: String(midnight / 1000) });
    await pass(midnight - now());
    expect(await publish()).toHaveProperty("messageId");
  });

  it("counts each retry as a message", async () => {
    qstash.setLimits({ messagesPerDay: 3 });
    answer(() => ({ status: 500 }));
    await client.publishJSON({ url: `${to}/run`, body: 1, retries: 2, retryDelay: "1" });
    await pass(1000);

    expect(await errorOf(publish())).toBeInstanceOf(QstashDailyRatelimitError);
  });
});
