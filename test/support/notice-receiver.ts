/** Slack, Resend or somebody's webhook, as a real server: keeps what it was sent, and misbehaves when told to. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { portOf } from "./port-of.ts";

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Behaviour =
  | "takes_it"
  | "hangs"
  | "hangs_in_the_body"
  | "resets"
  | { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> };

export interface NoticeReceiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** For every request from now on. */
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

export async function startNoticeReceiver(): Promise<NoticeReceiver> {
  const received: Received[] = [];
  let behaviour: Behaviour = "takes_it";
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ path: request.url ?? "", headers: request.headers, body });
      answer(behaviour, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    received,
    behave: (next) => {
      behaviour = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(behaviour: Behaviour, response: ServerResponse): void {
  if (behaviour === "takes_it") response.end("ok");
  else if (behaviour === "resets") response.socket?.resetAndDestroy();
  else if (behaviour === "hangs_in_the_body") response.writeHead(200).write("o");
  else if (behaviour !== "hangs") response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body ?? "");
}
