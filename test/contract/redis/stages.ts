/** The front over each Redis that this machine has: the embedded store always, a real one where `redis-server` is. */
import { setTimeout as sleep } from "node:timers/promises";
import { Redis, type RedisConfigNodejs } from "@upstash/redis";
import { afterAll, beforeEach } from "vitest";
import { connectRedis } from "../../../dev/redis/connect-redis.ts";
import { embeddedRedis } from "../../../dev/redis/embedded-redis.ts";
import { type RedisFront, startRedisFront } from "../../../dev/redis/front.ts";
import type { RedisBackend } from "../../../dev/redis/redis-backend.ts";
import { type RedisServer, startRedisServer } from "../../../dev/redis/start-redis-server.ts";
import { createFakeClock } from "../../support/fake-clock.ts";

export interface RedisStage {
  readonly name: string;
  readonly backend: RedisBackend;
  readonly front: RedisFront;
  /** Holds back slow answers. */
  readonly clock: ReturnType<typeof createFakeClock>;
  /** Lets keys grow older: by our clock, or by that of a real Redis. */
  readonly letPass: (ms: number) => Promise<unknown>;
}

export interface RedisStages {
  readonly stages: readonly RedisStage[];
  /** Null: there is none on the PATH. */
  readonly server: RedisServer | null;
}

export const TOKEN = "a-token-for-tests";

/** Before each test every stage is empty, well and without memory. */
export async function startStages(): Promise<RedisStages> {
  const clock = createFakeClock();
  const server = await startRedisServer();
  const stages = [
    await stageOf("the embedded store", embeddedRedis(clock), (ms) => clock.advance(ms)),
    ...(server === null
      ? []
      : [await stageOf("a real redis-server", connectRedis({ path: server.path }), (ms) => sleep(ms))]),
  ];
  beforeEach(async () => {
    for (const { backend, front } of stages) {
      await backend.send({ name: "FLUSHALL", args: [] });
      await front.setFault(null);
      front.clearCommands();
    }
  });
  afterAll(async () => {
    for (const { backend, front } of stages) {
      await front.close();
      await backend.close();
    }
    await server?.stop();
  });
  return { stages, server };
}

/** The official SDK; its automatic pipelines off, so that each command is a request of its own, and in order. */
export function sdk(front: RedisFront, settings: Partial<RedisConfigNodejs> = {}): Redis {
  return new Redis({
    url: front.url,
    token: front.token,
    enableAutoPipelining: false,
    enableTelemetry: false,
    retry: false,
    ...settings,
  });
}

/** What a promise is rejected with; fails where it is not. */
export async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("it was not rejected");
}

async function stageOf(name: string, backend: RedisBackend, letPass: RedisStage["letPass"]): Promise<RedisStage> {
  const clock = createFakeClock();
  return { name, backend, clock, letPass, front: await startRedisFront({ token: TOKEN, backend, clock }) };
}
