/**
 * `npm run check`: everything that can be known without running the product.
 * Each step is a line with its time; a failed one shows what it said, and the
 * others still run.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { buildDashboard, DESCRIPTION, type Assets } from "../cli/build-dashboard.ts";
import { bundleWorker } from "../cli/bundle-worker.ts";
import { mapErrorLines } from "../cli/check.ts";
import { environmentNames, readEnvironment } from "../cli/deploy-environment.ts";
import { describeFindings, hasErrors, inShort } from "../cli/lint/finding.ts";
import { lintMap } from "../cli/lint/lint-map.ts";
import { readMapFile } from "../cli/read-map.ts";
import { configArgs, writeBundle, writeConfig } from "../cli/deployed-workers.ts";
import type { DeployedWorker } from "../cli/deployed-workers.ts";
import { generatedFiles, staleFiles } from "./generate.ts";
import { missingFromLockfile } from "./locked-packages.ts";

/** DESIGN, 11: each of the two. */
const MOST_UPLOAD_KIB = 150;
/** The dashboard: a phone on a bad line waits for it. */
const MOST_PAGE_KIB = 60;
/** The machines that run this have two cores. */
const AT_A_TIME = 2;

const rootUrl = new URL("../", import.meta.url);
const root = fileURLToPath(rootUrl);

interface Step {
  readonly name: string;
  readonly run: () => Promise<Outcome> | Outcome;
}

interface Outcome {
  readonly passed: boolean;
  /** Shown beside the step's name, or below it when it failed. */
  readonly said: string;
}

/** As `lisbon deploy` makes them, by entry: the same for every environment. */
const bundles = new Map<string, Promise<string>>();

const page = buildDashboard(root);

const steps: readonly Step[] = [
  // The longest first, so that the two lanes end at about the same time.
  ...(await uploads()),
  tool("lint", "oxlint", "--type-aware"),
  tool("types of the Worker", "tsc", "-p", "tsconfig.json"),
  tool("types of the rest", "tsc", "-p", "tsconfig.node.json"),
  tool("types of the dashboard", "tsc", "-p", "dashboard/tsconfig.json"),
  { name: "dashboard", run: dashboardSize },
  tool("dead code", "knip", "--no-progress"),
  tool("format", "oxfmt", "--check"),
  { name: "generated files", run: regenerate },
  { name: "lockfile", run: lockfile },
  ...["routes.prod.json", "routes.local.json"].map((file) => ({ name: `map ${file}`, run: () => soundMap(file) })),
];

const failed = await runAll();
console.log(failed.length === 0 ? "everything is right" : `wrong: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** The names of the steps that failed. */
async function runAll(): Promise<readonly string[]> {
  const waiting = [...steps];
  const wrong: string[] = [];
  const lane = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const began = performance.now();
      const { passed, said } = await step.run();
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      console.log(
        `${passed ? "ok   " : "WRONG"} ${seconds.padStart(5)} s  ${step.name}${passed && said ? `: ${said}` : ""}`,
      );
      if (passed) continue;
      wrong.push(step.name);
      console.log(said.replaceAll(/^/gm, "        "));
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, lane));
  return wrong;
}

async function uploads(): Promise<readonly Step[]> {
  // What the configuration names must be there.
  await page;
  const environments = await Promise.all((await environmentNames()).map((name) => readEnvironment(name)));
  return environments.flatMap((environment): readonly Step[] => {
    if (!environment.ok) return [{ name: "upload", run: () => ({ passed: false, said: environment.failure }) }];
    return environment.value.workers.map((worker) => ({ name: `upload ${worker.name}`, run: () => dryRun(worker) }));
  });
}

/** What would be uploaded, and how large it is. */
async function dryRun(worker: DeployedWorker): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "lisbon-upload-"));
  const config = writeConfig(folder, worker);
  writeBundle(config, await bundled(worker.entry));
  const args = ["deploy", ...configArgs(config), "--dry-run", "--outdir", join(folder, "out")];
  const run = await command(process.execPath, ["node_modules/wrangler/bin/wrangler.js", ...args]);
  rmSync(folder, { recursive: true, force: true });
  if (!run.passed) return run;
  const size = /gzip: ([\d.]+) KiB/.exec(run.said)?.[1];
  if (size === undefined) return { passed: false, said: `wrangler named no size:\n${run.said}` };
  return { passed: Number(size) <= MOST_UPLOAD_KIB, said: `${size} KiB of at most ${MOST_UPLOAD_KIB} KiB gzip` };
}

/** What a person waits for: the page as it opens, the planner, and the spreadsheet for who asks for one. */
async function dashboardSize(): Promise<Outcome> {
  const assets = await page;
  const sizes = ["charts", "plan-page", "spreadsheet"].map((part) => ({ part, kib: loadedKib(assets, part) }));
  const said = sizes.map(({ part, kib }) => `${part} ${kib.toFixed(1)}`).join(", ");
  return {
    passed: sizes.every(({ kib }) => kib <= MOST_PAGE_KIB),
    said: `${said} of at most ${MOST_PAGE_KIB} KiB gzip`,
  };
}

/** All that is loaded with a part (`charts` for `charts-HASH.js`), what it has in common with others too. */
function loadedKib(assets: Assets, part: string): number {
  const scripts = [...assets.keys()].filter((path) => path.endsWith(".js"));
  const loaded = new Set([...assets.keys()].filter((path) => path !== DESCRIPTION && !scripts.includes(path)));
  // The spreadsheet comes by itself, long after the page.
  const first = part === "spreadsheet" ? [] : ["dashboard/main.js"];
  const waiting = [...first, scripts.find((path) => path.startsWith(`dashboard/${part}-`)) ?? `no ${part}`];
  if (part === "spreadsheet") loaded.clear();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (loaded.has(path)) continue;
    const contents = assets.get(path);
    if (contents === undefined) throw new Error(`The dashboard has no ${path}.`);
    loaded.add(path);
    // Not `import(…)`: that is for later.
    for (const [, name] of Buffer.from(contents)
      .toString()
      .matchAll(/(?:from|import)"\.\/([^"]+)"/g))
      waiting.push(`dashboard/${name}`);
  }
  return [...loaded].reduce((sum, path) => sum + gzipSync(assets.get(path) ?? "").byteLength, 0) / 1024;
}

function bundled(file: string): Promise<string> {
  const bundle = bundles.get(file) ?? bundleWorker({ entry: { file }, minify: true });
  bundles.set(file, bundle);
  return bundle;
}

function tool(name: string, program: string, ...args: readonly string[]): Step {
  return { name, run: () => command(join(root, "node_modules/.bin", program), args).then(quietIfPassed) };
}

/** Stale files are written anew, and still fail: they belong into the commit. */
function regenerate(): Outcome {
  const stale = staleFiles(rootUrl);
  for (const { path, text } of generatedFiles(rootUrl)) if (stale.includes(path)) writeFileSync(join(root, path), text);
  return {
    passed: stale.length === 0,
    said: stale.map((path) => `${path} was stale; it is written anew: commit it`).join("\n"),
  };
}

function lockfile(): Outcome {
  const missing = missingFromLockfile(readFileSync(join(root, "package-lock.json"), "utf8"));
  return { passed: missing.length === 0, said: missing.map((name) => `not in package-lock.json: ${name}`).join("\n") };
}

/** As `lisbon check --map-only`; what it warns of is no reason to stop. */
function soundMap(file: string): Outcome {
  const read = readMapFile(join(root, file), file);
  if (!read.ok) return { passed: false, said: mapErrorLines(read.failure).join("\n") };
  const findings = lintMap(read.value, null);
  return hasErrors(findings)
    ? { passed: false, said: describeFindings(findings).join("\n") }
    : { passed: true, said: inShort(findings) };
}

function quietIfPassed(outcome: Outcome): Outcome {
  return outcome.passed ? { passed: true, said: "" } : outcome;
}

function command(program: string, args: readonly string[]): Promise<Outcome> {
  const env = {
    ...process.env,
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_WRITE_LOGS: "false",
    NO_COLOR: "1",
  };
  return new Promise((resolve) => {
    execFile(program, [...args], { cwd: root, env, maxBuffer: 64 * 1024 * 1024 }, (error, out, errors) => {
      resolve({ passed: error === null, said: `${out}${errors}`.trim() || (error?.message ?? "") });
    });
  });
}
