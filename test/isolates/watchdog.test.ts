/** The router and its watchdog as two real workerd processes, one of them killed (SIGKILL). */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gzipSync } from "node:zlib";
import { bundleWorker } from "../../cli/bundle-worker.ts";
import { sign } from "../../dev/qstash/signature.ts";
import { ADMIN } from "../support/isolate-stage.ts";
import { startIsolates, type Isolates } from "../support/isolates.ts";
import { startNoticeReceiver, type NoticeReceiver } from "../support/notice-receiver.ts";
import { stillAlive, treeOf } from "../support/process-tree.ts";
import { KEY_SECRET } from "../support/server-keys.ts";

const ROUTES = "cli/lisbon-test/routes.json";
const SIGNING_KEY = "sig_of_the_watchdog_test_0123456789";

let slack: NoticeReceiver;
let folder: string;
let router: Isolates;
let watchdog: Miniflare;
let routerPids: readonly number[];
let watchdogPids: readonly number[];

beforeAll(async () => {
  slack = await startNoticeReceiver();
  folder = mkdtempSync(join(tmpdir(), "lisbon-watchdog-"));
  [router, routerPids] = await withPids(() => startRouter(0));
  [watchdog, watchdogPids] = await withPids(() => startWatchdog(urlOf(router)));
});

afterAll(async () => {
  await Promise.allSettled([router.dispose(), watchdog.dispose(), slack.close()]);
  rmSync(folder, { recursive: true });
});

/** What was started, and the processes that it is. */
async function withPids<Started>(start: () => Promise<Started>): Promise<[Started, readonly number[]]> {
  const before = new Set(treeOf(process.pid));
  const started = await start();
  return [started, treeOf(process.pid).filter((pid) => !before.has(pid) && isWorkerd(pid))];
}

function isWorkerd(pid: number): boolean {
  // The `ps` that listed it has ended: nothing is said of it.
  const { stdout } = spawnSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" });
  return /^\S*workerd /.test(stdout);
}

/** Miniflare starts a process that has died anew, unless it is told at once that nobody wants it. */
async function kill(pids: readonly number[], { dispose }: { readonly dispose: () => Promise<void> }): Promise<void> {
  expect(pids).toHaveLength(1);
  for (const pid of pids) process.kill(pid, "SIGKILL");
  await dispose();
  expect(await stillAlive(pids, 5_000)).toEqual([]);
}

function startRouter(aheadMs: number): Promise<Isolates> {
  return startIsolates({
    count: 1,
    routes: ROUTES,
    stateFolder: folder,
    bindings: {
      CHAOS: "on",
      LISBON_CLOCK_AHEAD_MS: String(aheadMs),
      LISBON_KEY_SECRET: KEY_SECRET,
      LISBON_ADMIN_KEY: "test-admin-key",
      QSTASH_TOKEN: "qstash-token",
      QSTASH_CURRENT_SIGNING_KEY: SIGNING_KEY,
      SIM_HOT_URL: "http://127.0.0.1:9",
      SIM_KEY: "provider-key",
      SLACK_WEBHOOK_URL: `${slack.url}/router`,
    },
    onLog: () => undefined,
  });
}

async function startWatchdog(routerUrl: string): Promise<Miniflare> {
  const script = await bundleWorker({ entry: { file: "watchdog/worker.ts" }, routes: join(process.cwd(), ROUTES) });
  const started = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      modules: true,
      script,
      compatibilityDate: "2026-10-01",
      compatibilityFlags: ["nodejs_compat"],
      durableObjects: { WATCHDOG: { className: "Watchdog", useSQLite: true } },
      bindings: {
        LISBON_URL: routerUrl,
        LISBON_ADMIN_KEY: "test-admin-key",
        SLACK_WEBHOOK_URL: `${slack.url}/watchdog`,
        WATCHDOG_RETRY_SECONDS: "0.01",
      },
      handleStructuredLogs: () => undefined,
    }),
  );
  await started.ready;
  return started;
}

function urlOf({ workers: [first] }: Isolates): string {
  return first?.url ?? "";
}

async function runCron(): Promise<unknown> {
  await (await watchdog.getWorker()).scheduled({ cron: "* * * * *" });
  return await (await watchdog.dispatchFetch("http://watchdog.test/")).json();
}

async function seenBy(): Promise<unknown> {
  return await (await fetch(`${urlOf(router)}/admin/watch`, { headers: ADMIN })).json();
}

async function qstashTick(key = SIGNING_KEY): Promise<Response> {
  const url = `${urlOf(router)}/watch/tick`;
  const signature = sign(key, { url, body: new Uint8Array(), now: Date.now() });
  return await fetch(url, { method: "POST", headers: { "upstash-signature": signature } });
}

function toldByWatchdog(): readonly string[] {
  return slack.received.filter(({ path }) => path === "/watchdog").map(({ body }) => body);
}

describe("the watchdog and the router", () => {
  it("look after each other, and the watchdog says when it last ran", async () => {
    expect(await runCron()).toEqual({ last_run: expect.any(String), router_down_since: null });
    expect(await seenBy()).toMatchObject({ seen: { worker: expect.any(Number) } });
    expect(await (await qstashTick()).json()).toMatchObject({ seen: { qstash: expect.any(Number) } });
    expect(toldByWatchdog()).toEqual([]);
  });

  it("let nobody tick who is not known", async () => {
    expect((await qstashTick("somebody-elses-key-0123456789")).status).toBe(401);
    expect((await fetch(`${urlOf(router)}/watch/tick`, { method: "POST" })).status).toBe(401);
  });

  it("the router killed: the next cron tells a human, once", async () => {
    await kill(routerPids, router);
    expect(await runCron()).toMatchObject({ router_down_since: expect.any(String) });
    expect(toldByWatchdog()).toEqual([expect.stringContaining("The router does not answer")]);
    await runCron();
    expect(toldByWatchdog()).toHaveLength(1);
  });

  it("the watchdog killed: QStash's tick tells within five minutes", async () => {
    await kill(watchdogPids, { dispose: () => watchdog.dispose() });
    router = await startRouter(4.5 * 60_000);
    expect(await (await qstashTick()).json()).toMatchObject({
      findings: [{ kind: "watcher_silent", title: "The watchdog Worker is silent" }],
    });
    const notices = await (await fetch(`${urlOf(router)}/admin/notices`, { headers: ADMIN })).json();
    expect(JSON.stringify(notices)).toContain("watch:watcher:worker");
  });
});

it("the watchdog's upload stays tiny", async () => {
  const script = await bundleWorker({ entry: { file: "watchdog/worker.ts" }, minify: true });
  expect(gzipSync(script).byteLength).toBeLessThan(20 * 1024);
});
