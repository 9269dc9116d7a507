/**
 * RESP2, the wire format of Redis, both ways and pure:
 * https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
import type { RedisCommand, RedisReply } from "./redis-backend.ts";

export function encodeCommand({ name, args }: RedisCommand): Buffer {
  const words = [Buffer.from(name), ...args];
  const parts = words.flatMap((word) => [Buffer.from(`$${word.length}\r\n`), word, CRLF]);
  return Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...parts]);
}

export interface ReadReply {
  readonly reply: RedisReply;
  /** Where the next reply begins. */
  readonly end: number;
}

/** `undefined` where the bytes end before the reply does. Throws on what is no RESP2. */
export function readReply(bytes: Buffer, start: number): ReadReply | undefined {
  const lineEnd = bytes.indexOf(CRLF, start);
  if (lineEnd < 0) return undefined;
  const type = bytes.toString("latin1", start, start + 1);
  const line = bytes.toString("utf8", start + 1, lineEnd);
  const end = lineEnd + CRLF.length;
  switch (type) {
    case "+":
      return { reply: { kind: "status", text: line }, end };
    case "-":
      return { reply: { kind: "error", message: line }, end };
    case ":":
      return { reply: { kind: "integer", value: Number(line) }, end };
    case "$":
      return readBulk(bytes, Number(line), end);
    case "*":
      return readArray(bytes, Number(line), end);
    default:
      throw new Error(`no RESP2 reply begins with ${JSON.stringify(type)}`);
  }
}

const CRLF = Buffer.from("\r\n");

function readBulk(bytes: Buffer, length: number, start: number): ReadReply | undefined {
  if (length < 0) return { reply: { kind: "null" }, end: start };
  const end = start + length + CRLF.length;
  if (bytes.length < end) return undefined;
  return { reply: { kind: "bulk", bytes: bytes.subarray(start, start + length) }, end };
}

function readArray(bytes: Buffer, length: number, start: number): ReadReply | undefined {
  if (length < 0) return { reply: { kind: "null" }, end: start };
  const items: RedisReply[] = [];
  let end = start;
  while (items.length < length) {
    const item = readReply(bytes, end);
    if (item === undefined) return undefined;
    items.push(item.reply);
    end = item.end;
  }
  return { reply: { kind: "array", items }, end };
}
