/** What a run of the benchmark leaves behind unless it is cleared: processes and a folder. */
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Belongings {
  readonly children: Set<ChildProcess>;
  readonly folder: string;
}

/** They are cleared at the end of this process, whatever ends it. */
export function claimBelongings(): Belongings {
  const belongings = { children: new Set<ChildProcess>(), folder: mkdtempSync(join(tmpdir(), "lisbon-bench-")) };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));
  process.on("exit", () => {
    for (const child of belongings.children) child.kill("SIGKILL");
    rmSync(belongings.folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return belongings;
}
