/** A server that keeps what it was sent and refuses it: for comparing our wire with that of the official SDKs. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { WireRequest } from "../../src/providers/provider.ts";

export interface Captured {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface CaptureServer {
  readonly url: string;
  /** What this call sent. The call itself is refused; its error says nothing. */
  by(call: () => Promise<unknown>): Promise<Captured>;
  /** What our own request looks like on the wire. */
  ours(wire: WireRequest): Promise<Captured>;
  close(): Promise<void>;
}

export async function startCapture(): Promise<CaptureServer> {
  let last: Captured | null = null;
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      last = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
        body: { ...Object(body) },
      };
      response.writeHead(400, { "content-type": "application/json" }).end('{"error":{"message":"captured"}}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${isTcp(address) ? address.port : 0}`;

  async function by(call: () => Promise<unknown>): Promise<Captured> {
    last = null;
    let refusal: unknown = null;
    try {
      await call();
    } catch (error) {
      refusal = error;
    }
    if (last === null) throw new Error("nothing was sent", { cause: refusal });
    return last;
  }

  return {
    url,
    by,
    ours: (wire) => by(() => fetch(wire.url, { method: "POST", headers: wire.headers, body: wire.body })),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function isTcp(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === "object" && address !== null;
}
