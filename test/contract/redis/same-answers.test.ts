/** Line by line: what the embedded store answers is what Redis answers, down to the words of its errors. */
import { describe, expect, it } from "vitest";
import type { RedisBackend, RedisReply } from "../../../dev/redis/redis-backend.ts";
import { startStages } from "./stages.ts";

const { stages } = await startStages();
const [embedded, real] = stages;

const STORIES: Readonly<Record<string, readonly string[]>> = {
  "options of SET": [
    "SET k v NX XX",
    "SET k v EX",
    "SET k v EX 0",
    "SET k v PX -5",
    "SET k v EX x",
    "SET k v EX 1 PX 1",
    "SET k v KEEPTTL EX 1",
    "SET k v BOGUS",
    "SET k v ex 100 nx",
    "SET k w NX GET",
    "SET k w XX GET",
    "SET new w XX GET",
    "TTL k",
    "SET k w EXAT 1",
    "GET k",
    "SET k v PXAT 99999999999999",
    "HSET h a 1",
    "SET h v GET",
    "SET h v",
    "GET h",
    "SETNX h w",
    "GETDEL h",
    "GET h",
  ],
  numbers: [
    "SET n 01",
    "INCR n",
    "SET n -0",
    "INCR n",
    "SET n +1",
    "INCR n",
    "SET n 5",
    "INCRBY n x",
    "DECRBY n 7",
    "DECR n",
    "INCR n",
    "INCRBY n 1.5",
    "HSET h f x",
    "HINCRBY h f 1",
    "HINCRBY h g -3",
    "HINCRBY h g y",
    "INCR h",
  ],
  expiry: [
    "EXPIRE k 10",
    "SET k v",
    "EXPIRE k x",
    "EXPIRE k 10 ODD",
    "EXPIRE k 10 NX XX",
    "EXPIRE k 10 GT LT",
    "EXPIRE k 10 GT",
    "EXPIRE k 10 LT",
    "EXPIRE k 5 XX",
    "TTL k",
    "EXPIRE k 0",
    "EXISTS k",
    "PERSIST k",
    "TTL k",
    "SET k v",
    "PTTL k",
    "PERSIST k",
  ],
  patterns: [
    "MSET hello 1 hallo 2 hxllo 3 h*llo 4 heello 5 a]c 6",
    "KEYS h[ae]llo",
    "KEYS h[^e]llo",
    "KEYS h[a-e]llo",
    "KEYS h\\*llo",
    "KEYS h?llo",
    "KEYS h*o",
    "KEYS a\\]c",
    "KEYS a[\\]]c",
    "KEYS *.*",
    "KEYS [",
    "KEYS []",
  ],
  "hashes, sets and lists": [
    "HSET h a",
    "HSET h a 1 b",
    "HSET h a 1 b 2 a 3",
    "HGETALL h",
    "HGETALL none",
    "HKEYS h",
    "HVALS h",
    "HLEN h",
    "HEXISTS h z",
    "HGET h",
    "HDEL h a a b",
    "EXISTS h",
    "SADD s a b a",
    "SREM s a a c",
    "SCARD s",
    "SISMEMBER s b",
    "HGET s a",
    "SADD h x",
    "TYPE h",
    "RPUSH l a b c d e",
    "LRANGE l 0 -1",
    "LRANGE l -3 -2",
    "LRANGE l -100 100",
    "LRANGE l 3 1",
    "LRANGE l 9 12",
    "LRANGE l 0 -9",
    "LRANGE l x 1",
    "LPOP l 0",
    "LPOP l -1",
    "RPOP l 2",
    "LPOP l 9",
    "LPOP l",
    "LPOP l 2",
    "TYPE l",
  ],
  "server and mistakes": [
    "PING",
    "PING hello",
    "PING a b",
    "ECHO a",
    "ECHO",
    "GET",
    "GET a b",
    "MSET a",
    "MSET a 1 b",
    "DEL",
    "DEL a a b",
    "MSET a 1 b 2",
    "EXISTS a a b c",
    "DBSIZE",
    "SCAN x",
    "SCAN 0 COUNT 0",
    "SCAN 0 COUNT",
    "SCAN 0 ODD 1",
    "SCAN 0 COUNT 100 MATCH z*",
    "FLUSHALL NOW",
    "FLUSHDB ASYNC",
    "DBSIZE",
    "nosuch a b",
    "get a b c",
  ],
};

describe.skipIf(real === undefined)("the embedded store", () => {
  it.each(Object.entries(STORIES))("answers as Redis does: %s", async (_, lines) => {
    expect(await told(lines, embedded?.backend)).toEqual(await told(lines, real?.backend));
  });
});

async function told(lines: readonly string[], backend: RedisBackend | undefined): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const line of lines) {
    const [name = "", ...words] = line.split(" ");
    const reply = await backend?.send({ name, args: words.map((word) => Buffer.from(word)) });
    answers.push(`${line} -> ${reply === undefined ? "" : shown(reply, name)}`);
  }
  return answers;
}

/** As redis-cli shows it; Redis gives keys in no order. */
function shown(reply: RedisReply, name: string): string {
  switch (reply.kind) {
    case "null":
      return "(nil)";
    case "integer":
      return `(integer) ${reply.value}`;
    case "status":
      return reply.text;
    case "error":
      return `(error) ${reply.message}`;
    case "bulk":
      return JSON.stringify(reply.bytes.toString());
    case "array": {
      const items = reply.items.map((item) => shown(item, name));
      return `[${(name === "KEYS" ? items.toSorted() : items).join(", ")}]`;
    }
    default:
      throw new Error("no such reply");
  }
}
