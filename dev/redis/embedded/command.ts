/**
 * What a command of the embedded store is, and the words for its answers.
 * Strings here are byte strings: one character for each byte.
 */
import type { RedisReply } from "../redis-backend.ts";
import type { Keyspace } from "./keyspace.ts";

export interface Command {
  /** How many arguments it takes, its name not counted; `most` left out: any number. */
  readonly least: number;
  readonly most?: number;
  /** Throws a `CommandError` where Redis answers an error; then nothing has changed. */
  readonly run: (keys: Keyspace, args: readonly string[]) => RedisReply;
}

export type CommandTable = Readonly<Record<string, Command>>;

/** Thrown deep inside a command and caught in one place, which makes the reply of it. */
export class CommandError extends Error {}

export const SYNTAX_ERROR = "ERR syntax error";

export const OK: RedisReply = { kind: "status", text: "OK" };
export const NULL: RedisReply = { kind: "null" };

export function integer(value: number | boolean): RedisReply {
  return { kind: "integer", value: Number(value) };
}

export function bulk(value: string | undefined): RedisReply {
  return value === undefined ? NULL : { kind: "bulk", bytes: Buffer.from(value, "latin1") };
}

export function array(values: Iterable<string | undefined>): RedisReply {
  return { kind: "array", items: [...values].map(bulk) };
}

/** Redis has 64 bits; what JavaScript cannot hold exactly is refused here rather than rounded. */
export function integerIn(text: string): number {
  const value = /^(?:0|-?[1-9]\d*)$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new CommandError("ERR value is not an integer or out of range");
  return value;
}

export function sum(left: number, right: number): number {
  const value = left + right;
  if (!Number.isSafeInteger(value)) throw new CommandError("ERR increment or decrement would overflow");
  return value;
}

/** `field value field value` as pairs; throws as Redis does where one is left over. */
export function pairsIn(words: readonly string[], command: string): readonly (readonly [string, string])[] {
  return words.flatMap((word, index): (readonly [string, string])[] => {
    if (index % 2 === 1) return [];
    const value = words[index + 1];
    if (value === undefined) throw new CommandError(`ERR wrong number of arguments for '${command}' command`);
    return [[word, value]];
  });
}
