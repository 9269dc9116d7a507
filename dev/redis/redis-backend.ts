/**
 * What stands behind the front: a real Redis (`connect-redis.ts`) or the
 * embedded store (`embedded-redis.ts`). Commands and replies hold bytes, as
 * Redis does; an error that Redis answers is a reply like any other.
 */

export interface RedisCommand {
  /** In the case in which it was sent: Redis repeats it so in its errors. */
  readonly name: string;
  readonly args: readonly Buffer[];
}

/** The kinds of RESP2: https://redis.io/docs/latest/develop/reference/protocol-spec/ */
export type RedisReply =
  | { readonly kind: "status"; readonly text: string }
  | { readonly kind: "error"; readonly message: string }
  | { readonly kind: "integer"; readonly value: number }
  | { readonly kind: "bulk"; readonly bytes: Buffer }
  | { readonly kind: "null" }
  | { readonly kind: "array"; readonly items: readonly RedisReply[] };

export interface RedisBackend {
  /** Rejects only where Redis cannot be reached. Commands sent one after the other are run in that order. */
  send(command: RedisCommand): Promise<RedisReply>;
  /** All or nothing, and nobody between: an array with each command's reply, or one error that says why it was discarded. */
  transaction(commands: readonly RedisCommand[]): Promise<RedisReply>;
  close(): Promise<void>;
}

/** Redis says "because of previous errors"; which one it was helps more. */
export function discarded(reason: string): RedisReply {
  return { kind: "error", message: `EXECABORT Transaction discarded because of: ${reason}` };
}
