/**
 * Runs `npm ci` when `node_modules` is missing or does not hold what the lockfile
 * says. Called before start, test, check and deploy, so it must run on a bare
 * Node 20: plain JavaScript, no dependencies.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 20;

const root = fileURLToPath(new URL("../", import.meta.url));

main();

function main() {
  if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
    stop(`Lisbon needs Node ${OLDEST_NODE} or newer; this is ${process.version}. Get it from https://nodejs.org`);
    return;
  }
  const reason = whyStale();
  if (reason === null) return;

  console.log(`Installing packages (${reason}) …`);
  const npm = runNpmCi();
  if (npm.status === 0) return;
  stop(`npm ci failed (${firstError(npm)}). Run it by hand to see everything: npm ci`);
}

/** Why `node_modules` is not what the lockfile says; null: it is. */
function whyStale() {
  const locked = packagesOf("package-lock.json");
  const installed = packagesOf("node_modules/.package-lock.json");
  if (installed === null) return "node_modules is missing";
  for (const [path, { version, optional }] of Object.entries(locked ?? {})) {
    if (path === "" || version === undefined) continue;
    const there = installed[path];
    // Optional packages are those of other platforms, too.
    if (there === undefined && optional) continue;
    if (there?.version !== version) return "package-lock.json has changed";
  }
  return null;
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), "utf8")).packages ?? {};
  } catch {
    // Missing or half-written: either way it says nothing about what is installed.
    return null;
  }
}

function runNpmCi() {
  const options = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const settings = { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] };
  const npm = process.env.npm_execpath;
  // When npm calls us it says where it is; `npm` itself is a shell script on Windows.
  if (npm?.endsWith(".js")) return spawnSync(process.execPath, [npm, ...options], settings);
  return spawnSync("npm", options, { ...settings, shell: process.platform === "win32" });
}

function firstError({ error, stderr, status }) {
  const line = (stderr ?? "").split("\n").find((each) => /^npm (error|ERR!) (?!code )/.test(each));
  return error?.message ?? line?.replace(/^npm (error|ERR!) /, "") ?? `exit code ${status}`;
}

function stop(message) {
  console.error(message);
  process.exitCode = 1;
}
