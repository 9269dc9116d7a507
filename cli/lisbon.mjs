#!/usr/bin/env node
/**
 * The `lisbon` command. The rest is TypeScript, which Node runs by itself from
 * 22.18 on: an older one hands over to the Node that comes with the packages.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const ownNode = fileURLToPath(new URL("../node_modules/.bin/node", import.meta.url));

if (process.features.typescript) {
  // The next command starts from what this one has compiled.
  module.enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/lisbon-compiled", import.meta.url)));
  await import("./main.ts");
} else if (existsSync(ownNode)) {
  const settings = { stdio: "inherit", shell: process.platform === "win32" };
  // Without the dashes Node takes `--env-file` for itself.
  process.exitCode = spawnSync(ownNode, ["--", main, ...process.argv.slice(2)], settings).status ?? 1;
} else {
  console.error("The packages are missing. Run: npm ci");
  process.exitCode = 1;
}
