/**
 * What many test files need and is dear to make, such as the Worker's bundle:
 * the first that asks makes it, in this run and for this run only, so that it
 * is never made of older code. `run-folder.ts` makes and removes the folder.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";

const LOOK_AGAIN_MS = 25;

/**
 * `what` names everything that the text depends on, but for the code; `make` may leave files in the run's folder.
 * Throws in a project without the global set-up.
 */
export async function oncePerRun(what: unknown, make: (folder: string) => Promise<string>): Promise<string> {
  const folder: string | undefined = inject("runFolder");
  if (folder === undefined) throw new Error("vitest.config.ts has no run-folder.ts for this project");
  const kept = join(folder, createHash("sha256").update(JSON.stringify(what)).digest("hex"));
  for (;;) {
    if (existsSync(kept)) return readFileSync(kept, "utf8");
    if (isFirst(`${kept}.making`)) break;
    await sleep(LOOK_AGAIN_MS);
  }
  try {
    // Another may have made it between the two looks.
    if (existsSync(kept)) return readFileSync(kept, "utf8");
    const made = await make(folder);
    // Whole or not at all: others may be looking.
    writeFileSync(`${kept}.new`, made);
    renameSync(`${kept}.new`, kept);
    return made;
  } finally {
    rmSync(`${kept}.making`, { recursive: true, force: true });
  }
}

function isFirst(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    return false;
  }
}
