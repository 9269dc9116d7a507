/** A provider in the hands of a test: real sockets, and every byte the test's own. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { portOf } from "./port-of.ts";

export type Script = (response: ServerResponse, request: IncomingMessage, body: string) => void | Promise<void>;

export interface ScriptedProvider {
  readonly url: string;
  /** What it does from now on. */
  play(script: Script): void;
  /** Resolves with the moment at which the next caller's connection closes before the answer was whole. */
  nextHangUp(): Promise<number>;
  close(): Promise<void>;
}

export async function startScriptedProvider(): Promise<ScriptedProvider> {
  let script: Script = notScripted;
  let hungUp: ((at: number) => void)[] = [];
  const server = createServer((request, response) => {
    response.on("close", () => {
      if (response.writableFinished) return;
      for (const tell of hungUp) tell(Date.now());
      hungUp = [];
    });
    // A connection that the router or the test has cut is no news here.
    response.on("error", () => undefined);
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => void script(response, request, body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    play(next) {
      script = next;
    },
    nextHangUp: () => new Promise((resolve) => hungUp.push(resolve)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function notScripted(response: ServerResponse): void | Promise<void> {
  response.writeHead(500).end();
}

/** Begins a 200 event stream. */
export function beginStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
}

export function chunk(content: string, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta: { content }, finish_reason: finishReason }];
  return `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices })}\n\n`;
}

export const DONE = "data: [DONE]\n\n";

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
