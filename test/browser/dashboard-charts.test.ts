/** The dashboard's charts and planner in a real Chromium, drawn from real calls. Screenshots are kept in dist/screenshots. */
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessibilityProblems } from "../support/accessibility.ts";
import { startChromium } from "../support/chromium.ts";
import { startSimulatedHosts, type SimulatedHosts } from "../support/simulated-hosts.ts";
import { startProduct, type Product } from "../support/started-product.ts";

let hosts: SimulatedHosts;
let product: Product;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  hosts = await startSimulatedHosts();
  [product, browser] = await Promise.all([
    startProduct({ routes: "test/fixtures/routes.dashboard.json", variables: hosts.variables }),
    startChromium(),
  ]);
  page = await open({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
});

afterAll(async () => {
  await browser.close();
  await product.stop();
  await hosts.close();
});

async function open(options: Parameters<Browser["newPage"]>[0]): Promise<Page> {
  const opened = await browser.newPage(options);
  opened.on("console", (message) => complaints.push(message.text()));
  opened.on("pageerror", (error) => complaints.push(error.message));
  await opened.goto(`${product.url}/dashboard`);
  await opened.getByLabel("Admin key").fill(product.adminKey);
  await opened.getByRole("button", { name: "Open" }).click();
  await opened.getByRole("heading", { level: 1, name: /serving/i }).waitFor();
  return opened;
}

function ask(content: string): Promise<Response> {
  return fetch(`${product.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${product.key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "auto", messages: [{ role: "user", content }] }),
  });
}

const PHONE = { viewport: { width: 390, height: 844 }, colorScheme: "dark" } as const;
const WINDOWS = [
  ["desktop", { viewport: { width: 1280, height: 900 }, colorScheme: "light" }],
  ["phone", PHONE],
] as const;

describe("the charts", () => {
  it("say so where there is nothing to draw", async () => {
    await page.getByText("No calls in the last hour yet.").waitFor();
  });

  it("are drawn anew once calls were made: who answered, who failed, when a breaker was open", async () => {
    for (let asked = 0; asked < 6; asked++) await ask(`well ${asked}`);
    hosts.one.setFault({ provider: "first", fault: "500" });
    for (let asked = 0; asked < 3; asked++) await ask(`ill ${asked}`);
    hosts.mend();

    const calls = page.getByRole("figure", { name: "Calls" });
    await calls.getByText("answered by Warm 3").waitFor();
    expect(await calls.getByRole("listitem").allInnerTexts()).toEqual(["answered by Hot 6", "answered by Warm 3"]);
    await page.getByRole("figure", { name: "Breakers open" }).getByText("When first was out").waitFor();
    expect(await page.getByRole("figure", { name: "Errors by route" }).getByRole("listitem").count()).toBe(2);
    expect(await calls.locator("canvas").count()).toBe(1);
  });

  it("show what was spent by route, beside the budget and where its pause begins", async () => {
    await page
      .getByRole("figure", { name: "Spend by route" })
      .getByText(/^first \$0\.\d+$/)
      .waitFor();
    const budgets = page.getByRole("region", { name: "Budgets" });

    await budgets.getByText(/Pauses at 80 %, \$20\.00 spent/).waitFor();
    expect(await budgets.getByRole("meter").getAttribute("aria-valuetext")).toMatch(/ % of \$25\.00$/);
  });

  it("are tables for those who cannot see them", async () => {
    await page.getByText("Calls as a table").click();
    const heads = page.getByRole("region", { name: "Calls, calls" }).getByRole("columnheader");

    await heads.first().waitFor();
    expect(await heads.allInnerTexts()).toEqual(["from", "answered by Hot", "answered by Warm"]);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByText("Calls as a table").click();
    await page.getByRole("region", { name: "Charts" }).screenshot({ path: "dist/screenshots/charts-desktop.png" });
  });

  it("show the last day too", async () => {
    await page.getByRole("button", { name: "Last day" }).click();
    await page.getByRole("figure", { name: "Calls" }).getByText("answered by Hot 6").waitFor();
    expect(await page.getByRole("button", { name: "Last day" }).getAttribute("aria-pressed")).toBe("true");
  });

  it("stand beside incidents with their exact times and what they did to calls", async () => {
    const incidents = page.getByRole("region", { name: "Incidents" });
    await incidents.getByText(/Calls saved \d+, parked 0, too late 0/).waitFor();
    expect(await incidents.locator("time").first().getAttribute("datetime")).toMatch(/^20\d\d-.*\.\d{3}Z$/);
  });

  it("fit a phone, and are accessible in the dark", async () => {
    const opened = await open(PHONE);
    await opened.getByRole("figure", { name: "Calls" }).locator("canvas").waitFor();

    const wide = await opened.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect(wide).toBeLessThanOrEqual(0);
    expect(await accessibilityProblems(opened)).toEqual([]);
    await opened.getByRole("region", { name: "Charts" }).screenshot({ path: "dist/screenshots/charts-phone.png" });
    await opened.close();
  });
});

describe("the planner", () => {
  it("has the deployed map's routes, and works out what is changed", async () => {
    await page.getByRole("link", { name: "Plan" }).click();
    await page.getByRole("heading", { name: /^A month of/ }).waitFor();
    expect(
      await page.getByRole("table", { name: "Cost by route, a month" }).getByRole("rowheader").allInnerTexts(),
    ).toEqual(["first", "claude"]);

    await page.getByLabel("monthlyRequests").fill("500000");
    await page.getByRole("heading", { name: "A month of 500,000 calls" }).waitFor();
    await page.getByLabel("streamedPercent").fill("101");
    await page.getByText("streamedPercent: expected between 0 and 100, not 101").waitFor();
    await page.getByLabel("streamedPercent").fill("80");
  });

  it("gives a spreadsheet of what is shown", async () => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download .xlsx" }).click(),
    ]);
    const file = readFileSync(await download.path());

    expect(download.suggestedFilename()).toBe("lisbon-plan.xlsx");
    // What it says is held against `lisbon plan` elsewhere; this is a whole one, made in the page.
    expect(file.subarray(0, 2).toString()).toBe("PK");
    expect(file.length).toBeGreaterThan(5_000);
  });

  it.each(WINDOWS)("fits its window and is accessible (%s)", async (name, { viewport, colorScheme }) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    if (name === "desktop") await page.getByText("Route first").click();

    const wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect(wide).toBeLessThanOrEqual(0);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.screenshot({ path: `dist/screenshots/plan-${name}.png`, fullPage: true });
  });
});

describe("the page", () => {
  it("logs nothing", () => {
    expect(complaints).toEqual([]);
  });
});
