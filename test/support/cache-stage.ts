/** Three routers and their state Worker, as they are deployed, with a provider and an embeddings server that a test plays. */
import * as z from "zod";
import { vi } from "vitest";
import { startIsolates } from "./isolates.ts";
import { beginStream, chunk, DONE, startScriptedProvider } from "./scripted-provider.ts";
import { KEY_SECRET, serverKey } from "./server-keys.ts";

export const ADMIN = { authorization: "Bearer test-admin-key" };

export interface CacheStage {
  readonly urls: readonly string[];
  /** Every body that the chat provider was sent. */
  readonly asked: string[];
  /** Every text that the embeddings server was asked for. */
  readonly embedded: string[];
  /** How the chat provider is, and which texts mean the same to the embeddings server; null: it is away. */
  state: { isUp: boolean; meanings: readonly (readonly string[])[] | null; answer: string; reason: string };
  call(isolate: number, question: string, how?: CallHow): Promise<Response>;
  /** Resolves once the tenant's cache holds so many answers. */
  kept(tenant: string, entries: number): Promise<void>;
  dispose(): Promise<void>;
}

export interface CallHow {
  readonly tenant?: string;
  readonly kind?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

const Chat = z.object({ stream: z.boolean().optional() });
const Text = z.object({ input: z.string() });
const View = z.object({ entries: z.number() });

const AXES = 64;
const MEANINGS = 8;

export async function startCacheStage(): Promise<CacheStage> {
  const provider = await startScriptedProvider();
  const asked: string[] = [];
  const embedded: string[] = [];
  const state: CacheStage["state"] = { isUp: true, meanings: [], answer: "Slowly.", reason: "stop" };
  provider.play((response, request, body) => {
    if (request.url?.endsWith("/embeddings") === true) {
      const { input } = Text.parse(JSON.parse(body));
      embedded.push(input);
      if (state.meanings === null) {
        response.writeHead(500).end();
        return;
      }
      const meaning = state.meanings.findIndex((texts) => texts.includes(input));
      // At right angles to each other, but for those that mean the same.
      const axis = meaning === -1 ? MEANINGS + (embedded.length % (AXES - MEANINGS)) : meaning;
      const embedding = Array.from({ length: AXES }, (_none, place) => (place === axis ? 1 : 0));
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ data: [{ index: 0, embedding }] }));
      return;
    }
    asked.push(body);
    if (!state.isUp) {
      response.writeHead(503).end();
      return;
    }
    if (Chat.parse(JSON.parse(body)).stream === true) {
      beginStream(response);
      response.end(`${chunk(state.answer)}${chunk("", state.reason)}${DONE}`);
      return;
    }
    const message = { role: "assistant", content: state.answer };
    const whole = { id: "c", object: "chat.completion", created: 1, model: "m" };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ ...whole, choices: [{ index: 0, message, finish_reason: state.reason }] }));
  });
  const isolates = await startIsolates({
    count: 3,
    split: true,
    routes: "test/fixtures/routes.cache.json",
    bindings: {
      UPSTREAM_URL: provider.url,
      TEST_KEY: "provider-key",
      LISBON_KEY_SECRET: KEY_SECRET,
      LISBON_ADMIN_KEY: "test-admin-key",
    },
    onLog: () => undefined,
  });
  const urls = isolates.workers.map(({ url }) => url);
  return {
    urls,
    asked,
    embedded,
    state,
    call: (isolate, question, { tenant, kind = "faq", path = "/v1/chat/completions", headers, body } = {}) =>
      fetch(`${urls[isolate]}${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${serverKey(tenant)}`, "content-type": "application/json", ...headers },
        body: JSON.stringify({ model: kind, messages: [{ role: "user", content: question }], ...body }),
      }),
    kept: (tenant, entries) =>
      vi.waitFor(
        async () => {
          const response = await fetch(`${urls[0]}/admin/cache?tenant=${tenant}`, { headers: ADMIN });
          const view = View.parse(await response.json());
          if (view.entries !== entries) throw new Error(`${tenant} has ${view.entries}, not ${entries}`);
        },
        { timeout: 20_000, interval: 20 },
      ),
    async dispose() {
      await isolates.dispose();
      await provider.close();
    },
  };
}
