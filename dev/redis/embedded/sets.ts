/** https://redis.io/docs/latest/commands/?group=set */
import type { RedisReply } from "../redis-backend.ts";
import { array, type CommandTable, integer } from "./command.ts";
import type { Keyspace } from "./keyspace.ts";

export const setCommands: CommandTable = {
  SADD: { least: 2, run: (keys, [key = "", ...added]) => add(keys, key, added) },
  SREM: { least: 2, run: (keys, [key = "", ...gone]) => remove(keys, key, gone) },
  SMEMBERS: { least: 1, most: 1, run: (keys, [key = ""]) => array(membersOf(keys, key)) },
  SISMEMBER: { least: 2, most: 2, run: (keys, [key = "", member = ""]) => integer(membersOf(keys, key).has(member)) },
  SCARD: { least: 1, most: 1, run: (keys, [key = ""]) => integer(membersOf(keys, key).size) },
};

function membersOf(keys: Keyspace, key: string): ReadonlySet<string> {
  return keys.read(key, "set")?.members ?? new Set();
}

function add(keys: Keyspace, key: string, added: readonly string[]): RedisReply {
  const before = membersOf(keys, key);
  const members = new Set([...before, ...added]);
  keys.write(key, { kind: "set", members });
  return integer(members.size - before.size);
}

function remove(keys: Keyspace, key: string, gone: readonly string[]): RedisReply {
  const before = membersOf(keys, key);
  const members = new Set([...before].filter((member) => !gone.includes(member)));
  keys.write(key, { kind: "set", members });
  return integer(before.size - members.size);
}
