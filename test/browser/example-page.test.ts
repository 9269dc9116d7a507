/** The page in `examples/browser`, as its README says to open it: a token from its own server, a stream from the router. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startChromium } from "../support/chromium.ts";
import { startProduct, type Product } from "../support/started-product.ts";

let product: Product;
let browser: Browser;
let server: ChildProcess;
let address = "";

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct({ routes: "routes.local.json" }), startChromium()]);
  server = spawn(process.execPath, ["examples/browser/server.mjs"], {
    env: { ...process.env, LISBON_URL: product.url, LISBON_API_KEY: product.key, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (server.stdout === null) throw new Error("its output cannot be read");
  const [printed] = await once(server.stdout, "data");
  address = /http:\S+/.exec(String(printed))?.[0] ?? "";
});

afterAll(async () => {
  server.kill("SIGTERM");
  await browser.close();
  await product.stop();
});

it("shows the answer as it comes, and who gave it", async () => {
  const page = await browser.newPage({ viewport: { width: 390, height: 700 } });
  const seen: string[] = [];
  page.on("request", (request) => seen.push(`${request.url()} ${JSON.stringify(request.headers())}`));
  await page.goto(address);
  await page.getByLabel("What to ask").fill("say: hello from the example");
  await page.getByRole("button", { name: "Ask" }).click();

  await page.getByText("hello from the example").waitFor();
  await page.getByText("by hot/").waitFor();
  // The key stays on the server: what the page holds is a token.
  expect(seen.join("\n")).not.toContain(product.key);
  expect(seen.join("\n")).toContain("Bearer eyJ");
  mkdirSync("dist/screenshots", { recursive: true });
  await page.screenshot({ path: "dist/screenshots/example-page.png" });
  await page.close();
});

it("says what is wrong where a page may not have what it asks for", async () => {
  const page = await browser.newPage();
  await page.route("**/token", (route) =>
    route.fulfill({ status: 401, json: { error: { message: "Please sign in." } } }),
  );
  await page.goto(address);
  await page.getByRole("button", { name: "Ask" }).click();

  await page.getByText("Please sign in.").waitFor();
  await page.close();
});
