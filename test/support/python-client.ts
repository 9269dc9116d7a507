/** `clients/python` as a service has it: installed by pip, in a process of its own. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { repository } from "./isolate-bundle.ts";
import { oncePerRun } from "./once-per-run.ts";

export const clientFolder = resolve(repository, "clients/python");

/**
 * The folder for `PYTHONPATH`, the same for all test files of a run. Without the network: what builds it, and the one
 * package that it needs, are in `requirements.txt`.
 */
export function installedClient(python: string): Promise<string> {
  return oncePerRun(["the Python client", python], (folder) => install(python, folder));
}

async function install(python: string, folder: string): Promise<string> {
  const path = mkdtempSync(join(folder, "lisbon-python-client-"));
  const quietly = ["--quiet", "--disable-pip-version-check", "--no-input"];
  const offline = ["--no-index", "--no-deps", "--no-build-isolation"];
  await promisify(execFile)(python, ["-m", "pip", "install", ...quietly, ...offline, "--target", path, clientFolder]);
  return path;
}

export interface ServiceCall {
  readonly do: "ask" | "stream" | "get" | "wait" | "cancel";
  readonly model?: string;
  readonly prompt?: string;
  readonly job?: string;
}

export interface ServiceSaw {
  /** Every word that was read, also where an error came after it. */
  readonly text: string;
  readonly error: { readonly name: string; readonly code: string | null; readonly job: string | null } | null;
  /** Its status. */
  readonly job: string | null;
  /** What the client logged during this call. */
  readonly log: readonly string[];
}

export interface PythonService {
  /** One call after the other. */
  call(call: ServiceCall): Promise<ServiceSaw>;
  stop(): Promise<void>;
}

/** `settings`: those of `connect`, as JSON can say them. */
export function startService(
  python: string,
  env: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, unknown>>,
): PythonService {
  const driver = resolve(repository, "test/python/client_driver.py");
  const child = spawn(python, [driver, JSON.stringify(settings)], { env, stdio: ["pipe", "pipe", "pipe"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaints = "";
  child.stderr.on("data", (piece: Buffer) => (complaints += piece.toString()));
  return {
    async call(call) {
      child.stdin.write(`${JSON.stringify(call)}\n`);
      const line = await lines.next();
      if (line.done) throw new Error(`the Python service has ended:\n${complaints}`);
      return JSON.parse(line.value);
    },
    async stop() {
      const closed = once(child, "close");
      child.stdin.end();
      await closed;
    },
  };
}
