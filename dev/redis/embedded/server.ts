/** https://redis.io/docs/latest/commands/?group=server and https://redis.io/docs/latest/commands/?group=connection */
import { bulk, CommandError, type CommandTable, integer, OK, SYNTAX_ERROR } from "./command.ts";
import type { RedisReply } from "../redis-backend.ts";
import type { Keyspace } from "./keyspace.ts";

export const serverCommands: CommandTable = {
  PING: {
    least: 0,
    most: 1,
    run: (_, [message]) => (message === undefined ? { kind: "status", text: "PONG" } : bulk(message)),
  },
  ECHO: { least: 1, most: 1, run: (_, [message]) => bulk(message) },
  DBSIZE: { least: 0, most: 0, run: (keys) => integer(keys.all().length) },
  // There is one database.
  FLUSHALL: { least: 0, run: flush },
  FLUSHDB: { least: 0, run: flush },
};

function flush(keys: Keyspace, options: readonly string[]): RedisReply {
  const [how = "SYNC", ...more] = options.map((option) => option.toUpperCase());
  if (more.length > 0 || (how !== "SYNC" && how !== "ASYNC")) throw new CommandError(SYNTAX_ERROR);
  keys.clear();
  return OK;
}
