/**
 * Simulated providers for development and tests: one HTTP server on 127.0.0.1
 * that speaks OpenAI's, Anthropic's, Gemini's and Bedrock's wire formats,
 * streams at a believable pace and misbehaves on request (`faults.ts`). The
 * first segment of a path is a provider's name, any name; the rest decides the
 * format: `/hot/v1/chat/completions`, `/claude/v1/messages`,
 * `/gemini/v1beta/models/sim-large:generateContent`,
 * `/aws/model/sim-large/converse`. Any model name is served; one with `think`
 * in it reasons. "say: …" and "count to 200" are obeyed.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, createServer as createHolder } from "node:net";
import { text } from "node:stream/consumers";
import { CallList, type ReceivedCall } from "./calls.ts";
import { control } from "./control.ts";
import { type FaultRule, FaultRules } from "./fault-rules.ts";
import { serveCall, type Stage } from "./serve-call.ts";
import { wireFormatOf } from "./wire/all.ts";
import { jsonReply, type Received } from "./wire/wire-format.ts";

export interface SimulatedProvidersOptions {
  /** 0, the default: any free one. */
  readonly port?: number;
  /** 50 by default; 0: as fast as possible. */
  readonly tokensPerSecond?: number;
  /** How long the model thinks before its first words: 200 ms by default. */
  readonly firstTokenMs?: number;
}

export interface SimulatedProviders {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** Everything received since the start or the last `clearCalls`, oldest first. */
  readonly calls: readonly ReceivedCall[];
  clearCalls(): void;
  /** Throws on a fault that does not exist: that is a bug in the test. */
  setFault(rule: FaultRule): void;
  clearFaults(provider?: string): void;
  /** The same providers, faults and calls at a further port: for the router that is another host. */
  anotherHost(): Promise<string>;
  /** A URL where nothing listens: connections to it are refused. */
  refusingUrl(): Promise<string>;
  /** Ends every open connection. */
  close(): Promise<void>;
}

export async function startSimulatedProviders(options: SimulatedProvidersOptions = {}): Promise<SimulatedProviders> {
  const calls = new CallList();
  const rules = new FaultRules();
  const pace = { tokensPerSecond: options.tokensPerSecond ?? 50, firstTokenMs: options.firstTokenMs ?? 200 };
  const stage: Stage & { ownUrl: string } = { rules, pace, ownUrl: "" };
  const servers: Server[] = [];
  const refusing: { close(): void }[] = [];
  const host = (port: number): Promise<string> => {
    const server = createServer((request, response) => {
      void receive(request, response, calls, stage).catch((cause: unknown) => failed(response, cause));
    });
    // Longer than any client keeps a connection, so that none is reused as it closes.
    server.keepAliveTimeout = 60_000;
    servers.push(server);
    return listen(server, port);
  };
  stage.ownUrl = await host(options.port ?? 0);

  return {
    url: stage.ownUrl,
    calls: calls.all,
    clearCalls: () => calls.clear(),
    setFault: (rule) => {
      const wrong = rules.set(rule);
      if (wrong !== undefined) throw new Error(wrong);
    },
    clearFaults: (provider) => rules.clear(provider),
    anotherHost: () => host(0),
    async refusingUrl() {
      const socket = await refusingSocket();
      refusing.push(socket);
      return socket.url;
    },
    async close() {
      for (const socket of refusing) socket.close();
      await Promise.all(servers.map(close));
    },
  };
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  calls: CallList,
  stage: Stage,
): Promise<void> {
  const startedAt = Date.now();
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const [, provider = "", ...rest] = url.pathname.split("/");
  const rawBody = await text(request);
  const received: Received = {
    provider,
    method: request.method ?? "GET",
    path: `/${rest.join("/")}`,
    query: url.searchParams,
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value?.toString()])),
    body: parsed(rawBody),
    rawBody,
  };
  if (provider === "_control") return reply(response, control(received, stage.rules, calls));
  const format = wireFormatOf(received);
  if (format === undefined) return reply(response, unknownPath(url.pathname));

  const call: ReceivedCall = {
    provider,
    format: format.name,
    method: received.method,
    path: received.path + url.search,
    headers: received.headers,
    body: received.body,
    model: format.modelOf(received),
    startedAt,
    fault: null,
    status: null,
    abortedAt: null,
    finishedAt: null,
  };
  calls.add(call);
  await serveCall(received, format, call, response, stage);
}

/** `undefined` for a body that is not JSON: each format has its own answer to that. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Empty or broken; the wire format says so in the provider's words.
    return undefined;
  }
}

function unknownPath(path: string) {
  return jsonReply(404, {
    error: {
      message: `simulated providers: no wire format owns ${path}; known: /NAME/v1/chat/completions, /NAME/v1/messages, /NAME/v1beta/models/MODEL:generateContent, /NAME/v1beta/models/MODEL:streamGenerateContent?alt=sse, /NAME/model/MODEL/converse, /NAME/model/MODEL/converse-stream, /NAME/v1/models, /_control/faults, /_control/calls`,
    },
  });
}

function reply(response: ServerResponse, { status, headers, body }: ReturnType<typeof jsonReply>): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/** A bug of ours, or a caller who left while sending; said loudly, as no provider would answer like this. */
function failed(response: ServerResponse, cause: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const detail = cause instanceof Error ? cause.message : String(cause);
  reply(response, jsonReply(599, { error: { message: `simulated providers failed: ${detail}` } }));
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(`http://127.0.0.1:${portOf(server.address())}`));
  });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the server has no TCP port");
  return address.port;
}

/** The caller's end of a connection: its port is taken, so nobody else is given it, and nobody listens there. */
async function refusingSocket(): Promise<{ readonly url: string; close(): void }> {
  const holder = createHolder();
  await new Promise<void>((resolve) => void holder.listen(0, "127.0.0.1", resolve));
  const socket = connect(portOf(holder.address()), "127.0.0.1");
  await once(socket, "connect");
  return {
    url: `http://127.0.0.1:${socket.localPort}`,
    close() {
      socket.destroy();
      holder.close();
    },
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
