/**
 * The flags in Upstash Redis, through the official SDK: `pause_ai_tasks`, and
 * `pause_ai_tasks:<provider>` under any of a provider's names. What people and
 * their old scripts set counts; we write `1`, under the canonical name.
 */
import { Redis } from "@upstash/redis/cloudflare";
import type { FlagReading, FlagStore, FlagWrite } from "./flag-store.ts";
import { ALL } from "./pause.ts";

const FLAG = "pause_ai_tasks";

/** Ours: without it Redis is new, or was emptied. Only whether it is there counts. */
const EPOCH = "lisbon:epoch";

/** `names`: of each canonical provider, every name under which its flag may be set. */
export function redisFlags(
  credentials: { readonly url: string; readonly token: string },
  names: ReadonlyMap<string, readonly string[]>,
): FlagStore {
  return {
    read: (limitMs) => read(client(credentials, limitMs), names),
    write: (writes, limitMs) => write(client(credentials, limitMs), writes, names),
  };
}

/**
 * One for each use, because its time limit counts from here. The signal must be given as a function: given as it
 * is, a call that was given up *resolves*, with the reason as its value (`test/contract/redis/faults.test.ts`).
 * Automatic pipelines would send reads and writes apart, in no order.
 */
function client({ url, token }: { readonly url: string; readonly token: string }, limitMs: number): Redis {
  const tooLong = AbortSignal.timeout(limitMs);
  return new Redis({
    url,
    token,
    signal: () => tooLong,
    retry: false,
    enableAutoPipelining: false,
    automaticDeserialization: false,
    enableTelemetry: false,
  });
}

async function read(redis: Redis, names: ReadonlyMap<string, readonly string[]>): Promise<FlagReading> {
  const keys = [...names].flatMap(([scope, all]) => all.map((name) => ({ scope, key: `${FLAG}:${name}` })));
  const asked = [{ scope: ALL, key: FLAG }, ...keys];
  const values: unknown = await redis.mget(EPOCH, ...asked.map(({ key }) => key));
  // What answers otherwise is no Redis; its word is not taken for "not paused".
  if (!Array.isArray(values) || values.length !== asked.length + 1) throw new Error("Redis gave no list of values");
  const [epoch, ...flags] = values;
  return {
    epoch: epoch !== null,
    scopes: new Set(asked.flatMap(({ scope }, place) => (isSet(flags[place]) ? [scope] : []))),
  };
}

const NOT_SET: ReadonlySet<string> = new Set(["", "0", "false", "no", "off"]);

/** Whatever somebody has set it to, unless it plainly says no. */
function isSet(value: unknown): boolean {
  return typeof value === "string" && !NOT_SET.has(value.trim().toLowerCase());
}

async function write(
  redis: Redis,
  writes: readonly FlagWrite[],
  names: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  for (const one of writes) {
    switch (one.kind) {
      case "set":
        // Both or none: a flag without our mark would look like one in a Redis that was emptied.
        await redis.mset({ [keyOf(one.scope)]: "1", [EPOCH]: "1" });
        break;
      case "clear":
        await redis.del(...(one.scope === ALL ? [FLAG] : keysOf(one.scope, names)));
        break;
      case "clear_all":
        await clearAll(redis);
        break;
      case "epoch":
        break;
    }
  }
  await redis.set(EPOCH, "1");
}

async function clearAll(redis: Redis): Promise<void> {
  let cursor = "0";
  do {
    const [next, keys] = await redis.scan(cursor, { match: `${FLAG}*`, count: 1000 });
    if (keys.length > 0) await redis.del(...keys);
    cursor = next;
  } while (cursor !== "0");
}

function keyOf(scope: string): string {
  return scope === ALL ? FLAG : `${FLAG}:${scope}`;
}

function keysOf(scope: string, names: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return [...new Set([scope, ...(names.get(scope) ?? [])])].map((name) => `${FLAG}:${name}`);
}
