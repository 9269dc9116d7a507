/** `clients/js` in a page of another origin: tokens of the app's own backend, the official client, a line that is cut. */
import { createServer, type Server } from "node:http";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Gate, startGate } from "../../cli/lisbon-test/tcp-gate.ts";
import { startChromium } from "../support/chromium.ts";
import { portOf } from "../support/port-of.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { startProduct, type Product } from "../support/started-product.ts";

let hosts: SimulatedHosts;
let product: Product;
/** Between the page and the product. */
let gate: Gate;
let browser: Browser;
let site: Server;
/** How often the app's backend was asked for a token. */
let tokensGiven = 0;
let page: Page;

const BUNDLED = `
  export { default as OpenAI } from "openai";
  export { createLisbon } from "./clients/js/src/index.ts";
`;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: BUNDLED, resolveDir: process.cwd(), loader: "ts" },
    bundle: true,
    write: false,
    format: "iife",
    globalName: "app",
    platform: "browser",
  });
  const script = outputFiles[0]?.text ?? "";
  hosts = await startSimulatedHosts();
  [product, browser] = await Promise.all([
    startProduct({ routes: "test/fixtures/routes.cold.json", variables: hosts.variables }),
    startChromium(),
  ]);
  gate = await startGate({ to: { host: "127.0.0.1", port: Number(new URL(product.url).port) } });
  site = createServer((request, response) => {
    if (request.url === "/app.js") return response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    if (request.url !== "/token") {
      return response
        .writeHead(200, { "content-type": "text/html" })
        .end('<!doctype html><script src="/app.js"></script>');
    }
    tokensGiven += 1;
    // The first one is of no use any more, as after a night in a sleeping tab.
    const token = tokensGiven === 1 ? "an-old-token" : product.key;
    const expires_at = new Date(Date.now() + 600_000).toISOString();
    return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ token, expires_at }));
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
});

beforeEach(async () => {
  tokensGiven = 0;
  hosts.mend();
  page = await browser.newPage();
  await page.exposeFunction("cutLine", () => gate.cut());
  await page.exposeFunction("mendProviders", () => hosts.mend());
  await page.goto(`http://localhost:${portOf(site)}/`);
});

afterAll(async () => {
  await browser.close();
  await gate.close();
  await product.stop();
  await hosts.close();
  site.close();
});

interface Asked {
  readonly baseURL: string;
  readonly options: { readonly resume?: boolean; readonly followJobs?: boolean };
  readonly content: string;
  readonly stream: boolean;
  /** When so much has been read the line is cut. */
  readonly cutAt: readonly number[];
}

function ask(more: Partial<Asked> & Pick<Asked, "content">): Promise<{ text: string; notices: readonly string[] }> {
  const asked: Asked = { baseURL: `http://127.0.0.1:${gate.port}/v1`, options: {}, stream: false, cutAt: [], ...more };
  // What runs in the page is text: it knows nothing of this file's types.
  return page.evaluate(`(${IN_PAGE})(${JSON.stringify(asked)})`);
}

const IN_PAGE = `async ({ baseURL, options, content, stream, cutAt }) => {
  const notices = [];
  const lisbon = app.createLisbon({
    baseURL,
    ...options,
    getToken: () => fetch("/token").then((response) => response.json()),
    onNotice: ({ text }) => {
      if (text === null) return;
      notices.push(text);
      mendProviders();
    },
  });
  const client = new app.OpenAI({ baseURL, apiKey: "unused", fetch: lisbon.fetch, dangerouslyAllowBrowser: true, maxRetries: 0 });
  const asked = { model: "accepted", messages: [{ role: "user", content }] };
  if (!stream) {
    const both = await Promise.all([client.chat.completions.create(asked), client.models.list()]);
    return { text: both[0].choices[0].message.content, notices };
  }
  let text = "";
  for await (const chunk of await client.chat.completions.create({ ...asked, stream })) {
    text += chunk.choices[0]?.delta.content ?? "";
    if (text.length >= (cutAt[0] ?? Infinity)) {
      cutAt.shift();
      await cutLine();
    }
  }
  return { text, notices };
}`;

describe("a page with the official client and lisbon.fetch", () => {
  it.each([false, true])(
    "gets its answer with tokens of the app's backend, renewed once (streamed: %s)",
    async (stream) => {
      const { text } = await ask({ content: `say: hello from a page, ${stream}`, stream });

      expect(text).toContain("hello from a page");
      expect(tokensGiven).toBe(2);
    },
  );

  it("reads one whole answer through a line that is cut twice", async () => {
    hosts.one.setFault({ provider: "first", fault: "slow" });
    const { text } = await ask({ content: "count to 40", stream: true, options: { resume: true }, cutAt: [10, 60] });

    expect(text.split(" ")).toEqual(Array.from({ length: 40 }, (_none, place) => String(place + 1)));
    expect(hosts.received()).toHaveLength(1);
  });

  it("is told of a parked call, and gets its answer all the same", async () => {
    hosts.one.setFault({ provider: "first", fault: "503" });
    hosts.three.setFault({ provider: "claude", fault: "529" });
    const { text, notices } = await ask({ content: "say: late", stream: true, options: { followJobs: true } });

    expect(text).toContain("late");
    expect(notices[0]).toContain("queued");
  });
});
