/** https://redis.io/docs/latest/commands/?group=hash */
import type { RedisReply } from "../redis-backend.ts";
import { array, bulk, CommandError, type CommandTable, integer, integerIn, pairsIn, sum } from "./command.ts";
import type { Keyspace } from "./keyspace.ts";

export const hashCommands: CommandTable = {
  HSET: { least: 3, run: (keys, [key = "", ...words]) => set(keys, key, words) },
  HGET: { least: 2, most: 2, run: (keys, [key = "", field = ""]) => bulk(fieldsOf(keys, key).get(field)) },
  HMGET: { least: 2, run: (keys, [key = "", ...wanted]) => getMany(keys, key, wanted) },
  HGETALL: { least: 1, most: 1, run: (keys, [key = ""]) => array([...fieldsOf(keys, key)].flat()) },
  HKEYS: { least: 1, most: 1, run: (keys, [key = ""]) => array(fieldsOf(keys, key).keys()) },
  HVALS: { least: 1, most: 1, run: (keys, [key = ""]) => array(fieldsOf(keys, key).values()) },
  HLEN: { least: 1, most: 1, run: (keys, [key = ""]) => integer(fieldsOf(keys, key).size) },
  HEXISTS: { least: 2, most: 2, run: (keys, [key = "", field = ""]) => integer(fieldsOf(keys, key).has(field)) },
  HDEL: { least: 2, run: (keys, [key = "", ...gone]) => remove(keys, key, gone) },
  HINCRBY: { least: 3, most: 3, run: (keys, [key = "", field = "", by = ""]) => add(keys, key, field, by) },
};

function fieldsOf(keys: Keyspace, key: string): ReadonlyMap<string, string> {
  return keys.read(key, "hash")?.fields ?? new Map();
}

function set(keys: Keyspace, key: string, words: readonly string[]): RedisReply {
  const before = fieldsOf(keys, key);
  const fields = new Map([...before, ...pairsIn(words, "hset")]);
  keys.write(key, { kind: "hash", fields });
  return integer(fields.size - before.size);
}

function getMany(keys: Keyspace, key: string, wanted: readonly string[]): RedisReply {
  const fields = fieldsOf(keys, key);
  return array(wanted.map((field) => fields.get(field)));
}

function remove(keys: Keyspace, key: string, gone: readonly string[]): RedisReply {
  const before = fieldsOf(keys, key);
  const fields = new Map([...before].filter(([field]) => !gone.includes(field)));
  keys.write(key, { kind: "hash", fields });
  return integer(before.size - fields.size);
}

function add(keys: Keyspace, key: string, field: string, by: string): RedisReply {
  const before = fieldsOf(keys, key);
  const value = sum(numberIn(before.get(field) ?? "0"), integerIn(by));
  keys.write(key, { kind: "hash", fields: new Map([...before, [field, String(value)]]) });
  return integer(value);
}

/** HINCRBY has words of its own for this. */
function numberIn(text: string): number {
  try {
    return integerIn(text);
  } catch {
    throw new CommandError("ERR hash value is not an integer");
  }
}
