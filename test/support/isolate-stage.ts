/** Three isolates of the real Worker with one switchboard, and one upstream that is as ill as the test says. */
import * as z from "zod";
import { HELLO } from "./hello-answer.ts";
import { startIsolates, type IsolatesOptions } from "./isolates.ts";
import { type ScriptedProvider, startScriptedProvider } from "./scripted-provider.ts";
import { KEY_SECRET, serverKey } from "./server-keys.ts";

const KEY = serverKey();
export const ADMIN = { authorization: "Bearer test-admin-key", "content-type": "application/json" };

export interface IsolateStage {
  readonly urls: readonly string[];
  /** Makes a provider (a path of test/fixtures/routes.isolates.json) answer so; null: it is well again. */
  illness(name: string, reply: { readonly status: number; readonly body: unknown } | null): void;
  /** Headers of every answer of this provider from now on. */
  headers(name: string, headers: Readonly<Record<string, string>>): void;
  /** How often callers' requests reached a provider; probes are not counted. */
  asked(name: string): number;
  /** One unstreamed call at one of the isolates. */
  call(isolate: number, kind: string): Promise<Called>;
  dispose(): Promise<void>;
}

export interface Called {
  readonly status: number;
  readonly route: string | null;
  readonly attempts: number;
}

const Asked = z.object({ max_tokens: z.number().optional() });

export async function startIsolateStage(
  options: Pick<IsolatesOptions, "withoutSwitchboard" | "bindings" | "split"> = {},
): Promise<IsolateStage> {
  const ill = new Map<string, { readonly status: number; readonly body: unknown }>();
  const asked = new Map<string, number>();
  const told = new Map<string, Readonly<Record<string, string>>>();
  // Another question each time: the same one again would find the job that the first was parked in.
  let calls = 0;
  const provider: ScriptedProvider = await startScriptedProvider();
  provider.play((response, request, body) => {
    const name = /^\/(\w+)\//.exec(request.url ?? "")?.[1] ?? "";
    // The switchboard's probes ask for one token; callers here do not.
    if (Asked.parse(JSON.parse(body)).max_tokens !== 1) asked.set(name, (asked.get(name) ?? 0) + 1);
    const { status, body: reply } = ill.get(name) ?? { status: 200, body: HELLO };
    response.writeHead(status, { "content-type": "application/json", ...told.get(name) }).end(JSON.stringify(reply));
  });
  const isolates = await startIsolates({
    ...options,
    count: 3,
    routes: "test/fixtures/routes.isolates.json",
    bindings: {
      UPSTREAM_URL: provider.url,
      TEST_KEY: "provider-key",
      LISBON_KEY_SECRET: KEY_SECRET,
      LISBON_ADMIN_KEY: "test-admin-key",
      ...options.bindings,
    },
  });
  const urls = isolates.workers.map(({ url }) => url);
  return {
    urls,
    illness(name, reply) {
      if (reply === null) ill.delete(name);
      else ill.set(name, reply);
    },
    headers: (name, headers) => void told.set(name, headers),
    asked: (name) => asked.get(name) ?? 0,
    async call(isolate, kind) {
      const response = await fetch(`${urls[isolate % urls.length]}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
        body: JSON.stringify({ model: kind, messages: [{ role: "user", content: `hello ${(calls += 1)}` }] }),
      });
      await response.text();
      const { headers } = response;
      return {
        status: response.status,
        route: headers.get("x-lisbon-route"),
        attempts: Number(headers.get("x-lisbon-attempts")),
      };
    },
    async dispose() {
      await isolates.dispose();
      await provider.close();
    },
  };
}
