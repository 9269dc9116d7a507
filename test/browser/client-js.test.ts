/** `clients/js` in a page of another origin: tokens of the app's own backend, the official client, a line that is cut. */
import { createServer, type Server } from "node:http";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Gate, startGate } from "../../cli/lisbon-test/tcp-gate.ts";
import { startChromium } from "../support/chromium.ts";
import { portOf } from "../support/port-of.ts";
import { type SimulatedProviders, startSimulatedProviders } from "../../dev/simulated/server.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { startProduct, type Product } from "../support/started-product.ts";

let hosts: SimulatedHosts;
/** The first route's host: it speaks at a pace at which a line can be cut in the middle of its answer. */
let first: SimulatedProviders;
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
  first = await startSimulatedProviders({ tokensPerSecond: 60, firstTokenMs: 0 });
  const variables = { ...hosts.variables, ONE_URL: first.url };
  [product, browser] = await Promise.all([
    startProduct({ routes: "test/fixtures/routes.cold.json", variables }),
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
  mend();
  page = await browser.newPage();
  await page.exposeFunction("cutLine", () => gate.cut());
  await page.exposeFunction("mendProviders", mend);
  await page.goto(`http://localhost:${portOf(site)}/`);
});

afterAll(async () => {
  await browser.close();
  await gate.close();
  await product.stop();
  await hosts.close();
  await first.close();
  site.close();
});

function mend(): void {
  hosts.mend();
  first.clearFaults();
  first.clearCalls();
}

interface Asked {
  readonly baseURL: string;
  readonly options: { readonly resume?: boolean; readonly followJobs?: boolean };
  readonly content: string;
  readonly stream: boolean;
  /** When so much has been read the line is cut. */
  readonly cutAt: readonly number[];
}

interface Seen {
  readonly text: string;
  readonly notices: readonly string[];
  /** `Last-Event-ID` of each call, in order. */
  readonly resumedAfter: readonly (string | null)[];
}

function ask(more: Partial<Asked> & Pick<Asked, "content">): Promise<Seen> {
  const asked: Asked = { baseURL: `http://127.0.0.1:${gate.port}/v1`, options: {}, stream: false, cutAt: [], ...more };
  // What runs in the page is text: it knows nothing of this file's types.
  return page.evaluate(`(${IN_PAGE})(${JSON.stringify(asked)})`);
}

const IN_PAGE = `async ({ baseURL, options, content, stream, cutAt }) => {
  const notices = [];
  const resumedAfter = [];
  const lisbon = app.createLisbon({
    baseURL,
    ...options,
    fetch: (input, init) => {
      resumedAfter.push(new Headers(init.headers).get("last-event-id"));
      return fetch(input, init);
    },
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
    return { text: both[0].choices[0].message.content, notices, resumedAfter };
  }
  let text = "";
  for await (const chunk of await client.chat.completions.create({ ...asked, stream })) {
    text += chunk.choices[0]?.delta.content ?? "";
    if (text.length >= (cutAt[0] ?? Infinity)) {
      cutAt.shift();
      await cutLine();
    }
  }
  return { text, notices, resumedAfter };
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
    const { text, resumedAfter } = await ask({
      content: "count to 40",
      stream: true,
      options: { resume: true },
      cutAt: [10, 60],
    });

    expect(text.split(" ")).toEqual(Array.from({ length: 40 }, (_none, place) => String(place + 1)));
    // The first of all is the one whose token was too old.
    const id = expect.stringMatching(/^1\.\d+$/);
    expect(resumedAfter).toEqual([null, null, id, id]);
    expect(first.calls).toHaveLength(1);
  });

  it("is told of a parked call, and gets its answer all the same", async () => {
    first.setFault({ provider: "first", fault: "503" });
    hosts.three.setFault({ provider: "claude", fault: "529" });
    const { text, notices } = await ask({ content: "say: late", stream: true, options: { followJobs: true } });

    expect(text).toContain("late");
    expect(notices[0]).toContain("queued");
  });
});
