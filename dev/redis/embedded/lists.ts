/** https://redis.io/docs/latest/commands/?group=list */
import type { RedisReply } from "../redis-backend.ts";
import { array, bulk, CommandError, type CommandTable, integer, integerIn, NULL } from "./command.ts";
import type { Keyspace } from "./keyspace.ts";

export const listCommands: CommandTable = {
  LPUSH: { least: 2, run: (keys, [key = "", ...added]) => push(keys, key, added, "left") },
  RPUSH: { least: 2, run: (keys, [key = "", ...added]) => push(keys, key, added, "right") },
  LPOP: { least: 1, most: 2, run: (keys, [key = "", count]) => pop(keys, key, count, "left") },
  RPOP: { least: 1, most: 2, run: (keys, [key = "", count]) => pop(keys, key, count, "right") },
  LLEN: { least: 1, most: 1, run: (keys, [key = ""]) => integer(itemsOf(keys, key).length) },
  LRANGE: { least: 3, most: 3, run: (keys, [key = "", from = "", to = ""]) => range(keys, key, from, to) },
};

type End = "left" | "right";

function itemsOf(keys: Keyspace, key: string): readonly string[] {
  return keys.read(key, "list")?.items ?? [];
}

/** Pushed one by one: the last one given ends up outermost. */
function push(keys: Keyspace, key: string, added: readonly string[], end: End): RedisReply {
  const before = itemsOf(keys, key);
  const items = end === "left" ? [...added.toReversed(), ...before] : [...before, ...added];
  keys.write(key, { kind: "list", items });
  return integer(items.length);
}

/** Without a count one value, with one an array; null where there is no list. */
function pop(keys: Keyspace, key: string, count: string | undefined, end: End): RedisReply {
  const taken = count === undefined ? 1 : integerIn(count);
  if (taken < 0) throw new CommandError("ERR value is out of range, must be positive");
  const before = itemsOf(keys, key);
  if (before.length === 0) return NULL;
  const cut = end === "left" ? taken : Math.max(0, before.length - taken);
  const [left, right] = [before.slice(0, cut), before.slice(cut)];
  const [popped, items] = end === "left" ? [left, right] : [right.toReversed(), left];
  keys.write(key, { kind: "list", items });
  return count === undefined ? bulk(popped[0]) : array(popped);
}

/** Both ends count, and a negative one counts from the right: -1 is the last. */
function range(keys: Keyspace, key: string, from: string, to: string): RedisReply {
  const [first, last] = [integerIn(from), integerIn(to)];
  const items = itemsOf(keys, key);
  const end = last < 0 ? items.length + last + 1 : last + 1;
  return array(items.slice(first, Math.max(0, end)));
}
