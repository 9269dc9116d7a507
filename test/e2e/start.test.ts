import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { stillAlive, treeOf } from "../support/process-tree.ts";
import { freePort, startProcess } from "../support/start-process.ts";
import type { StartedProcess, StartSettings } from "../support/start-process.ts";

const folder = mkdtempSync(join(tmpdir(), "lisbon-start-"));
const noKeys = join(folder, "no-keys.env");
const running: StartedProcess[] = [];

beforeAll(() => writeFileSync(noKeys, "# nothing\n"));

afterEach(async () => {
  for (const { child, exit } of running.splice(0)) {
    if (child.exitCode === null) child.kill("SIGTERM");
    await exit;
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("npm start", () => {
  it("serves with simulated providers when there is no key, and its screen can be pasted", async () => {
    const port = await freePort();
    const { screen: shown, printed } = start({ args: ["--port", String(port), "--env-file", noKeys] });
    const screen = await shown;

    expect(screen).toContain(`Lisbon serves routes.local.json at http://127.0.0.1:${port}`);
    expect(new Set(screen.match(/lsb_dev_[\w-]+/g)).size).toBe(1);
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);

    const [ask, fault] = screen.split("\n").filter((line) => line.trim().startsWith("curl -"));
    const answer = paste(ask);
    expect(answer).toContain("data: ");
    expect(answer.trim().endsWith("data: [DONE]")).toBe(true);
    paste(fault);
    expect(paste(ask).trim().endsWith("data: [DONE]")).toBe(true);
    expect(printed()).not.toContain("[wrangler");
  });

  it("starts with one provider's key, and prints which routes are off and why", async () => {
    const file = envFile("one.env", "OPENAI_API_KEY=sk-test\n");
    const args = ["--routes", "routes.prod.json", "--env-file", file, "--port", String(await freePort())];
    const screen = await start({ args }).screen;

    expect(screen).toContain("hot/anthropic/claude-sonnet-4-6: not set: ANTHROPIC_KEY or ANTHROPIC_API_KEY");
    expect(screen).toContain('warm/google/gemini-3-flash: switched off in the map ("enabled": false)');
    expect(screen).toContain("routes.prod.json has 2 warnings: no_free_route, smaller_context");
    expect(screen).not.toContain("simulated");
    expect(screen).not.toContain("sk-test");
  });

  it("bundles the map that was asked for", async () => {
    const map = join(folder, "mine.json");
    const hot = [{ id: "only-mine", provider: "mine", model: "m", baseUrl: "${MY_HOST}/v1" }];
    writeFileSync(map, JSON.stringify({ hot }));
    const port = await freePort();
    const file = envFile("mine.env", "MY_HOST=http://127.0.0.1:1/$path\n");
    await start({ args: ["--routes", map, "--env-file", file, "--port", String(port)] }).screen;

    expect(await (await fetch(`http://127.0.0.1:${port}/health`)).text()).toContain("only-mine");
  });

  const keys: (string | undefined)[] = [];

  it.each(["SIGINT", "SIGTERM"] as const)("leaves no process behind after %s", async (signal) => {
    const started = start({ args: ["--port", String(await freePort()), "--env-file", noKeys] });
    keys.push(/lsb_dev_[\w-]+/.exec(await started.screen)?.[0]);
    const tree = treeOf(started.pid);
    started.child.kill(signal);

    expect(await started.exit).toBe(0);
    expect(tree.length).toBeGreaterThan(2);
    expect(await stillAlive(tree, 10_000)).toEqual([]);
  });

  it("has shown the same key in both of these runs", () => {
    expect(keys).toEqual([keys[0], keys[0]]);
    expect(keys[0]).toMatch(/^lsb_dev_./);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("leaves no process behind when npm gets %s", async (signal) => {
    const args = ["--port", String(await freePort()), "--env-file", noKeys];
    const started = start({ command: ["npm", "start", "--"], args });
    await started.screen;
    const tree = treeOf(started.pid);
    started.child.kill(signal);

    await started.exit;
    expect(await stillAlive(tree, 10_000)).toEqual([]);
  });

  it("leaves no process behind when it is killed outright", async () => {
    const started = start({ args: ["--port", String(await freePort()), "--env-file", noKeys] });
    await started.screen;
    const tree = treeOf(started.pid);
    started.child.kill("SIGKILL");

    await started.exit;
    expect(await stillAlive(tree, 10_000)).toEqual([]);
  });

  it("leaves no process behind when it is ended while it starts", async () => {
    const started = start({ args: ["--port", String(await freePort()), "--env-file", noKeys] });
    await expect.poll(() => treeOf(started.pid).length, { timeout: 20_000 }).toBeGreaterThan(1);
    const tree = treeOf(started.pid);
    started.child.kill("SIGINT");

    expect(await started.exit).toBe(0);
    expect(await stillAlive(tree, 10_000)).toEqual([]);
  });

  it("says in one line that the port is taken", async () => {
    const port = await freePort();
    const server = createServer().listen(port, "127.0.0.1");
    const started = start({ args: ["--port", String(port), "--env-file", noKeys] });

    expect(await started.exit).toBe(1);
    expect(started.printed()).toMatch(new RegExp(`^Port ${port} is taken\\. Choose another: .*\n$`));
    server.close();
  });

  it.each([
    [["--routes", "nowhere.json"], /^cannot read .*nowhere\.json: there is no such file\n$/],
    [["--env-file", "nowhere.env"], /^cannot read nowhere\.env: there is no such file\n$/],
    [["--port", "high"], /^--port high: a port is a number from 1 to 65535\n$/],
    [["--prot", "1"], /^Unknown option '--prot'\. There are --routes FILE, --port N, --env-file FILE and --full\.\n$/],
  ])("says in one line what is wrong with %j", async (args, expected) => {
    const started = start({ args });

    expect(await started.exit).toBe(1);
    expect(started.printed()).toMatch(expected);
  });

  it("says everything that is wrong with a map before anything starts", async () => {
    const map = join(folder, "wrong.json");
    writeFileSync(map, '{\n  "hot": [{ "provider": "openai" }],\n  "order": "cheapest"\n}');
    const started = start({ args: ["--routes", map] });

    expect(await started.exit).toBe(1);
    expect(started.printed()).toContain("wrong.json:2:11 hot[0].model: found nothing");
    expect(started.printed()).toContain('wrong.json:3:3 order: found "cheapest"');
  });

  it("names every missing variable when no route is on", async () => {
    const started = start({ args: ["--routes", "routes.prod.json", "--env-file", noKeys] });

    expect(await started.exit).toBe(1);
    expect(started.printed()).toContain("routes.prod.json: no route is on.");
    expect(started.printed()).toContain("warm/openai/gpt-4o-mini: not set: OPENAI_API_KEY");
  });
});

function start(settings: StartSettings): StartedProcess {
  const started = startProcess(settings);
  running.push(started);
  return started;
}

function envFile(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function paste(line: string | undefined): string {
  return spawnSync("bash", ["-c", line ?? "false"], { encoding: "utf8" }).stdout;
}
