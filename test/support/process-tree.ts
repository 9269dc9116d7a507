/** Real processes: what they have started, and whether any of it is still there. */
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** The process and everything below it. */
export function treeOf(pid: number): readonly number[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const children = new Map<number, number[]>();
  for (const row of rows) {
    const [child = 0, parent = 0] = row.trim().split(/\s+/).map(Number);
    children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const below = (each: number): number[] => [each, ...(children.get(each) ?? []).flatMap(below)];
  return below(pid);
}

/** Those of `pids` that are still alive after at most `ms`; none as soon as all have ended. */
export async function stillAlive(pids: readonly number[], ms: number): Promise<readonly number[]> {
  const until = Date.now() + ms;
  for (;;) {
    const alive = pids.filter(isAlive);
    if (alive.length === 0 || Date.now() > until) return alive;
    await sleep(50);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
