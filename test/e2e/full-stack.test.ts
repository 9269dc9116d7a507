/** `npm start -- --full`: Redis and QStash beside the Worker, and nothing of them left when it is gone. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { stillAlive, treeOf } from "../support/process-tree.ts";
import { freePort, type StartedProcess, startProcess } from "../support/start-process.ts";

const folder = mkdtempSync(join(tmpdir(), "lisbon-full-"));
const noKeys = join(folder, "no-keys.env");
/** A pause, and its end, are honoured within this. */
const PAUSE_MS = 5_000;

let started: StartedProcess;
let screen = "";
let url = "";

beforeAll(async () => {
  writeFileSync(noKeys, "# nothing\n");
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  started = startProcess({ args: ["--port", String(port), "--env-file", noKeys, "--full"], env: { TMPDIR: folder } });
  screen = await started.screen;
});

afterAll(async () => {
  if (started.child.exitCode === null) started.child.kill("SIGTERM");
  await started.exit;
  rmSync(folder, { recursive: true });
});

afterEach(() => paste("/del/pause_ai_tasks"));

describe("npm start -- --full", () => {
  it("serves, and says where Redis and QStash are", async () => {
    expect(await ask()).toBe(200);
    expect(screen).toMatch(
      /^Redis \((redis-server|embedded: .*)\) listens at http:\/\/127\.0\.0\.1:\d+, QStash at http:\/\/127\.0\.0\.1:\d+\.$/m,
    );
  });

  it("obeys a pause set by the line on its screen, and goes on after the other one", async () => {
    expect(paste("/set/pause_ai_tasks/1")).toContain("OK");
    await expect.poll(ask, { timeout: PAUSE_MS }).toBe(202);
    expect(paste("/v2/events")).toContain("/cold/run");
    expect(paste("/admin/jobs")).toContain('"queued"');

    paste("/del/pause_ai_tasks");
    await expect.poll(ask, { timeout: PAUSE_MS }).toBe(200);
  });

  it("leaves no process and no folder of Redis behind when it is killed outright", async () => {
    const tree = treeOf(started.pid);
    const programs = execFileSync("ps", ["-o", "args=", "-p", tree.join(",")], { encoding: "utf8" });
    started.child.kill("SIGKILL");

    await started.exit;
    if (screen.includes("Redis (redis-server)")) expect(programs).toMatch(/^redis-server /m);
    expect(await stillAlive(tree, 10_000)).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith("lisbon-redis-"))).toEqual([]);
  });
});

/** The status. A new question each time: the repeat of a parked one would find its job. */
async function ask(): Promise<number> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${/lsb_dev_[\w-]+/.exec(screen)?.[0]}` },
    body: JSON.stringify({ model: "auto", messages: [{ role: "user", content: `say: ${crypto.randomUUID()}` }] }),
  });
  await response.text();
  return response.status;
}

/** What the line on the screen with this path prints. */
function paste(path: string): string {
  const line = screen.split("\n").find((each) => each.includes(path)) ?? "false";
  return spawnSync("bash", ["-c", line], { encoding: "utf8" }).stdout;
}
