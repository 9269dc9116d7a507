/** Answers each request with the event stream that was prepared for its `model`, to the byte. */
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { portOf } from "./port-of.ts";

export interface PreparedBytes {
  readonly bytes: Uint8Array;
  /** The connection is lost behind them, as when a body is aborted. */
  readonly aborted: boolean;
}

export interface BytesServer {
  readonly url: string;
  /** The answers, by `model`. */
  readonly answers: Map<string, PreparedBytes>;
  close(): Promise<void>;
}

const Asked = z.object({ model: z.string() });

export async function startBytesServer(): Promise<BytesServer> {
  const answers = new Map<string, PreparedBytes>();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const answer = answers.get(Asked.parse(JSON.parse(body)).model);
      if (answer === undefined) return response.writeHead(500).end();
      response.writeHead(200, { "content-type": "text/event-stream" });
      if (!answer.aborted) return response.end(answer.bytes);
      response.flushHeaders();
      return response.write(answer.bytes, () => response.destroy());
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
