/** The dashboard in a real Chromium: what a person sees and does. Screenshots are kept in dist/screenshots, to be looked at. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { accessibilityProblems } from "../support/accessibility.ts";
import { startChromium } from "../support/chromium.ts";
import { focused } from "../support/focused.ts";
import { isInSight } from "../support/in-sight.ts";
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
  page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`${product.url}/dashboard`);
  await page.getByLabel("Admin key").fill(product.adminKey);
  await page.getByRole("button", { name: "Open" }).click();
  await headline(/serving/i);
});

afterEach(() => hosts.mend());

afterAll(async () => {
  await browser.close();
  await product.stop();
  await hosts.close();
});

async function confirm(button: string): Promise<void> {
  await page.getByRole("dialog").getByRole("button", { name: button, exact: true }).click();
  await page.getByRole("dialog").first().waitFor({ state: "detached" });
}

function ask(model: string, content: string): Promise<Response> {
  return post("/v1/chat/completions", { model, messages: [{ role: "user", content }] }, product.key);
}

function post(path: string, body: unknown, key = product.adminKey): Promise<Response> {
  return fetch(product.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

function headline(text: RegExp): Promise<void> {
  return page.getByRole("heading", { level: 1, name: text }).waitFor();
}

describe("the dashboard", () => {
  it("asks for the admin key, and says where it was a wrong one", async () => {
    const stranger = await browser.newPage();
    await stranger.goto(`${product.url}/dashboard`);
    await stranger.getByLabel("Admin key").fill("wrong");
    await stranger.getByRole("button", { name: "Open" }).click();

    await stranger.getByRole("alert").waitFor();
    expect(await stranger.getByRole("alert").innerText()).toContain("LISBON_ADMIN_KEY");
    expect(await accessibilityProblems(stranger)).toEqual([]);
    await stranger.close();
  });

  it("shows a failing route within seconds: its squares, its breaker and why", async () => {
    hosts.one.setFault({ provider: "first", fault: "500" });
    for (let asked = 0; asked < 3; asked++) await ask("auto", `break ${asked}`);

    await headline(/Serving from backup/);

    const route = page.locator("li.route", { hasText: "first" });
    await route.getByText("server error").waitFor();
    expect(await route.getByRole("img").getAttribute("aria-label")).toMatch(/Of the last \d+ attempts [1-9]/);
    await page.screenshot({ path: "dist/screenshots/dashboard-failing.png", fullPage: true });
    hosts.mend();

    await page.getByRole("button", { name: "Close breaker of first" }).click();
    await confirm("Close breaker");
    // Until somebody is answered there, a person's word is all that there is; the isolate may hear of it a little later.
    await expect.poll(() => ask("auto", "mended").then(() => route.getByText("healthy").count())).toBe(1);
  });

  it("says at the top what is wrong, what to do next, what the watchdog has put first, and who has looked", async () => {
    await page.getByText("No watchdog has ever looked").waitFor();
    await post("/watch/tick", {});
    hosts.one.setFault({ provider: "first", fault: "credit" });
    await ask("auto", "Nobody pays");
    await expect
      .poll(async () => (await (await post("/watch/tick", {})).text()).includes('"instead":"first"'))
      .toBe(true);

    const findings = page.getByRole("region", { name: "What is wrong" });
    await findings.getByText("first:ONE_KEY is out").waitFor();
    await findings.getByText("Look at its quota").waitFor();
    await page.getByText(/lisbon watch looked \d+ s ago/).waitFor();
    const putFirst = page.getByRole("region", { name: "Put first by the watchdog" });
    await putFirst.getByText("claude is tried before first, for calls of no kind (auto)").waitFor();
    await putFirst.getByText(/^first:ONE_KEY is out.* Since \d\d:\d\d:\d\d, until .*: (1 h|59 min) more\.$/).waitFor();
    await page.locator("li.route", { hasText: "Put first by the watchdog for auto." }).waitFor();
    await page.screenshot({ path: "dist/screenshots/dashboard-findings.png" });
    await page.getByRole("button", { name: "End it for auto" }).click();
    await confirm("End it");
    await putFirst.waitFor({ state: "detached" });
    hosts.mend();
    await page.getByRole("button", { name: "Close breaker of first" }).click();
    await confirm("Close breaker");
    await findings.waitFor({ state: "detached" });
  });

  it("switches a route off and on again, each with a confirmation, by keyboard alone", async () => {
    await page.getByRole("link", { name: "Now" }).focus();
    for (const name of ["Plan", "Switch off first", "Switch off claude"]) {
      await page.keyboard.press("Tab");
      expect(await focused(page)).toBe(name);
    }
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    // What does no harm comes first.
    expect(await focused(page)).toBe("Leave it");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await focused(page)).toBe("Switch off claude");

    const route = page.locator("li.route", { hasText: "claude" });
    for (const [name, said] of [
      ["Switch on claude", "Switched off by an operator."],
      ["Switch off claude", "healthy"],
    ] as const) {
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Tab");
      await page.screenshot({ path: "dist/screenshots/dashboard-confirm.png" });
      await page.keyboard.press("Enter");
      await route.getByText(said).waitFor();
      expect(await focused(page)).toBe(name);
    }
  });

  it("says beside the button what the Worker refused, or that it does not answer, and does nothing where that is left", async () => {
    const error = { type: "api_error", code: "x", message: "The Worker's own words." };
    let status = 403;
    await page.route("**/admin/flags", (route) =>
      status === 0 ? route.abort() : route.fulfill({ status, json: { error } }),
    );
    const dialog = page.getByRole("dialog");
    await page.getByRole("button", { name: "Switch off claude" }).click();
    for (const [next, said] of [
      [403, "The Worker's own words. (403)"],
      [409, "The Worker's own words. (409)"],
      [503, "The Worker's own words. (503) It may be done or not: look before you try again."],
      [0, "The Worker does not answer. It may be done or not: look before you try again."],
    ] as const) {
      status = next;
      await dialog.getByRole("button", { name: "Switch off", exact: true }).click();
      await dialog.getByRole("alert").getByText(said, { exact: true }).waitFor();
    }
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.screenshot({ path: "dist/screenshots/dashboard-refused.png" });
    await confirm("Leave it");
    await page.unroute("**/admin/flags");

    await page.getByRole("button", { name: "Switch off claude" }).waitFor();
  });

  it("switches a flag", async () => {
    await page.getByRole("button", { name: "Switch off enable_warm_fallback" }).click();
    await confirm("Switch off");
    await page.getByText("off, switched by hand").waitFor();

    await page.getByRole("button", { name: "Switch on enable_warm_fallback" }).click();
    await confirm("Switch on");
    await page.getByText("on, switched by hand").waitFor();
  });

  it("pauses and resumes, says by whom, and shows what was parked meanwhile: read, answered by a person", async () => {
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await confirm("Pause everything");
    await headline(/Paused/);
    await page.getByText(/^Everything is paused by an operator, for/).waitFor();

    expect((await ask("auto", "What is parked? ".repeat(30))).status).toBe(202);
    const job = page.getByRole("button", { name: /^job_/ });
    await job.waitFor();
    await page.screenshot({ path: "dist/screenshots/dashboard-paused.png", fullPage: true });
    // Who is woken by it finds the way out within the first screen of a small phone.
    await page.setViewportSize({ width: 360, height: 640 });
    expect(await isInSight(page.getByRole("button", { name: "Resume everything" }))).toBe(true);
    await page.screenshot({ path: "dist/screenshots/dashboard-paused-phone.png" });
    await job.click();
    const dialog = page.getByRole("dialog", { name: /^job_/ });
    await dialog.getByText("user: What is parked?").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    for (const button of await dialog.getByRole("button").all()) expect(await isInSight(button)).toBe(true);
    await page.screenshot({ path: "dist/screenshots/dashboard-job-phone.png" });
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.screenshot({ path: "dist/screenshots/dashboard-job.png" });

    await dialog.getByLabel("Answer it yourself").fill("Your call.");
    await dialog.getByRole("button", { name: "Send answer" }).click();
    await page.getByRole("dialog", { name: "Send this answer?" }).getByRole("button", { name: "Send answer" }).click();
    await dialog.getByText("Answer, by a person").waitFor();
    // The latest first: of a long history nobody has to look for the end.
    expect(
      await dialog
        .getByRole("list", { name: /^History/ })
        .locator("li")
        .first()
        .innerText(),
    ).toContain("answered");
    await dialog.getByRole("button", { name: "Close", exact: true }).click();

    await page.getByRole("button", { name: "Resume everything" }).click();
    await confirm("Resume everything");
    await expect.poll(() => focused(page)).toMatch(/^Serving/);
  });

  it("cancels a job and retries another", async () => {
    hosts.one.setFault({ provider: "first", fault: "503" });
    hosts.three.setFault({ provider: "claude", fault: "529" });
    await ask("auto", "To be cancelled");
    await page.getByRole("button", { name: "queued 1" }).click();
    const job = page.getByRole("button", { name: /^job_/ });
    await expect.poll(() => job.count()).toBe(1);
    await job.click();
    const dialog = page.getByRole("dialog", { name: /^job_/ });
    await dialog.getByRole("button", { name: "Retry" }).click();
    await page.getByRole("dialog", { name: "Retry this job?" }).getByRole("button", { name: "Retry" }).click();
    await dialog.getByText("the operator", { exact: false }).first().waitFor();
    await dialog.getByRole("button", { name: "Cancel job" }).click();
    await page.getByRole("dialog", { name: "Cancel this job?" }).getByRole("button", { name: "Cancel job" }).click();
    await dialog.getByText("It has been erased.").waitFor();
    await dialog.getByRole("button", { name: "Close", exact: true }).click();
  });

  it("leaves a line of each change in the trail: in words, and behind it what was sent", async () => {
    const trail = page.getByRole("region", { name: "Who changed what" });

    await trail.getByText("dashboard paused everything").waitFor();
    await trail.getByText("dashboard switched enable_warm_fallback off").click();
    await trail.getByText('POST /admin/flags {"flags":{"enable_warm_fallback":false}}').waitFor();
    await trail.getByText("watchdog put claude before first for calls of no kind (auto)").waitFor();
    expect(await trail.getByText("dashboard").count()).toBeGreaterThan(4);
  });

  it.each([
    ["desktop", { viewport: { width: 1280, height: 900 }, colorScheme: "light" }],
    ["desktop-dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
    ["phone", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }],
    ["phone-light", { viewport: { width: 390, height: 844 }, colorScheme: "light" }],
  ] as const)("fits its window and is accessible (%s)", async (name, { viewport, colorScheme }) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });

    const wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect(wide).toBeLessThanOrEqual(0);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.screenshot({ path: `dist/screenshots/dashboard-${name}.png`, fullPage: true });
  });

  it("marks what it shows as old once nothing more is heard, and comes back by itself", async () => {
    await page.clock.install();
    await page.reload();
    await headline(/serving/i);
    // What is open stays open without a word, as where a phone has changed its network.
    await page.context().setOffline(true);
    await page.clock.fastForward(11_000);

    await headline(/^Not connected$/);
    await page.getByText(/Nothing heard since \d\d:\d\d:\d\d: what you see is 1\d s old/).waitFor();
    await page.getByText(/It said last: Serving/).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.screenshot({ path: "dist/screenshots/dashboard-not-connected.png" });
    await page.context().setOffline(false);
    await page.clock.fastForward(2_000);
    await page.getByText("Live", { exact: true }).waitFor();
  });

  it("logs nothing that it should not", () => {
    expect(complaints.filter((text) => !/40[139]|503|ERR_FAILED|ERR_INTERNET_DISCONNECTED/.test(text))).toEqual([]);
  });
});
