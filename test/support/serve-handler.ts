/** A handler of the Worker behind a real socket, for what only a browser can show. */
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { portOf } from "./port-of.ts";

export interface Served {
  readonly url: string;
  stop(): Promise<void>;
}

export async function serveHandler(handler: (request: Request) => Promise<Response>): Promise<Served> {
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const headers = new Headers(
        Object.entries(incoming.headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
      );
      const { method = "GET", url = "/" } = incoming;
      const body = method === "GET" || method === "HEAD" ? null : await buffer(incoming);
      const response = await handler(
        new Request(`http://${headers.get("host") ?? ""}${url}`, { method, headers, body }),
      );
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      outgoing.end(Buffer.from(await response.arrayBuffer()));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
