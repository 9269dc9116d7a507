/**
 * Redis behind Upstash's REST protocol, and a local QStash: what the Worker has
 * in production, on this machine. For `npm start -- --full` and the Lisbon test.
 */
import { randomBytes } from "node:crypto";
import { realClock } from "../../src/lib/clock.ts";
import { type LocalQstash, startLocalQstash } from "../qstash/server.ts";
import { connectRedis } from "../redis/connect-redis.ts";
import { embeddedRedis } from "../redis/embedded-redis.ts";
import { type RedisFront, startRedisFront } from "../redis/front.ts";
import { keepRedis } from "./keep-redis.ts";

export interface LocalServicesOptions {
  /** `real`: throws where there is no `redis-server`. */
  readonly redis: "real" | "real-or-embedded";
  /** Where QStash delivers to and links lead: the Worker's own address. */
  readonly lisbonUrl: string;
  /** By default new ones. */
  readonly redisToken?: string;
  readonly qstashToken?: string;
}

export interface LocalServices {
  /** What the Worker is given to find them. */
  readonly variables: Readonly<Record<ServiceVariable, string>>;
  readonly redis: LocalRedis;
  readonly qstash: LocalQstash;
  close(): Promise<void>;
}

export interface LocalRedis {
  readonly front: RedisFront;
  /** The socket of the real `redis-server`; null: it is the embedded store. */
  readonly path: string | null;
}

type ServiceVariable =
  | "UPSTASH_REDIS_REST_URL"
  | "UPSTASH_REDIS_REST_TOKEN"
  | "QSTASH_URL"
  | "QSTASH_TOKEN"
  | "QSTASH_CURRENT_SIGNING_KEY"
  | "QSTASH_NEXT_SIGNING_KEY"
  | "LISBON_URL";

export async function startLocalServices(options: LocalServicesOptions): Promise<LocalServices> {
  const redis = await startRedis(options);
  const signingKeys = { currentSigningKey: secret("sig_"), nextSigningKey: secret("sig_") };
  const qstash = await startLocalQstash({ token: options.qstashToken ?? secret("qstash_"), ...signingKeys });
  return {
    variables: {
      UPSTASH_REDIS_REST_URL: redis.front.url,
      UPSTASH_REDIS_REST_TOKEN: redis.front.token,
      QSTASH_URL: qstash.url,
      QSTASH_TOKEN: qstash.token,
      QSTASH_CURRENT_SIGNING_KEY: signingKeys.currentSigningKey,
      QSTASH_NEXT_SIGNING_KEY: signingKeys.nextSigningKey,
      LISBON_URL: options.lisbonUrl,
    },
    redis,
    qstash,
    async close() {
      await qstash.close();
      await redis.close();
    },
  };
}

async function startRedis(options: LocalServicesOptions): Promise<LocalRedis & { close(): Promise<void> }> {
  const kept = await keepRedis();
  if (kept === null && options.redis === "real") throw new Error("redis-server is not on the PATH");
  const backend = kept === null ? embeddedRedis(realClock) : connectRedis({ path: kept.path });
  const front = await startRedisFront({ backend, token: options.redisToken ?? secret("redis_") });
  return {
    front,
    path: kept?.path ?? null,
    async close() {
      await front.close();
      await backend.close();
      await kept?.stop();
    },
  };
}

function secret(prefix: string): string {
  return prefix + randomBytes(18).toString("base64url");
}
