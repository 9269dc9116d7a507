/**
 * The pause on three isolates, with a real Redis behind the REST front where this machine has one: set and taken
 * back by hand, and Redis slow, down and emptied.
 */
import { serverKey } from "../support/server-keys.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connectRedis } from "../../dev/redis/connect-redis.ts";
import { embeddedRedis } from "../../dev/redis/embedded-redis.ts";
import { type RedisFront, startRedisFront } from "../../dev/redis/front.ts";
import type { RedisBackend } from "../../dev/redis/redis-backend.ts";
import { type RedisServer, startRedisServer } from "../../dev/redis/start-redis-server.ts";
import { realClock } from "../../src/lib/clock.ts";
import { ADMIN, type IsolateStage, startIsolateStage } from "../support/isolate-stage.ts";
import { pause } from "../support/scripted-provider.ts";

const SEEN_WITHIN_MS = 5_000;
const SECRET = { authorization: "Bearer budget-secret" };

let server: RedisServer | null;
let redis: RedisBackend;
let front: RedisFront;
let stage: IsolateStage;

beforeAll(async () => {
  server = await startRedisServer();
  redis = server === null ? embeddedRedis(realClock) : connectRedis({ path: server.path });
  front = await startRedisFront({ token: "t", backend: redis });
  stage = await startIsolateStage({
    bindings: {
      UPSTASH_REDIS_REST_URL: front.url,
      UPSTASH_REDIS_REST_TOKEN: "t",
      BUDGET_WEBHOOK_SECRET: "budget-secret",
      BUDGET_PAUSE_AT_PERCENT: "80",
    },
  });
  // Nothing parks a paused call here: a parked one would be run again by itself, and blur what is counted.
  await admin("/admin/flags", { flags: { enable_cold_queue: false } });
});

afterAll(async () => {
  await stage.dispose();
  await front.close();
  await redis.close();
  await server?.stop();
});

beforeEach(async () => {
  await front.setFault(null);
  expect((await admin("/budget/resume", {})).status).toBe(204);
  await seenBy([0, 1, 2], 200);
});

async function admin(path: string, body: unknown): Promise<Response> {
  return await fetch(`${stage.urls[0]}${path}`, { method: "POST", headers: ADMIN, body: JSON.stringify(body) });
}

async function alert(percentUsed: number, isolate = 0): Promise<Response> {
  const body = JSON.stringify({ provider: "alpha", percentUsed });
  return await fetch(`${stage.urls[isolate]}/budget/webhook`, { method: "POST", headers: SECRET, body });
}

async function byHand(name: string, ...args: string[]) {
  return await redis.send({ name, args: args.map((arg) => Buffer.from(arg)) });
}

/** Asks these isolates until all answer so. */
async function seenBy(isolates: readonly number[], status: number): Promise<void> {
  await expect
    .poll(() => Promise.all(isolates.map((isolate) => statusOf(isolate))), { timeout: SEEN_WITHIN_MS, interval: 100 })
    .toEqual(isolates.map(() => status));
}

async function statusOf(isolate: number): Promise<number> {
  return (await stage.call(isolate, "outage")).status;
}

/** Two isolates are asked all the time; the third sees nobody until the time is nearly over, and must know at once. */
async function seenByAll(sinceMs: number, status: number): Promise<void> {
  await seenBy([0, 1], status);
  await pause(sinceMs + SEEN_WITHIN_MS - 300 - Date.now());
  expect(await statusOf(2)).toBe(status);
}

describe("a flag set by hand in Redis", () => {
  it("for everything is obeyed by every isolate within 5 s, and so is its end", async () => {
    const setAtMs = Date.now();
    await byHand("SET", "pause_ai_tasks", "1");
    await seenByAll(setAtMs, 503);

    const endedAtMs = Date.now();
    await byHand("DEL", "pause_ai_tasks");
    await seenByAll(endedAtMs, 200);
  });

  it("for one provider keeps only its routes back", async () => {
    await byHand("SET", "pause_ai_tasks:alpha", "true");
    await pause(SEEN_WITHIN_MS - 300);
    const before = stage.asked("first");

    for (const isolate of [0, 1, 2]) expect((await stage.call(isolate, "outage")).route).toBe("last");
    expect(stage.asked("first")).toBe(before);
  });
});

describe("an alert", () => {
  it("at 85 pauses new work on every isolate, and the flag is 1 when it is answered", async () => {
    expect((await alert(85, 1)).status).toBe(204);
    const sinceMs = Date.now();
    expect(await byHand("GET", "pause_ai_tasks")).toEqual({ kind: "bulk", bytes: Buffer.from("1") });
    await seenByAll(sinceMs, 503);

    const told = await fetch(`${stage.urls[2]}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${serverKey()}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "outage", messages: [{ role: "user", content: "hello" }] }),
    });
    expect(told.status).toBe(503);
    expect(Number(told.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await told.json()).toMatchObject({ error: { code: "paused", retry_after: 60 } });

    const health = await fetch(`${stage.urls[0]}/health`);
    expect(await health.json()).toMatchObject({ status: "degraded" });
    const list = await fetch(`${stage.urls[0]}/admin/pause`, { headers: ADMIN });
    expect(await list.json()).toMatchObject({ paused: ["all"], pauses: [{ by: "alert", percent: 85 }] });
  });

  it.each([[{ kind: "slow", ms: 5_000 } as const], [{ kind: "down" } as const]])(
    "holds with Redis %j, from the alert on, and is in Redis when that is back",
    async (fault) => {
      await front.setFault(fault);
      // Over whatever was resumed in the test before.
      expect((await alert(nextPercent())).status).toBe(204);
      const sinceMs = Date.now();
      await seenByAll(sinceMs, 503);
      expect(await Promise.all([0, 1, 2].map(statusOf))).toEqual([503, 503, 503]);

      await front.setFault(null);
      await expect
        .poll(() => byHand("GET", "pause_ai_tasks"), { timeout: 15_000, interval: 100 })
        .toEqual({ kind: "bulk", bytes: Buffer.from("1") });
      expect(await Promise.all([0, 1, 2].map(statusOf))).toEqual([503, 503, 503]);
    },
  );

  it("holds when Redis is emptied, and the flag is written again without any call", async () => {
    expect((await alert(nextPercent())).status).toBe(204);
    await seenBy([0, 1, 2], 503);
    await byHand("FLUSHALL");

    await expect
      .poll(() => byHand("MGET", "pause_ai_tasks", "lisbon:epoch"), { timeout: SEEN_WITHIN_MS, interval: 100 })
      .toMatchObject({ items: [{ bytes: Buffer.from("1") }, { bytes: Buffer.from("1") }] });
    expect(await Promise.all([0, 1, 2].map(statusOf))).toEqual([503, 503, 503]);
  });
});

let percent = 85;

function nextPercent(): number {
  percent += 20;
  return percent;
}
