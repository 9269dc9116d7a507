/** What an operator has switched outlives the process. */
import { afterEach, describe, expect, it } from "vitest";
import { freePort } from "../support/start-process.ts";
import { startProduct, type Product } from "../support/started-product.ts";

let product: Product | null = null;

afterEach(() => product?.stop());

async function flags(running: Product, body?: unknown): Promise<unknown> {
  const response = await fetch(`${running.url}/admin/flags`, {
    headers: { authorization: `Bearer ${running.adminKey}` },
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
  });
  expect(response.status).toBe(200);
  return await response.json();
}

describe("after a restart", () => {
  it("flags and kill switches are as they were left", async () => {
    const port = await freePort();
    product = await startProduct({ routes: "routes.local.json", port, keepState: true });
    await flags(product, { flags: { enable_warm_fallback: false }, routes: { "hot/openai/gpt-4.1": false } });
    await product.stop();

    product = await startProduct({ routes: "routes.local.json", port });

    expect(await flags(product)).toMatchObject({
      flags: { enable_warm_fallback: { value: false, default: true, switched: true } },
      routes: { "hot/openai/gpt-4.1": false, "hot/openai/gpt-4o-mini": true },
    });
    const answer = await fetch(`${product.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${product.key}` },
      body: JSON.stringify({ model: "auto", messages: [{ role: "user", content: "say: hello" }] }),
    });
    expect(answer.headers.get("x-lisbon-route")).toBe("hot/openai/gpt-4o-mini");
    await answer.text();
  });
});
