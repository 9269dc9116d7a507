/** The month's spend as the ledger itself counts it flips the pause, before any provider's alert comes. */
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { HELLO } from "../support/hello-answer.ts";
import { startIsolates, type Isolates } from "../support/isolates.ts";
import { startScriptedProvider, type ScriptedProvider } from "../support/scripted-provider.ts";
import { KEY_SECRET, serverKey } from "../support/server-keys.ts";

const ADMIN_KEY = "the-admin-key-of-the-budget";
let provider: ScriptedProvider;
let isolates: Isolates;
let urls: readonly string[] = [];

beforeAll(async () => {
  provider = await startScriptedProvider();
  provider.play((response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(HELLO));
  });
  isolates = await startIsolates({
    count: 3,
    routes: "test/fixtures/routes.own-budget.json",
    bindings: {
      UPSTREAM_URL: provider.url,
      TEST_KEY: "provider-key",
      LISBON_KEY_SECRET: KEY_SECRET,
      LISBON_ADMIN_KEY: ADMIN_KEY,
    },
  });
  urls = isolates.workers.map(({ url }) => url);
});

afterAll(async () => {
  await isolates.dispose();
  await provider.close();
});

let calls = 0;

async function routeOf(isolate: number): Promise<string | null> {
  const response = await fetch(`${urls[isolate]}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${serverKey()}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "draft-email", messages: [{ role: "user", content: `hello ${(calls += 1)}` }] }),
  });
  await response.text();
  return response.headers.get("x-lisbon-route");
}

it(
  "keeps new work off a provider at every isolate once its own count is at the percentage",
  { timeout: 30_000 },
  async () => {
    for (let call = 0; call < 7; call++) expect(await routeOf(call % 3)).toBe("paid");
    await routeOf(0);

    for (const isolate of [0, 1, 2]) {
      await vi.waitFor(async () => expect(await routeOf(isolate)).toBe("other"), { timeout: 10_000, interval: 200 });
    }
    const response = await fetch(`${urls[1]}/admin/pause`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
    expect(await response.json()).toMatchObject({ paused: ["one"], pauses: [{ scope: "one" }] });
  },
);
