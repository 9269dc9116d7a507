/** Runs `wrangler` as npm scripts do: the one that the PATH finds first, else the project's own. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const ownFolder = fileURLToPath(new URL("../node_modules/", import.meta.url));

export interface WranglerRun {
  readonly ok: boolean;
  readonly out: string;
  /** Everything it said, for when something went wrong. */
  readonly said: string;
}

export async function runWrangler(args: readonly string[], show = false): Promise<WranglerRun> {
  const [command, ...before] = commandFor();
  const child = spawn(command, [...before, ...args], {
    stdio: ["inherit", "pipe", "pipe"],
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", WRANGLER_WRITE_LOGS: "false" },
  });
  if (show) {
    // It tells of progress; what was asked for is what the command itself says in the end.
    child.stdout.pipe(process.stderr, { end: false });
    child.stderr.pipe(process.stderr, { end: false });
  }
  const exit = new Promise<number>((resolve) => {
    child.once("error", () => resolve(127));
    child.once("close", (code) => resolve(code ?? 1));
  });
  const [out, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return {
    ok: code === 0,
    out: stripVTControlCharacters(out),
    said: stripVTControlCharacters(`${out}${errors}`).trim(),
  };
}

function commandFor(): readonly [string, ...string[]] {
  const own = join(ownFolder, "wrangler/bin/wrangler.js");
  const found = (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "wrangler"))
    .find((file) => existsSync(file));
  // The project's own wrangler needs a newer Node than the one that `env node` may find.
  return found === undefined || found.startsWith(ownFolder) ? [process.execPath, own] : [found];
}
