/** The commands of one request, run; status and body as the REST API has them. */
import { assertNever } from "../../src/lib/assert-never.ts";
import type { RedisBackend, RedisCommand, RedisReply } from "./redis-backend.ts";
import type { RestCall } from "./rest-call.ts";
import { type Encoding, type RestReply, restReplyOf } from "./rest-reply.ts";

export interface RestAnswer {
  readonly status: 200 | 400;
  readonly body: RestReply | readonly RestReply[];
}

export async function runRestCall(call: RestCall, backend: RedisBackend, encoding: Encoding): Promise<RestAnswer> {
  switch (call.kind) {
    case "single":
      return oneAnswer(await run(call.command, backend), encoding);
    case "pipeline": {
      const replies = await Promise.all(call.commands.map((command) => run(command, backend)));
      return { status: 200, body: replies.map((reply) => restReplyOf(reply, encoding)) };
    }
    case "transaction": {
      const refused = call.commands.find(isRefused);
      const reply = refused === undefined ? await backend.transaction(call.commands) : notAvailable(refused);
      if (reply.kind !== "array") return oneAnswer(reply, encoding);
      return { status: 200, body: reply.items.map((item) => restReplyOf(item, encoding)) };
    }
    default:
      return assertNever(call);
  }
}

function oneAnswer(reply: RedisReply, encoding: Encoding): RestAnswer {
  return { status: reply.kind === "error" ? 400 : 200, body: restReplyOf(reply, encoding) };
}

async function run(command: RedisCommand, backend: RedisBackend): Promise<RedisReply> {
  return isRefused(command) ? notAvailable(command) : backend.send(command);
}

/**
 * Commands that change or block a connection, which all requests share here, or
 * end the server. Transactions have `/multi-exec`.
 */
const REFUSED: ReadonlySet<string> = new Set(
  "MULTI EXEC DISCARD WATCH UNWATCH SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE MONITOR SYNC PSYNC AUTH HELLO SELECT QUIT RESET CLIENT BLPOP BRPOP BLMOVE BLMPOP BRPOPLPUSH BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF SHUTDOWN".split(
    " ",
  ),
);

function isRefused({ name }: RedisCommand): boolean {
  return REFUSED.has(name.toUpperCase());
}

function notAvailable({ name }: RedisCommand): RedisReply {
  return { kind: "error", message: `ERR Command is not available: '${name}'` };
}
