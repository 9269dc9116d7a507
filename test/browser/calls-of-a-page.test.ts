/** A page of another origin that calls the router with plain `fetch`, as the README says. */
import { createServer, type Server } from "node:http";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startChromium } from "../support/chromium.ts";
import { portOf } from "../support/port-of.ts";
import { startProduct, type Product } from "../support/started-product.ts";

let product: Product;
let browser: Browser;
let site: Server;

beforeAll(async () => {
  site = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>an app</title>");
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  [product, browser] = await Promise.all([startProduct({ routes: "routes.local.json" }), startChromium()]);
});

afterAll(async () => {
  await browser.close();
  await product.stop();
  site.close();
});

async function pageAt(host: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`http://${host}:${portOf(site)}/`);
  return page;
}

/** Runs in the page. */
function call({ url, key, stream }: { url: string; key: string; stream: boolean }) {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "x-stainless-lang": "js" },
    body: JSON.stringify({ model: "auto", stream, messages: [{ role: "user", content: "say: hello from a page" }] }),
  }).then(
    async (response) => {
      const text = await response.text();
      const header = (name: string): string | null => response.headers.get(name);
      return { status: response.status, route: header("x-lisbon-route"), id: header("x-lisbon-request-id"), text };
    },
    () => null,
  );
}

describe("a page on localhost, in development", () => {
  it.each([false, true])("reads the answer and our headers (streamed: %s)", async (stream) => {
    const page = await pageAt("localhost");
    const answer = await page.evaluate(call, { url: product.url, key: product.key, stream });

    expect(answer).toMatchObject({
      status: 200,
      route: "hot/openai/gpt-4.1",
      id: expect.stringMatching(/^[\da-f-]{36}\.[\w-]+$/),
    });
    expect(answer?.text).toContain(stream ? "data: [DONE]" : "hello from a page");
    await page.close();
  });

  it("reads why it was refused", async () => {
    const page = await pageAt("localhost");
    const answer = await page.evaluate(call, { url: product.url, key: "wrong", stream: false });

    expect(answer).toMatchObject({ status: 401, text: expect.stringContaining("invalid_api_key") });
    await page.close();
  });
});

describe("a page of an origin that is not allowed", () => {
  it("gets nothing", async () => {
    const other = await browser.newContext();
    const page = await other.newPage();
    // The same page under a name that is not localhost.
    await page.route("http://elsewhere.test/**", (route) =>
      route.fulfill({ contentType: "text/html", body: "<p>app" }),
    );
    await page.goto("http://elsewhere.test/");

    expect(await page.evaluate(call, { url: product.url, key: product.key, stream: false })).toBeNull();
    await other.close();
  });
});
