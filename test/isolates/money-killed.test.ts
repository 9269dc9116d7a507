/** Isolates that die between an answer and its settlement: what they were given stays spent. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { expect, it } from "vitest";
import { HELLO } from "../support/hello-answer.ts";
import { startIsolates } from "../support/isolates.ts";
import { startScriptedProvider } from "../support/scripted-provider.ts";
import { KEY_SECRET, serverKey } from "../support/server-keys.ts";

const ADMIN = { authorization: "Bearer the-admin-key-of-the-killed", "content-type": "application/json" };
const Limits = z.object({
  budgets: z.array(z.object({ scope: z.string(), left_usd: z.number(), given_usd: z.number() })),
});

it("ten isolates killed before they could settle never cost a cent over, after the restart either", async () => {
  const provider = await startScriptedProvider();
  const stateFolder = mkdtempSync(join(tmpdir(), "lisbon-money-"));
  let asked = 0;
  provider.play((response) => {
    asked += 1;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(HELLO));
  });
  const start = () =>
    startIsolates({
      count: 10,
      routes: "test/fixtures/routes.money.json",
      stateFolder,
      bindings: {
        UPSTREAM_URL: provider.url,
        TEST_KEY: "provider-key",
        LISBON_KEY_SECRET: KEY_SECRET,
        LISBON_ADMIN_KEY: "the-admin-key-of-the-killed",
      },
    });
  try {
    const before = await start();
    const urls = before.workers.map(({ url }) => url);
    const first = await Promise.all(urls.slice(0, 6).map(call));
    // Half a second before the first of them would have said what it used.
    await before.dispose();
    expect(first).toEqual(Array.from({ length: 6 }, () => 200));

    const after = await start();
    const rest = await Promise.all(Array.from({ length: 20 }, (_, at) => call(after.workers[at % 10]?.url ?? "")));
    const limits = await fetch(`${after.workers[0]?.url}/admin/limits`, { headers: ADMIN });
    const [budget] = Limits.parse(await limits.json()).budgets;
    await after.dispose();

    expect(asked).toBe(10);
    expect(rest.filter((status) => status === 200)).toHaveLength(4);
    expect(rest.filter((status) => status === 429)).toHaveLength(16);
    expect(budget).toMatchObject({ scope: "tenant:ten", left_usd: 0 });
  } finally {
    await provider.close();
    rmSync(stateFolder, { recursive: true, force: true });
  }
}, 60_000);

async function call(url: string): Promise<number> {
  const content = `hello ${Math.random()}`;
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${serverKey("ten")}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "draft-email", messages: [{ role: "user", content }], max_tokens: 1 }),
  });
  await response.text();
  return response.status;
}
