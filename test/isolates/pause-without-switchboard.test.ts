/** The switchboard is away altogether: the isolates read the pause from Redis, and alerts are written there. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { embeddedRedis } from "../../dev/redis/embedded-redis.ts";
import { type RedisFront, startRedisFront } from "../../dev/redis/front.ts";
import type { RedisBackend } from "../../dev/redis/redis-backend.ts";
import { realClock } from "../../src/lib/clock.ts";
import { type IsolateStage, startIsolateStage } from "../support/isolate-stage.ts";

const redis: RedisBackend = embeddedRedis(realClock);
let front: RedisFront;
let stage: IsolateStage;

beforeAll(async () => {
  front = await startRedisFront({ token: "t", backend: redis });
  stage = await startIsolateStage({
    withoutSwitchboard: true,
    bindings: {
      UPSTASH_REDIS_REST_URL: front.url,
      UPSTASH_REDIS_REST_TOKEN: "t",
      BUDGET_WEBHOOK_SECRET: "budget-secret",
    },
  });
});

afterAll(async () => {
  await stage.dispose();
  await front.close();
});

async function statuses(): Promise<readonly number[]> {
  return await Promise.all([0, 1, 2].map(async (isolate) => (await stage.call(isolate, "outage")).status));
}

it("an alert is kept in Redis, obeyed by every isolate within 5 s, and still so when Redis is gone as well", async () => {
  expect(await statuses()).toEqual([200, 200, 200]);

  const sent = await fetch(`${stage.urls[0]}/budget/webhook`, {
    method: "POST",
    headers: { "x-lisbon-secret": "budget-secret" },
    body: JSON.stringify({ provider: "alpha", percentUsed: 85 }),
  });
  expect(sent.status).toBe(204);
  await expect.poll(statuses, { timeout: 5_000, interval: 100 }).toEqual([503, 503, 503]);

  await front.setFault({ kind: "down" });
  expect(await statuses()).toEqual([503, 503, 503]);
  const lost = await fetch(`${stage.urls[0]}/budget/webhook`, {
    method: "POST",
    headers: { "x-lisbon-secret": "budget-secret" },
    body: JSON.stringify({ provider: "alpha", percentUsed: 90 }),
  });
  expect(lost.status).toBe(503);

  await front.setFault(null);
  await redis.send({ name: "DEL", args: [Buffer.from("pause_ai_tasks")] });
  await expect.poll(statuses, { timeout: 5_000, interval: 100 }).toEqual([200, 200, 200]);
});
