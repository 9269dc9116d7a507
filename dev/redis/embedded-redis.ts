/**
 * A Redis for machines that have none: in memory, in this process, a clock of
 * the caller's. It has the commands that the product uses and their nearest
 * neighbours (`embedded/`), each as Redis 7 answers it, and says `ERR unknown
 * command` for every other one, scripts included.
 */
import type { Clock } from "../../src/lib/clock.ts";
import { fail, ok, type Result } from "../../src/lib/result.ts";
import { CommandError, type CommandTable } from "./embedded/command.ts";
import { hashCommands } from "./embedded/hashes.ts";
import { keyCommands } from "./embedded/keys.ts";
import { Keyspace } from "./embedded/keyspace.ts";
import { listCommands } from "./embedded/lists.ts";
import { serverCommands } from "./embedded/server.ts";
import { setCommands } from "./embedded/sets.ts";
import { stringCommands } from "./embedded/strings.ts";
import { discarded, type RedisBackend, type RedisCommand, type RedisReply } from "./redis-backend.ts";

export function embeddedRedis(clock: Pick<Clock, "now">): RedisBackend {
  const keys = new Keyspace(clock);
  return {
    async send(command) {
      const ready = prepare(command, keys);
      return ready.ok ? run(ready.value) : { kind: "error", message: ready.failure };
    },
    async transaction(commands) {
      const prepared = commands.map((command) => prepare(command, keys));
      const refused = prepared.find((each) => !each.ok);
      if (refused !== undefined) return discarded(refused.failure);
      return { kind: "array", items: prepared.flatMap((each) => (each.ok ? [run(each.value)] : [])) };
    },
    close: async () => undefined,
  };
}

type Prepared = () => RedisReply;

const commandsByName: ReadonlyMap<string, CommandTable[string]> = new Map(
  [keyCommands, stringCommands, hashCommands, listCommands, setCommands, serverCommands].flatMap(Object.entries),
);

/** What Redis checks when a command is queued in a transaction: its name, and how many arguments it has. */
function prepare({ name, args }: RedisCommand, keys: Keyspace): Result<Prepared, string> {
  const command = commandsByName.get(name.toUpperCase());
  if (command === undefined) return fail(unknown(name, args));
  if (args.length < command.least || args.length > (command.most ?? Infinity)) {
    return fail(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
  }
  // One character for each byte, so that any bytes can be a key of a map.
  const words = args.map((arg) => arg.toString("latin1"));
  return ok(() => command.run(keys, words));
}

function unknown(name: string, args: readonly Buffer[]): string {
  return `ERR unknown command '${name}', with args beginning with: ${args.map((arg) => `'${arg.toString()}' `).join("")}`;
}

function run(prepared: Prepared): RedisReply {
  try {
    return prepared();
  } catch (cause) {
    if (cause instanceof CommandError) return { kind: "error", message: cause.message };
    throw cause;
  }
}
