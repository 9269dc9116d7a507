/** https://redis.io/docs/latest/commands/?group=generic */
import type { RedisReply } from "../redis-backend.ts";
import { array, bulk, CommandError, type CommandTable, integer, integerIn, SYNTAX_ERROR } from "./command.ts";
import { globOf } from "./glob.ts";
import type { Entry, Keyspace } from "./keyspace.ts";

export const keyCommands: CommandTable = {
  DEL: { least: 1, run: (keys, gone) => integer(gone.filter((key) => keys.delete(key)).length) },
  UNLINK: { least: 1, run: (keys, gone) => integer(gone.filter((key) => keys.delete(key)).length) },
  EXISTS: { least: 1, run: (keys, asked) => integer(asked.filter((key) => keys.find(key) !== undefined).length) },
  TYPE: {
    least: 1,
    most: 1,
    run: (keys, [key = ""]) => ({ kind: "status", text: keys.find(key)?.value.kind ?? "none" }),
  },
  EXPIRE: { least: 2, run: (keys, [key = "", amount = "", ...flags]) => expire(keys, key, amount, 1_000, flags) },
  PEXPIRE: { least: 2, run: (keys, [key = "", amount = "", ...flags]) => expire(keys, key, amount, 1, flags) },
  PERSIST: { least: 1, most: 1, run: (keys, [key = ""]) => persist(keys, key) },
  TTL: { least: 1, most: 1, run: (keys, [key = ""]) => integer(timeLeft(keys, key, 1_000)) },
  PTTL: { least: 1, most: 1, run: (keys, [key = ""]) => integer(timeLeft(keys, key, 1)) },
  KEYS: { least: 1, most: 1, run: (keys, [pattern = ""]) => array(matching(keys.all(), pattern).map(([key]) => key)) },
  SCAN: { least: 1, run: (keys, [cursor = "", ...options]) => scan(keys, cursor, options) },
};

/** NX, XX, GT, LT: https://redis.io/docs/latest/commands/expire/ */
function expire(keys: Keyspace, key: string, amount: string, unitMs: number, flags: readonly string[]): RedisReply {
  const atMs = keys.now() + integerIn(amount) * unitMs;
  const named = flags.map((flag) => flag.toUpperCase());
  const odd = named.find((flag) => !["NX", "XX", "GT", "LT"].includes(flag));
  if (odd !== undefined) throw new CommandError(`ERR Unsupported option ${odd}`);
  const different = new Set(named);
  if (different.has("NX") && different.size > 1) {
    throw new CommandError("ERR NX and XX, GT or LT options at the same time are not compatible");
  }
  if (different.has("GT") && different.has("LT")) {
    throw new CommandError("ERR GT and LT options at the same time are not compatible");
  }
  const entry = keys.find(key);
  if (entry === undefined) return integer(0);
  const { expiresAtMs } = entry;
  const beforeMs = expiresAtMs ?? Infinity;
  const refused =
    (different.has("NX") && expiresAtMs !== null) ||
    (different.has("XX") && expiresAtMs === null) ||
    (different.has("GT") && atMs <= beforeMs) ||
    (different.has("LT") && atMs >= beforeMs);
  if (!refused) keys.write(key, entry.value, atMs);
  return integer(!refused);
}

function persist(keys: Keyspace, key: string): RedisReply {
  const entry = keys.find(key);
  if (entry === undefined || entry.expiresAtMs === null) return integer(0);
  keys.write(key, entry.value, null);
  return integer(1);
}

/** -2: no such key; -1: it never expires. Seconds are rounded, as Redis does. */
function timeLeft(keys: Keyspace, key: string, unitMs: number): number {
  const entry = keys.find(key);
  if (entry === undefined) return -2;
  return entry.expiresAtMs === null ? -1 : Math.round((entry.expiresAtMs - keys.now()) / unitMs);
}

type Named = readonly [string, Entry];

function matching(entries: readonly Named[], pattern: string): readonly Named[] {
  const glob = globOf(pattern);
  return entries.filter(([key]) => glob.test(key));
}

/** In pages, like Redis, so that a caller who takes the first for everything is found out here. */
function scan(keys: Keyspace, cursor: string, options: readonly string[]): RedisReply {
  if (!/^\d+$/.test(cursor)) throw new CommandError("ERR invalid cursor");
  const { pattern, count, type } = scanOptionsIn(options);
  const rest = keys.all().filter(([, entry]) => entry.order > Number(cursor));
  const page = rest.slice(0, count);
  const last = page.at(-1)?.[1].order ?? 0;
  const found = matching(page, pattern).filter(([, entry]) => type === null || entry.value.kind === type);
  const next = rest.length > page.length ? last : 0;
  return { kind: "array", items: [bulk(String(next)), array(found.map(([key]) => key))] };
}

interface ScanOptions {
  readonly pattern: string;
  readonly count: number;
  readonly type: string | null;
}

function scanOptionsIn(words: readonly string[]): ScanOptions {
  let options: ScanOptions = { pattern: "*", count: 10, type: null };
  for (let index = 0; index < words.length; index += 2) {
    const value = words[index + 1];
    if (value === undefined) throw new CommandError(SYNTAX_ERROR);
    options = { ...options, ...scanOption(words[index]?.toUpperCase() ?? "", value) };
  }
  return options;
}

function scanOption(name: string, value: string): Partial<ScanOptions> {
  switch (name) {
    case "MATCH":
      return { pattern: value };
    case "TYPE":
      return { type: value.toLowerCase() };
    case "COUNT":
      if (integerIn(value) < 1) throw new CommandError(SYNTAX_ERROR);
      return { count: integerIn(value) };
    default:
      throw new CommandError(SYNTAX_ERROR);
  }
}
