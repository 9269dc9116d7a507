/** https://redis.io/docs/latest/commands/?group=string */
import { array, bulk, type CommandTable, integer, integerIn, NULL, OK, pairsIn, sum } from "./command.ts";
import type { RedisReply } from "../redis-backend.ts";
import type { Keyspace } from "./keyspace.ts";
import { type SetOptions, setOptionsIn } from "./set-options.ts";

export const stringCommands: CommandTable = {
  GET: { least: 1, most: 1, run: (keys, [key = ""]) => bulk(keys.read(key, "string")?.text) },
  SET: {
    least: 2,
    run: (keys, [key = "", text = "", ...options]) => set(keys, key, text, setOptionsIn(options, keys.now())),
  },
  SETNX: {
    least: 2,
    most: 2,
    run: (keys, [key = "", text = ""]) => integer(set(keys, key, text, setOptionsIn(["NX"], keys.now())) === OK),
  },
  GETDEL: { least: 1, most: 1, run: (keys, [key = ""]) => getAndDelete(keys, key) },
  MGET: { least: 1, run: (keys, wanted) => array(wanted.map((key) => textAt(keys, key))) },
  MSET: { least: 2, run: setMany },
  INCR: { least: 1, most: 1, run: (keys, [key = ""]) => add(keys, key, 1) },
  DECR: { least: 1, most: 1, run: (keys, [key = ""]) => add(keys, key, -1) },
  INCRBY: { least: 2, most: 2, run: (keys, [key = "", by = ""]) => add(keys, key, integerIn(by)) },
  DECRBY: { least: 2, most: 2, run: (keys, [key = "", by = ""]) => add(keys, key, -integerIn(by)) },
};

function set(keys: Keyspace, key: string, text: string, options: SetOptions): RedisReply {
  const before = options.get ? bulk(keys.read(key, "string")?.text) : undefined;
  const exists = keys.find(key) !== undefined;
  if (options.only === "new" && exists) return before ?? NULL;
  if (options.only === "existing" && !exists) return before ?? NULL;
  // A new value without an expiry loses that of the old one.
  keys.write(key, { kind: "string", text }, options.expiry.kind === "kept" ? undefined : options.expiry.atMs);
  return before ?? OK;
}

function getAndDelete(keys: Keyspace, key: string): RedisReply {
  const before = bulk(keys.read(key, "string")?.text);
  keys.delete(key);
  return before;
}

/** MGET alone takes another type for nothing. */
function textAt(keys: Keyspace, key: string): string | undefined {
  const value = keys.find(key)?.value;
  return value?.kind === "string" ? value.text : undefined;
}

function setMany(keys: Keyspace, words: readonly string[]): RedisReply {
  for (const [key, text] of pairsIn(words, "mset")) {
    keys.write(key, { kind: "string", text }, null);
  }
  return OK;
}

function add(keys: Keyspace, key: string, by: number): RedisReply {
  const value = sum(integerIn(keys.read(key, "string")?.text ?? "0"), by);
  keys.write(key, { kind: "string", text: String(value) });
  return integer(value);
}
