/** `GET /` as a person sees it. Screenshots are kept in dist/screenshots, to be looked at. */
import type { Browser, Page } from "playwright-core";
import { accessibilityProblems } from "../support/accessibility.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startChromium } from "../support/chromium.ts";
import { startProduct, type Product } from "../support/started-product.ts";

let product: Product;
let browser: Browser;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct({ routes: "routes.local.json" }), startChromium()]);
});

afterAll(async () => {
  await browser.close();
  await product.stop();
});

async function open(options: Parameters<Browser["newPage"]>[0]): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(product.url);
  return { page, complaints };
}

describe.each([
  ["desktop", { viewport: { width: 1000, height: 800 }, colorScheme: "light" }],
  ["phone", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }],
] as const)("the status page on a %s", (name, options) => {
  it("says whether it is serving, what to paste, and how every route stands", async () => {
    const { page, complaints } = await open(options);

    expect(await page.title()).toBe("Lisbon: Serving. Every route is healthy.");
    expect(await page.locator("pre").innerText()).toBe(product.curl);
    expect(await page.locator("tbody tr").allInnerTexts()).toEqual([
      "hot/openai/gpt-4.1\thealthy",
      "hot/openai/gpt-4o-mini\thealthy",
      "warm/anthropic/claude-haiku-4-5\thealthy",
      "warm/google/gemini-3-flash\thealthy",
    ]);
    expect(complaints).toEqual([]);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.screenshot({ path: `dist/screenshots/status-${name}.png`, fullPage: true });
    await page.close();
  });

  it("fits its window", async () => {
    const { page } = await open(options);

    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(options.viewport.width);
    await page.close();
  });
});

describe("the status page of an ill router", () => {
  it("says so, and which route an operator switched off", async () => {
    const switched = await fetch(`${product.url}/admin/flags`, {
      method: "POST",
      headers: { authorization: `Bearer ${product.adminKey}` },
      body: JSON.stringify({ routes: { "hot/openai/gpt-4.1": false } }),
    });
    expect(switched.status).toBe(200);

    const { page } = await open({ viewport: { width: 1000, height: 800 }, timezoneId: "Asia/Tokyo" });
    expect(await page.locator("header time").innerText()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT\+9$/);
    await expect
      .poll(
        async () => {
          await page.reload();
          return await page.title();
        },
        { timeout: 5_000 },
      )
      .toBe("Lisbon: Serving. 3 of 4 routes are healthy.");
    expect(await page.locator("tbody tr").first().innerText()).toBe("hot/openai/gpt-4.1\tswitched off");
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.screenshot({ path: "dist/screenshots/status-ill.png", fullPage: true });
    await page.close();
  });

  it("is as true without a script, its times in UTC", async () => {
    const { page } = await open({ javaScriptEnabled: false });

    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Serving. 3 of 4 routes are healthy.");
    expect(await page.locator("header time").innerText()).toMatch(/UTC$/);
    await page.close();
  });

  it("says since when nobody answers, and is new again by itself", async () => {
    const page = await browser.newPage();
    await page.clock.install();
    await page.goto(product.url);
    await page.context().setOffline(true);
    await page.clock.fastForward(30_000);
    await page
      .getByRole("status")
      .getByText(/^No answer since .*: what stands below is old/)
      .waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.screenshot({ path: "dist/screenshots/status-old.png", fullPage: true });

    await page.context().setOffline(false);
    await page.clock.fastForward(30_000);
    await page.locator("main:not(.old)").waitFor();
    expect(await page.getByRole("status").innerText()).toBe("");
    await page.close();
  });
});
