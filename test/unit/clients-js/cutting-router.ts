/** A router with real sockets that keeps one streamed answer, and destroys connections at the bytes that it is told to. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { portOf } from "../../support/port-of.ts";

export interface CuttingRouter {
  readonly url: string;
  /** What each request of the current play came with, in order. */
  readonly asked: IncomingHttpHeaders[];
  play(play: Play): void;
  close(): Promise<void>;
}

export interface Play {
  /** Each as text with its own id, such as `id: 1.3\ndata: …\n\n`; what has no id belongs to the one after it. */
  readonly events: readonly string[];
  /** Of each connection in turn: after so many bytes of its body it is lost. Further ones come to their end. */
  readonly cuts: readonly number[];
  /** Ends the body where it would be cut, as a proxy does that was told to stop. */
  readonly politely?: boolean;
  /** In pieces of so many bytes. */
  readonly pieces?: number;
  /** Answers a resumption instead of the rest. */
  readonly refuse?: (response: ServerResponse) => void;
}

export async function startCuttingRouter(): Promise<CuttingRouter> {
  const asked: IncomingHttpHeaders[] = [];
  let present: Play = { events: [], cuts: [] };
  const server = createServer((request, response) => {
    // A connection that was cut is no news here.
    response.on("error", () => undefined);
    void text(request).then(() => {
      const place = asked.push(request.headers) - 1;
      return answer(present, place, request.headers, response);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    asked,
    play(play) {
      present = play;
      asked.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(play: Play, place: number, headers: IncomingHttpHeaders, response: ServerResponse): void {
  const after = headers["last-event-id"]?.toString() ?? null;
  if (place > 0 && play.refuse) return play.refuse(response);
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "x-lisbon-job": "job_1",
    "x-lisbon-request-id": "r1",
  });
  response.flushHeaders();
  const body = Buffer.from(restAfter(play.events, after).join(""));
  const cut = play.cuts[place];
  const sent = cut === undefined ? body : body.subarray(0, cut);
  const { pieces = body.length || 1 } = play;
  for (let at = 0; at < sent.length; at += pieces) response.write(sent.subarray(at, at + pieces));
  if (cut === undefined || play.politely === true) response.end();
  else if (sent.length === 0) response.destroy();
  else response.write("", () => response.destroy());
}

function restAfter(events: readonly string[], id: string | null): readonly string[] {
  if (id === null) return events;
  return events.slice(events.findIndex((event) => event.includes(`id: ${id}\n`)) + 1);
}
