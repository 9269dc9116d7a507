/**
 * The real Worker in workerd, through `wrangler dev`, as a child process. It
 * runs in a process group of its own, which is ended as a whole: nothing is
 * left behind. Of what wrangler prints only the Worker's own lines are shown;
 * everything else is kept for the case that it does not start.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";

export interface WorkerProcess {
  /** Resolves when it has ended, however that came about. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface WorkerSettings {
  readonly root: string;
  readonly port: number;
  /** A tsconfig whose paths say which map is bundled: `wrangler dev` does not heed `--alias`. */
  readonly tsconfig: string;
  readonly envFile: string;
  readonly stateFolder: string;
  /** One line of the Worker's own. */
  readonly showLine: (line: string) => void;
  /** Called at once with what ends the process, long before it serves. */
  readonly onStarting?: (stop: () => Promise<void>) => void;
}

/** It has this long to end by itself. */
const PATIENCE_MS = 3_000;

/** After an error wrangler waits for the file to be mended, for ever. It has this long to say all of it, or to serve after all. */
const LAST_WORDS_MS = 1_000;

/** Resolves when the Worker serves; otherwise, when wrangler has ended or could not build it, with what wrangler said. */
export async function startWorker(settings: WorkerSettings): Promise<Result<WorkerProcess, string>> {
  const child = spawnWrangler(settings);
  const ended = endOf(child);
  const said: string[] = [];
  const serves = new Promise<boolean>((resolve) => {
    let ready = false;
    let failing = false;
    eachLine(child, (line) => {
      if (!ready) said.push(line);
      else if (isWorkersOwn(line)) settings.showLine(line);
      if (!ready && !failing && isError(line)) {
        failing = true;
        void Promise.race([sleep(LAST_WORDS_MS), ended]).then(() => resolve(false));
      }
      if (!line.includes("Ready on http")) return;
      ready = true;
      resolve(true);
    });
    void ended.then(() => resolve(false));
  });
  const stop = (): Promise<void> => stopGroup(child, ended);
  // A signal while it starts finds the process already there to be stopped.
  settings.onStarting?.(stop);
  if (await serves) return ok({ ended, stop });
  await stop();
  return fail(said.join("\n").trim() || "wrangler ended without a word");
}

function spawnWrangler({ root, port, tsconfig, envFile, stateFolder }: WorkerSettings): ChildProcess {
  const wrangler = fileURLToPath(new URL("../node_modules/wrangler/wrangler-dist/cli.js", import.meta.url));
  const guard = new URL("./end-with-parent.mjs", import.meta.url).href;
  const args = ["dev", "--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"];
  const files = ["--tsconfig", tsconfig, "--env-file", envFile, "--persist-to", stateFolder];
  return spawn(
    process.execPath,
    ["--no-warnings", "--import", guard, wrangler, ...args, ...files, "--show-interactive-dev-session=false"],
    {
      cwd: root,
      detached: process.platform !== "win32",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: {
        ...process.env,
        WRANGLER_SEND_METRICS: "false",
        WRANGLER_SEND_ERROR_REPORTS: "false",
        WRANGLER_HIDE_BANNER: "true",
        WRANGLER_WRITE_LOGS: "false",
        WRANGLER_REGISTRY_PATH: `${stateFolder}/registry`,
        CLOUDFLARE_CF_FETCH_ENABLED: "false",
        NPM_CONFIG_UPDATE_NOTIFIER: "false",
        // wrangler is 15 MB of JavaScript, compiled anew for every start otherwise.
        NODE_COMPILE_CACHE: join(root, "node_modules/.cache/lisbon-compiled"),
        NO_COLOR: "1",
        FORCE_COLOR: "0",
      },
    },
  );
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
}

function eachLine(child: ChildProcess, take: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on("line", (line) => take(stripVTControlCharacters(line)));
  }
}

/** Such as `✘ [ERROR] Build failed with 1 error:`. */
function isError(line: string): boolean {
  return line.includes("[ERROR]") || line.includes("Build failed");
}

/** Wrangler notes each request, each reload and what it is about to do. */
function isWorkersOwn(line: string): boolean {
  return line.trim() !== "" && !/^(\[wrangler:info\]|⎔ |Using secrets |Your Worker |Binding  |env\.)/.test(line);
}

/** Asks the group to end, and after a while does not ask any more. */
async function stopGroup(child: ChildProcess, ended: Promise<void>): Promise<void> {
  signalGroup(child, "SIGTERM");
  const patience = new AbortController();
  await Promise.race([ended, sleep(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => undefined)]);
  patience.abort();
  signalGroup(child, "SIGKILL");
  await ended;
}

function signalGroup(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // The group has ended already.
  }
}
