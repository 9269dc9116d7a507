import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lisbon-install-"));
  mkdirSync(join(folder, "dev"));
  mkdirSync(join(folder, "bin"));
  copyFileSync("dev/ensure-installed.mjs", join(folder, "dev/ensure-installed.mjs"));
  lock("package-lock.json", { a: "1.0.0", mac: { version: "1.0.0", optional: true } });
});

afterEach(() => rmSync(folder, { recursive: true }));

describe("installing what is missing", () => {
  it("runs npm ci when there is no node_modules, and says so in one line", () => {
    const run = ensureInstalled("exit 0");

    expect(run.stdout).toBe("Installing packages (node_modules is missing) …\n");
    expect(calls()).toEqual(["ci --no-audit --no-fund --loglevel=error"]);
    expect(run.status).toBe(0);
  });

  it("runs npm ci when a package is older than the lockfile wants", () => {
    lock("node_modules/.package-lock.json", { a: "0.9.0" });
    expect(ensureInstalled("exit 0").stdout).toBe("Installing packages (package-lock.json has changed) …\n");
  });

  it("does nothing and says nothing when all is there; other platforms' packages need not be", () => {
    lock("node_modules/.package-lock.json", { a: "1.0.0" });

    expect(ensureInstalled("exit 1")).toMatchObject({ stdout: "", stderr: "", status: 0 });
    expect(calls()).toEqual([]);
  });

  it("ends with 1 and npm's reason when npm fails", () => {
    const run = ensureInstalled('echo "npm error code E404" >&2; echo "npm error 404 Not Found" >&2; exit 1');

    expect(run.status).toBe(1);
    expect(run.stderr).toBe("npm ci failed (404 Not Found). Run it by hand to see everything: npm ci\n");
  });
});

function ensureInstalled(npm: string): { stdout: string; stderr: string; status: number | null } {
  const script = `#!/usr/bin/env bash\necho "$*" >> "${join(folder, "calls")}"\n${npm}\n`;
  writeFileSync(join(folder, "bin/npm"), script, { mode: 0o755 });
  const env = { PATH: `${join(folder, "bin")}${delimiter}${process.env["PATH"]}` };
  return spawnSync(process.execPath, [join(folder, "dev/ensure-installed.mjs")], { encoding: "utf8", env });
}

function calls(): readonly string[] {
  try {
    return readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
  } catch {
    // npm was never called.
    return [];
  }
}

function lock(file: string, versions: Readonly<Record<string, string | object>>): void {
  const packages = Object.entries(versions).map(([name, entry]) => [
    `node_modules/${name}`,
    typeof entry === "string" ? { version: entry } : entry,
  ]);
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  if (!file.startsWith("node_modules")) rmSync(join(folder, "node_modules"), { recursive: true });
  writeFileSync(join(folder, file), JSON.stringify({ packages: Object.fromEntries(packages) }));
}
