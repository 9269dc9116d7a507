/**
 * A TCP port in front of another one, whose line can be made long, cut, shut or
 * swallowed: what a firewall, a dead host or a café's Wi-Fi does.
 */
import { createServer, connect, type Server, type Socket } from "node:net";

export interface GateOptions {
  readonly to: { readonly host: string; readonly port: number };
  /** Each way; a connection takes one round trip before anything else. */
  readonly delayMs?: number;
}

/**
 * `open`: everything passes. `closed`: nothing listens, connections are
 * refused. `swallowing`: connections are accepted, and nothing comes out.
 */
export type GateMode = "open" | "closed" | "swallowing";

export interface Gate {
  readonly host: string;
  /** The same in every mode. */
  readonly port: number;
  /** Whatever was connected before is reset: it would not know of the change. */
  set(mode: GateMode): Promise<void>;
  /** Resets every connection (RST), both ways. */
  cut(): void;
  close(): Promise<void>;
}

const HOST = "127.0.0.1";

export async function startGate({ to, delayMs = 0 }: GateOptions): Promise<Gate> {
  const open = new Set<Socket>();
  let mode: GateMode = "open";
  const server = createServer((client) => {
    keep(client);
    if (mode === "swallowing") {
      client.resume();
      return;
    }
    const target = connect(to.port, to.host);
    keep(target);
    const reached = performance.now() + 2 * delayMs;
    forward(client, target, () => Math.max(0, reached - performance.now()) + delayMs);
    forward(target, client, () => delayMs);
  });
  const port = await listen(server, 0);

  return {
    host: HOST,
    port,
    async set(wanted) {
      if (wanted === mode) return;
      mode = wanted;
      cut();
      if (wanted === "closed") await close(server);
      else if (!server.listening) await listen(server, port);
    },
    cut,
    async close() {
      cut();
      if (server.listening) await close(server);
    },
  };

  function keep(socket: Socket): void {
    open.add(socket);
    socket.setNoDelay(true);
    // A reset of either end is what this is for.
    socket.on("error", () => socket.destroy());
    socket.once("close", () => open.delete(socket));
  }

  function cut(): void {
    for (const socket of open) socket.resetAndDestroy();
  }
}

/** Bytes, the end and a reset take the same time, and come in their order. */
function forward(from: Socket, to: Socket, delayMs: () => number): void {
  const later = (act: () => void): void => {
    const ms = delayMs();
    if (ms === 0) act();
    else setTimeout(act, ms);
  };
  from.on("data", (bytes) => later(() => to.writable && to.write(bytes)));
  from.once("end", () => later(() => to.end()));
  from.once("close", (failed) => later(() => (failed ? to.resetAndDestroy() : to.destroySoon())));
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      server.off("error", reject);
      const address = server.address();
      if (address === null || typeof address === "string") return reject(new Error("the gate has no TCP port"));
      resolve(address.port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => void server.close(() => resolve()));
}
