/** One address before several Workers, as a load balancer: each connection goes to the next of them, wherever they are now. */
import { connect, createServer, type Socket } from "node:net";
import { portOf } from "./port-of.ts";

export interface OneAddress {
  readonly url: string;
  /** So many connections were made to it. */
  connections(): number;
  /** From now on; what was connected before is cut. */
  leadTo(urls: readonly string[]): void;
  close(): Promise<void>;
}

export async function startOneAddress(): Promise<OneAddress> {
  const open = new Set<Socket>();
  let ports: readonly number[] = [];
  let turn = 0;
  const server = createServer((client) => {
    keep(client);
    const port = ports[turn++ % ports.length];
    if (port === undefined) {
      client.destroy();
      return;
    }
    const worker = connect(port, "127.0.0.1");
    keep(worker);
    client.pipe(worker).pipe(client);
    client.once("close", () => worker.destroy());
    worker.once("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    connections: () => turn,
    leadTo(urls) {
      ports = urls.map((url) => Number(new URL(url).port));
      cut();
    },
    async close() {
      cut();
      await new Promise((resolve) => void server.close(resolve));
    },
  };

  function keep(socket: Socket): void {
    open.add(socket);
    // Whichever end is killed is what these tests are for.
    socket.on("error", () => socket.destroy());
    socket.once("close", () => open.delete(socket));
  }

  function cut(): void {
    for (const socket of open) socket.destroy();
  }
}
