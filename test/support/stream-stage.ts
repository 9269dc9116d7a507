/** The real Worker in workerd, over real sockets, with one provider that does what the test says. */
import { connect, type Socket } from "node:net";
import { expect } from "vitest";
import * as z from "zod";
import { type Isolates, startIsolates } from "./isolates.ts";
import { type ScriptedProvider, startScriptedProvider } from "./scripted-provider.ts";
import { KEY_SECRET, serverKey } from "./server-keys.ts";

const KEY = serverKey();
const ADMIN_KEY = "test-admin-key";

export interface StreamStage {
  readonly url: string;
  readonly provider: ScriptedProvider;
  /** A kind of test/fixtures/routes.streams.json, streamed. */
  ask(kind: string, more?: Record<string, unknown>): Promise<Response>;
  /** A caller that can hang up as a phone does: a FIN is not seen before the first byte, a reset is. */
  rawAsk(kind: string, stream?: boolean): Promise<Socket>;
  /** The last outcomes of a route, as the switchboard has them: 1 answered, 0 failed. */
  outcomesOf(routeId: string): Promise<readonly number[]>;
  dispose(): Promise<void>;
}

export async function startStreamStage(map = "test/fixtures/routes.streams.json"): Promise<StreamStage> {
  const provider = await startScriptedProvider();
  const isolates: Isolates = await startIsolates({
    count: 1,
    routes: map,
    bindings: {
      UPSTREAM_URL: provider.url,
      TEST_KEY: "provider-key",
      LISBON_KEY_SECRET: KEY_SECRET,
      LISBON_ADMIN_KEY: ADMIN_KEY,
    },
  });
  const url = isolates.workers[0]?.url ?? "";
  return {
    url,
    provider,
    ask: (kind, more = {}) =>
      fetch(`${url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
        body: JSON.stringify({ model: kind, stream: true, messages: [{ role: "user", content: "hello" }], ...more }),
      }),
    rawAsk: (kind, stream = true) => rawAsk(url, kind, stream),
    async outcomesOf(routeId) {
      const overview = await fetch(`${url}/admin/breakers`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
      const { routes } = Overview.parse(await overview.json());
      return routes.find(({ id }) => id === routeId)?.last ?? [];
    },
    async dispose() {
      await isolates.dispose();
      await provider.close();
    },
  };
}

const Overview = z.object({ routes: z.array(z.object({ id: z.string(), last: z.array(z.number()) })) });

async function rawAsk(url: string, kind: string, stream: boolean): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify({ model: kind, stream, messages: [{ role: "user", content: "hello" }] });
  const head = [
    "POST /v1/chat/completions HTTP/1.1",
    `host: ${hostname}`,
    `authorization: Bearer ${KEY}`,
    "content-type: application/json",
    `content-length: ${body.length}`,
  ];
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  socket.on("error", () => undefined);
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  return socket;
}

/** The whole body; one that was aborted ends in `<aborted>`. */
export async function textOf(response: Response): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  try {
    for await (const bytes of response.body ?? []) text += decoder.decode(bytes, { stream: true });
    return text;
  } catch {
    return `${text}<aborted>`;
  }
}

/** What is in each event; the last may be an error. */
export function eventsIn(text: string): readonly unknown[] {
  return text
    .replaceAll(/^:.*\n+/gm, "")
    .split("\n\n")
    .filter((event) => event.startsWith("data: "))
    .map((event): unknown => (event === "data: [DONE]" ? "DONE" : JSON.parse(event.slice("data: ".length))));
}

/** The words of all events together. */
export function saidIn(text: string): string {
  return eventsIn(text)
    .map((event) => Chunk.safeParse(event).data?.choices[0]?.delta.content ?? "")
    .join("");
}

const Chunk = z.object({ choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }) })) });

export const endsIn = (code: string): unknown => expect.objectContaining({ error: expect.objectContaining({ code }) });
