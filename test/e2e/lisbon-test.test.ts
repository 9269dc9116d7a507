/** The Lisbon test as whoever has cloned the project runs it. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stillAlive, treeOf } from "../support/process-tree.ts";
import { startProcess } from "../support/start-process.ts";

const TWO_MINUTES_MS = 120_000;

let folder = "";

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "lisbon-test-of-the-test-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("lisbon test", () => {
  it(
    "passes every step in under two minutes, and leaves nothing behind",
    async () => {
      const began = performance.now();
      const { exit, printed } = startProcess({ command: ["npx", "lisbon", "test"], env: { TMPDIR: folder } });
      const code = await exit;

      const rows = printed()
        .split("\n")
        .filter((line) => /^\d /.test(line));
      expect(rows.filter((row) => !/^\d +\d+\.\d\d s +\d+\.\d\d s +ok /.test(row))).toEqual([]);
      expect(new Set(rows.map((row) => row[0]))).toEqual(new Set(["0", "1", "2", "3", "4"]));
      expect(printed()).toMatch(/The Lisbon test PASSED: \d+ ok, 0 missed, 0 not run, in \d+ s\.\n$/);
      expect(code).toBe(0);
      expect(performance.now() - began).toBeLessThan(TWO_MINUTES_MS);
      expect(leftIn(folder)).toEqual([]);
    },
    TWO_MINUTES_MS + 10_000,
  );

  it("leaves no process and no folder behind when it is interrupted", async () => {
    const { child, pid, exit, printed } = startProcess({
      command: [process.execPath, "cli/lisbon.mjs", "test"],
      env: { TMPDIR: folder },
    });
    await expect.poll(printed, { timeout: 40_000 }).toMatch(/^0 /m);
    const tree = treeOf(pid);
    child.kill("SIGINT");

    expect(await exit).toBe(130);
    expect(tree.length).toBeGreaterThan(3);
    expect(await stillAlive(tree, 10_000)).toEqual([]);
    expect(leftIn(folder)).toEqual([]);
  });

  it("says what it lacks for a deployment, and does not pass", async () => {
    const { exit, printed } = startProcess({
      command: [process.execPath, "cli/lisbon.mjs", "test", "--url", "http://127.0.0.1:1"],
    });

    expect(await exit).not.toBe(0);
    expect(printed()).toContain("a deployment is tested with --api-key and --admin-key");
    expect(printed()).not.toContain("PASSED");
  });
});

/** Without what npx keeps for its own next start. */
function leftIn(temporary: string): readonly string[] {
  return readdirSync(temporary).filter((name) => name !== "node-compile-cache");
}
