/** `npm start` as a real process, with what it prints. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { canListenAt } from "../../dev/can-listen-at.ts";

export interface StartedProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Everything printed so far. */
  readonly printed: () => string;
  /** Resolves with the screen once the Worker serves; rejects when the process ends before. */
  readonly screen: Promise<string>;
  /** The exit code; null: ended by a signal. */
  readonly exit: Promise<number | null>;
}

export interface StartSettings {
  readonly args?: readonly string[];
  /** By default `node -- dev/start.ts` (without the dashes Node takes `--env-file` for itself); `["npm", "start", "--"]` goes the whole way. */
  readonly command?: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** For a second start on the same port. */
  readonly keepState?: boolean;
}

/** No provider's key of the machine's own may change what a test sees. */
const CLEAN: Readonly<Record<string, string>> = {
  PATH: process.env["PATH"] ?? "",
  HOME: process.env["HOME"] ?? "",
  NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? "",
};

export function startProcess({
  args = [],
  command = [process.execPath, "--", "dev/start.ts"],
  env,
  keepState = false,
}: StartSettings): StartedProcess {
  const [program, ...before] = command;
  const child = spawn(program, [...before, ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...CLEAN, ...env } });
  let printed = "";
  const exit = once(child, "close").then(([code]) => {
    if (!keepState) forgetState(args);
    return typeof code === "number" ? code : null;
  });
  const screen = new Promise<string>((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      printed += chunk.toString();
      if (printed.includes("Ctrl-C ends it.")) resolve(printed);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    void exit.then((code) => reject(new Error(`ended with ${code}:\n${printed}`)));
  });
  // Many tests look at the exit alone.
  screen.catch(() => undefined);
  return { child, pid: child.pid ?? 0, printed: () => printed, screen, exit };
}

/** The state of a port that no other run will use. */
function forgetState(args: readonly string[]): void {
  const port = args[args.indexOf("--port") + 1];
  if (args.includes("--port")) rmSync(stateOf(Number(port)), { recursive: true, force: true });
}

function stateOf(port: number): string {
  return `.wrangler/lisbon/port-${port}`;
}

/** Below what systems hand out by themselves (from 32768 on Linux, 49152 elsewhere). */
const FIRST_PORT = 12_000;
const PORTS_OF_A_WORKER = 1_000;
const WORKERS = 20;
let nextPort = Math.floor(Math.random() * PORTS_OF_A_WORKER);

/**
 * Free, and nobody else's until it is listened at, seconds later: not one of those that the system gives to whoever
 * listens or connects meanwhile, but the next of this worker's own.
 */
export async function freePort(): Promise<number> {
  const worker = Number(process.env["VITEST_POOL_ID"] ?? 0) % WORKERS;
  for (let tries = 0; tries < PORTS_OF_A_WORKER; tries++) {
    const port = FIRST_PORT + worker * PORTS_OF_A_WORKER + (nextPort++ % PORTS_OF_A_WORKER);
    // A run that was cut off may have left its state, which the next start on this port would take for its own.
    if (!existsSync(stateOf(port)) && (await canListenAt(port))) return port;
  }
  throw new Error("none of this worker's ports is free");
}
