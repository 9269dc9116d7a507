/**
 * Upstash's REST protocol over a Redis of our own, on 127.0.0.1: what the
 * official SDK talks to in development and tests. It can be told to be down or
 * slow, and keeps the commands that it received.
 * https://upstash.com/docs/redis/features/restapi
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { type Clock, realClock, wait } from "../../src/lib/clock.ts";
import type { RedisBackend, RedisCommand } from "./redis-backend.ts";
import { runRestCall } from "./run-rest-call.ts";
import { type RestCall, restCallOf, tokenIn } from "./rest-call.ts";

export interface RedisFrontOptions {
  /** 0, the default: any free one. */
  readonly port?: number;
  readonly token: string;
  /** Whoever made it closes it. */
  readonly backend: RedisBackend;
  /** For slow answers. */
  readonly clock?: Clock;
}

/**
 * `down`: connections are refused, open ones are cut. `slow`: a command is run
 * when it arrives and its answer is held back, so that a caller who gives up
 * does not know that it was run.
 */
export type RedisFault = { readonly kind: "down" } | { readonly kind: "slow"; readonly ms: number };

export interface RedisFront {
  /** `http://127.0.0.1:PORT`, the same before and after a fault. */
  readonly url: string;
  readonly token: string;
  /** The latest 10,000 commands with a right token, oldest first: the name in capitals, then the arguments. */
  readonly commands: readonly (readonly string[])[];
  clearCommands(): void;
  /** Resolves when the fault is there, or gone. */
  setFault(fault: RedisFault | null): Promise<void>;
  /** Ends every open connection. */
  close(): Promise<void>;
}

export async function startRedisFront(options: RedisFrontOptions): Promise<RedisFront> {
  const stage: Stage = { ...options, clock: options.clock ?? realClock, commands: [], slowMs: 0 };
  const server = createServer((request, response) => {
    void receive(request, response, stage).catch((cause: unknown) => failed(response, cause));
  });
  // Longer than any client keeps a connection, so that none is reused as it closes.
  server.keepAliveTimeout = 60_000;
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}`,
    token: options.token,
    commands: stage.commands,
    clearCommands: () => void stage.commands.splice(0),
    async setFault(fault) {
      stage.slowMs = fault?.kind === "slow" ? fault.ms : 0;
      if (fault?.kind === "down") await close(server);
      else if (!server.listening) await listen(server, port);
    },
    close: () => close(server),
  };
}

interface Stage {
  readonly token: string;
  readonly backend: RedisBackend;
  readonly clock: Clock;
  readonly commands: string[][];
  slowMs: number;
}

async function receive(request: IncomingMessage, response: ServerResponse, stage: Stage): Promise<void> {
  const arrivedAt = stage.clock.now();
  const { slowMs } = stage;
  const target = request.url ?? "/";
  const body = await buffer(request);
  if ((bearerOf(request) ?? tokenIn(target)) !== stage.token) return send(request, response, 401, UNAUTHORIZED);
  const call = restCallOf({ method: request.method ?? "", target, body });
  if (!call.ok) return send(request, response, call.failure.status, { error: call.failure.error });

  note(commandsOf(call.value), stage.commands);
  const encoding = request.headers["upstash-encoding"] === "base64" ? "base64" : "text";
  const answer = await runRestCall(call.value, stage.backend, encoding);
  const heldMs = arrivedAt + slowMs - stage.clock.now();
  if (slowMs > 0 && heldMs > 0) await wait(stage.clock, heldMs, leaving(response));
  send(request, response, answer.status, answer.body);
}

/** The status is the documented one; the words have changed over the years ("Unauthorized" in 2023). */
const UNAUTHORIZED = { error: "WRONGPASS invalid or missing auth token" };
const MOST_COMMANDS = 10_000;

function bearerOf(request: IncomingMessage): string | undefined {
  return /^bearer (.*)$/i.exec(request.headers.authorization ?? "")?.[1];
}

function commandsOf(call: RestCall): readonly RedisCommand[] {
  return call.kind === "single" ? [call.command] : call.commands;
}

function note(received: readonly RedisCommand[], commands: string[][]): void {
  commands.push(...received.map(({ name, args }) => [name.toUpperCase(), ...args.map((arg) => arg.toString())]));
  if (commands.length > MOST_COMMANDS) commands.splice(0, commands.length - MOST_COMMANDS);
}

function leaving(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (response.destroyed) controller.abort();
  response.once("close", () => controller.abort());
  return controller.signal;
}

/** The SDK sends back whatever token it was last given, to read its own writes; with one Redis there is nothing to wait for. */
function send(request: IncomingMessage, response: ServerResponse, status: number, body: unknown): void {
  const given = request.headers["upstash-sync-token"]?.toString() ?? "";
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "upstash-sync-token": given === "" ? "local" : given,
  });
  response.end(text);
}

/** Redis itself is away, or the caller left while sending. */
function failed(response: ServerResponse, cause: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const detail = cause instanceof Error ? cause.message : String(cause);
  response.writeHead(500, { "content-type": "application/json" });
  response.end(JSON.stringify({ error: `ERR Redis cannot be reached: ${detail}` }));
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      if (address === null || typeof address === "string") return reject(new Error("the front has no TCP port"));
      resolve(address.port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
