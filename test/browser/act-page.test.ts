/** The page of a signed link as a human meets it. Screenshots are kept in dist/screenshots, to be looked at. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { act, showAct } from "../../src/http/act.ts";
import { linkTo, signAction, type Action } from "../../src/http/action-token.ts";
import { startChromium } from "../support/chromium.ts";
import { ADMIN_KEY, operatorDeps } from "../support/operator-deps.ts";
import { JOB_ID, NIGHT_MS, parkedJob, QUESTION, type ParkedJob } from "../support/parked-job.ts";
import { serveHandler, type Served } from "../support/serve-handler.ts";

const DRAFT =
  "Ms Almeida asks for a second visit to the flat in Graça, with her brother.\n\nOpen points: the lift, and";

let served: Served;
let browser: Browser;
let job: ParkedJob;
/** `Sec-Fetch-Site` and `Origin` of each press, as the browser sent them. */
const pressed: string[] = [];

beforeAll(async () => {
  [served, browser] = await Promise.all([serveHandler(answer), startChromium()]);
});

afterAll(async () => {
  await browser.close();
  await served.stop();
});

async function answer(request: Request): Promise<Response> {
  const deps = operatorDeps({ jobs: () => job.port });
  if (new URL(request.url).pathname !== "/admin/act") return new Response(null, { status: 404 });
  if (request.method !== "POST") return await showAct(request, deps);
  pressed.push(`${request.headers.get("sec-fetch-site")} ${request.headers.get("origin")}`);
  return await act(request, deps);
}

interface Opened {
  readonly page: Page;
  readonly complaints: readonly string[];
}

async function open(
  action: Action,
  options: Parameters<Browser["newPage"]>[0] = {},
  nowMs = NIGHT_MS,
): Promise<Opened> {
  // Without JavaScript: nothing of the page may need it.
  const page = await browser.newPage({ javaScriptEnabled: false, ...options });
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  const token = await signAction({ adminKey: ADMIN_KEY, jobId: JOB_ID, action, nowMs });
  await page.goto(linkTo({ origin: served.url, token }));
  return { page, complaints };
}

const VIEWS = [
  ["phone-dark", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }],
  ["phone-light", { viewport: { width: 390, height: 844 }, colorScheme: "light" }],
  ["desktop-light", { viewport: { width: 1200, height: 900 }, colorScheme: "light" }],
  ["desktop-dark", { viewport: { width: 1200, height: 900 }, colorScheme: "dark" }],
] as const;

describe.each(VIEWS)("the page of a link on a %s", (name, options) => {
  it("answers a call, from the draft to the word that it was sent", async () => {
    job = parkedJob({ draft: DRAFT });
    const { page, complaints } = await open("answer", options);
    const box = page.getByLabel("Your answer");

    expect(await box.inputValue()).toBe(DRAFT);
    await page.screenshot({ path: `dist/screenshots/act-answer-${name}.png`, fullPage: true });
    await box.fill("Second visit, with her brother.\nShe would pay 410,000.");
    await page.getByRole("button", { name: "Send this answer" }).click();

    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Your answer was sent.");
    expect(job.changes).toEqual([
      "answered by a human, through a notice's link: Second visit, with her brother.\nShe would pay 410,000.",
    ]);
    expect(new URL(page.url()).search).toBe("");
    await page.screenshot({ path: `dist/screenshots/act-answered-${name}.png`, fullPage: true });
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("cancels a dead call", async () => {
    job = parkedJob({ view: { ...DEAD, id: JOB_ID } });
    const { page, complaints } = await open("cancel", options);
    await page.screenshot({ path: `dist/screenshots/act-cancel-${name}.png`, fullPage: true });
    await page.getByRole("button", { name: "Cancel and erase" }).click();

    expect(job.view().erased).toBe(true);
    await page.screenshot({ path: `dist/screenshots/act-cancelled-${name}.png`, fullPage: true });
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("that has expired says so", async () => {
    const { page } = await open("answer", options, NIGHT_MS - 48 * 60 * 60 * 1000);

    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("This link has expired.");
    await page.screenshot({ path: `dist/screenshots/act-expired-${name}.png`, fullPage: true });
    await page.close();
  });

  it("fits its window, however long the words are", async () => {
    const long = "x".repeat(3000);
    job = parkedJob({
      view: {
        kind: long,
        callback: { url: `https://hook.test/${long}`, state: "failed", attempts: 3, lastError: long },
      },
      request: { ...QUESTION, messages: [{ role: "user", content: long }] },
      draft: long,
    });
    const { page } = await open("answer", { ...options, javaScriptEnabled: true });

    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(options.viewport.width);
    await page.close();
  });
});

const DEAD = {
  state: "dead",
  dueAtMs: null,
  refusal: { kind: "providers_failed", failures: ["overloaded"], retryAfterMs: 30_000 },
  callback: { url: "https://crm.example.com/hooks/lisbon", state: "waiting", attempts: 0, lastError: null },
} as const;

describe("the page of a link", () => {
  it("is used by the keyboard alone", async () => {
    job = parkedJob();
    const { page } = await open("answer");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Typed, not clicked.");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Your answer was sent." }).waitFor();

    expect(job.changes).toEqual(["answered by a human, through a notice's link: Typed, not clicked."]);
    await page.close();
  });

  it("names its parts to those who do not see it", async () => {
    job = parkedJob({ draft: DRAFT });
    const { page } = await open("answer");

    for (const name of ["What was asked", "Answer it yourself", "What happened so far"]) {
      expect(await page.getByRole("region", { name }).count()).toBe(1);
    }
    await page.close();
  });

  it("runs no script of what it shows, with JavaScript on", async () => {
    const evil = `<script>document.title = "broken in"</script><img src=x onerror="document.title = 'broken in'">`;
    job = parkedJob({
      view: { kind: evil, model: evil },
      request: { ...QUESTION, messages: [{ role: "user", content: evil }] },
      draft: `</textarea>${evil}`,
    });
    const { page } = await open("answer", { javaScriptEnabled: true });

    expect(await page.title()).toBe("Lisbon: A call waits for a human");
    expect(await page.locator("script, img").count()).toBe(0);
    expect(await page.getByLabel("Your answer").inputValue()).toBe(`</textarea>${evil}`);
    await page.close();
  });

  it("is told from a foreign page by what the browser says of itself", async () => {
    job = parkedJob();
    const before = pressed.length;
    const { page } = await open("answer");
    await page.getByLabel("Your answer").fill("From the page itself.");
    await page.getByRole("button").click();
    expect(job.changes).toHaveLength(1);

    job = parkedJob();
    const token = await signAction({ adminKey: ADMIN_KEY, jobId: JOB_ID, action: "answer", nowMs: NIGHT_MS });
    const foreign = `<form method="post" action="${served.url}/admin/act"><input name="token" value="${token}"><input name="text" value="x"><button>press</button></form>`;
    await page.goto(`data:text/html,${encodeURIComponent(foreign)}`);
    await page.getByRole("button").click();
    await page.getByRole("heading", { name: "That came from another page." }).waitFor();

    expect(job.changes).toEqual([]);
    expect(pressed.slice(before)).toEqual(["same-origin null", "cross-site null"]);
    await page.close();
  });
});
