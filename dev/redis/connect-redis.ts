/**
 * A client for a real Redis: one connection, replies in the order of the
 * commands. It connects at the first command, and again at the next one after
 * the connection was lost; what was under way then is rejected, not repeated,
 * as nobody knows whether Redis has run it.
 */
import { connect, type Socket } from "node:net";
import { discarded, type RedisBackend, type RedisCommand, type RedisReply } from "./redis-backend.ts";
import { encodeCommand, readReply } from "./resp.ts";

export type RedisAddress = RedisPlace & {
  readonly username?: string;
  readonly password?: string;
  readonly database?: number;
};

export function connectRedis(address: RedisAddress): RedisBackend {
  let current: Connection | undefined;
  const connection = (): Connection => {
    if (current === undefined || current.lost) current = new Connection(address);
    return current;
  };
  return {
    send: (command) => connection().send(command),
    transaction: (commands) => transact(connection(), commands),
    close: async () => current?.close(),
  };
}

type RedisPlace = { readonly path: string } | { readonly host: string; readonly port: number };

/** Written back to back on one connection, so that no other command comes between. */
async function transact(connection: Connection, commands: readonly RedisCommand[]): Promise<RedisReply> {
  const [queued, executed] = await Promise.all([
    Promise.all([words("MULTI"), ...commands].map((each) => connection.send(each))),
    connection.send(words("EXEC")),
  ]);
  if (executed.kind !== "error") return executed;
  const refused = queued.find((reply) => reply.kind === "error") ?? executed;
  return discarded(refused.message);
}

interface Waiting {
  readonly resolve: (reply: RedisReply) => void;
  readonly reject: (cause: Error) => void;
}

class Connection {
  lost = false;
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  readonly #introduced: Promise<void>;
  #unread: Buffer = Buffer.alloc(0);

  constructor(address: RedisAddress) {
    this.#socket = "path" in address ? connect(address.path) : connect(address.port, address.host);
    this.#socket.setNoDelay(true);
    this.#socket.on("data", (chunk) => this.#take(chunk));
    this.#socket.on("error", (cause) => this.#lose(cause));
    this.#socket.on("close", () => this.#lose(new Error("the connection to Redis was closed")));
    this.#introduced = this.#introduce(introduction(address));
    // Whoever sends a command is told.
    this.#introduced.catch(() => undefined);
  }

  /** Nothing is run before Redis knows who we are and which database is meant. */
  async send(sent: RedisCommand): Promise<RedisReply> {
    await this.#introduced;
    return this.#write(sent);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.closed) return resolve();
      this.#socket.once("close", () => resolve());
      this.#socket.end();
    });
  }

  async #introduce(commands: readonly RedisCommand[]): Promise<void> {
    for (const each of commands) {
      const reply = await this.#write(each);
      if (reply.kind !== "error") continue;
      const refusal = new Error(`Redis refused ${each.name}: ${reply.message}`);
      this.#socket.destroy(refusal);
      throw refusal;
    }
  }

  #write(sent: RedisCommand): Promise<RedisReply> {
    return new Promise((resolve, reject) => {
      if (this.lost) return reject(new Error("the connection to Redis is lost"));
      this.#waiting.push({ resolve, reject });
      this.#socket.write(encodeCommand(sent));
    });
  }

  #take(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    let start = 0;
    try {
      for (let read = readReply(this.#unread, 0); read !== undefined; read = readReply(this.#unread, start)) {
        start = read.end;
        this.#waiting.shift()?.resolve(read.reply);
      }
    } catch (cause) {
      this.#socket.destroy(cause instanceof Error ? cause : new Error(String(cause)));
    }
    this.#unread = this.#unread.subarray(start);
  }

  #lose(cause: Error): void {
    this.lost = true;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(cause);
  }
}

function introduction({ username, password, database }: RedisAddress): readonly RedisCommand[] {
  return [
    ...(password === undefined ? [] : [words("AUTH", ...(username === undefined ? [] : [username]), password)]),
    ...(database === undefined ? [] : [words("SELECT", String(database))]),
  ];
}

function words(name: string, ...args: readonly string[]): RedisCommand {
  return { name, args: args.map((arg) => Buffer.from(arg)) };
}
