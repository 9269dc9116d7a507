/** What the answer of `/health` means right after a deploy. */
import { once } from "node:events";
import { createServer } from "node:http";
import { expect, it } from "vitest";
import { askHealth } from "../../../cli/ask-health.ts";
import { portOf } from "../../support/port-of.ts";

async function asked(status: number, body: string): Promise<{ url: string; said: unknown }> {
  const server = createServer((_request, response) => void response.writeHead(status).end(body));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${portOf(server)}`;
  try {
    return { url, said: await askHealth(url) };
  } finally {
    server.close();
  }
}

it("says that it is deployed but that no route can answer", async () => {
  const { url, said } = await asked(503, '{"status":"degraded","healthy":[]}');
  expect(said).toEqual({
    ok: false,
    failure: `Deployed, but no route can answer: ${url}/health says 503 degraded.`,
  });
});

it("says that a page of somebody else's is not its health", async () => {
  const { said } = await asked(200, "<html>");
  expect(said).toMatchObject({ ok: false, failure: expect.stringContaining("is that the right URL?") });
});
