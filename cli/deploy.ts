/**
 * `lisbon deploy`: check the map, find every variable that the three Workers will
 * need, deploy the state and then the router (with `--gradual` for a share of
 * the requests), ask `/health` once and make two real calls. Nothing is deployed
 * that would come up with a route missing.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import { describeOff } from "../src/routing/describe-off.ts";
import { neededVariables } from "../src/routing/map-variables.ts";
import type { RoutingMap } from "../src/routing/routing-map.ts";
import { resolveRouting } from "../src/routing/resolve-routing.ts";
import { VARIABLES } from "../src/variables.ts";
import { askHealth } from "./ask-health.ts";
import { buildDashboard } from "./build-dashboard.ts";
import { bundleWorker, repository } from "./bundle-worker.ts";
import { mapErrorLines } from "./check.ts";
import { readEnvironment } from "./deploy-environment.ts";
import { deployGradually, percentOf, routerOf, versionHeader } from "./gradual.ts";
import { describeFindings, hasErrors, inShort } from "./lint/finding.ts";
import { lintMap } from "./lint/lint-map.ts";
import { storedSecrets, whyIncomplete } from "./missing-secrets.ts";
import type { Stored } from "./missing-secrets.ts";
import { readMapFile } from "./read-map.ts";
import { runWrangler } from "./run-wrangler.ts";
import { smokeTest } from "./smoke.ts";
import type { SmokeOptions } from "./smoke.ts";
import { configArgs, writeBundle, writeConfig } from "./deployed-workers.ts";
import type { ReadyWorker } from "./deployed-workers.ts";
import { variablesFrom } from "./variables-from.ts";
import type { Variables } from "./variables-from.ts";

const MAP = "routes.prod.json";
const MEND = `Mend the map: npx lisbon check ${MAP}`;
const SHARE = "A whole number from 1 to 99, in per cent: --gradual 10";

export interface DeployOptions extends SmokeOptions {
  readonly environment: string | undefined;
  readonly envFile?: string;
  readonly url?: string;
  /** Per cent of the requests that the router's new version gets, as it was typed. */
  readonly gradual?: string;
  readonly json?: true;
}

/** The exit code. */
export async function deploy(options: DeployOptions): Promise<number> {
  return showDeployment(await deployed(options), options);
}

/** Of a change that wrangler makes; what it says meanwhile is on stderr. */
export function showDeployment(outcome: Result<string, string>, { json }: { readonly json?: true }): 0 | 1 {
  if (json) console.log(JSON.stringify(forPrograms(outcome), null, 2));
  else if (outcome.ok) console.log(outcome.value);
  else console.error(withNext(outcome.failure));
  return outcome.ok ? 0 : 1;
}

function forPrograms(outcome: Result<string, string>): object {
  if (outcome.ok) return { ok: true, said: outcome.value };
  const message = withNext(outcome.failure);
  return { ok: false, error: { code: "not_deployed", message, next: message.slice(message.lastIndexOf("\n")).trim() } };
}

/** The last line of several says what to do; whoever has only one line is sent to the page. */
function withNext(failure: string): string {
  return failure.includes("\n") ? failure : `${failure}\ndocs/deploy.md says how it is done, and the way back.`;
}

async function deployed(options: DeployOptions): Promise<Result<string, string>> {
  const { environment, envFile, url, gradual } = options;
  const percent = gradual === undefined ? null : percentOf(gradual, 99);
  if (gradual !== undefined && percent === null) return fail(`${gradual} is no share.\n${SHARE}`);
  // wrangler names no address where it only shares out versions.
  if (percent !== null && url === undefined)
    return fail("--gradual needs an address.\nSay where it answers: --url https://…");
  const target = await readEnvironment(environment);
  if (!target.ok) return target;
  const map = soundMap();
  if (!map.ok) return map;
  const secrets = envFile === undefined ? ok({}) : variablesFrom(envFile, process.cwd());
  if (!secrets.ok) return fail(`${secrets.failure}\nName a file of NAME=value lines: --env-file .env.staging`);

  const { name, vars, workers } = target.value;
  const upload = secretsFor(map.value, secrets.value, vars);
  const known = { ...upload, ...vars };
  const wrong = wrongValues(map.value, known);
  if (wrong !== null) return fail(wrong);

  const folder = mkdtempSync(join(tmpdir(), "lisbon-"));
  try {
    const ready = workers.map((worker) => ({ ...worker, configPath: writeConfig(folder, worker) }));
    const incomplete = whyIncomplete(map.value, name, known, await storedIn(ready));
    if (incomplete !== null) return fail(incomplete);
    const uploadArgs = await bundleAll(ready, upload, folder);
    if (percent !== null && url !== undefined) {
      const version = await deployGradually(ready, percent, uploadArgs);
      if (!version.ok) return version;
      const looked = await lookAt(url, options, versionHeader(routerOf(ready).name, version.value));
      return looked.ok
        ? ok(`${looked.value}\n${percent} % of the requests. Then: npx lisbon promote ${name} 50, … 100`)
        : fail(`${looked.failure}\n${percent} % of the requests get it. Back: npx lisbon rollback ${name}`);
    }
    const out = await deployAll(ready, uploadArgs);
    if (!out.ok) return out;

    const address = url ?? /https:\/\/[\w.-]+\.workers\.dev/.exec(out.value)?.[0];
    if (address === undefined) return fail("Deployed, but wrangler named no URL.\nCheck it with: --url https://…");
    const looked = await lookAt(address, options);
    return looked.ok ? looked : fail(`${looked.failure}\nBack to the deployment before: npx lisbon rollback ${name}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the lint warns of is said and deployed; what it takes for an error is not. */
function soundMap(): Result<RoutingMap, string> {
  const read = readMapFile(MAP);
  if (!read.ok) return fail([...mapErrorLines(read.failure), MEND].join("\n"));
  const findings = lintMap(read.value, null);
  if (hasErrors(findings)) return fail(["Not deployed:", ...describeFindings(findings), MEND].join("\n"));
  if (findings.length > 0) console.error(`${MAP} has ${inShort(findings)} (npx lisbon check says why)`);
  return ok(read.value.map);
}

/** Of the file's variables those that Lisbon or the map knows: a file may hold more than a Worker should be given. */
function secretsFor(map: RoutingMap, given: Variables, vars: Variables): Variables {
  const known: ReadonlySet<string> = new Set([
    ...VARIABLES.map(({ name }) => name),
    ...neededVariables(map).flatMap(({ name, orElse }) => [name, ...orElse]),
  ]);
  return Object.fromEntries(Object.entries(given).filter(([name]) => known.has(name) && !Object.hasOwn(vars, name)));
}

/** Stored secrets cannot be read, so only what is at hand is judged. */
function wrongValues(map: RoutingMap, known: Variables): string | null {
  const wrong = resolveRouting(map, (name) => known[name]).off.filter(({ why }) => why.kind === "wrong_value");
  if (wrong.length === 0) return null;
  const lines = wrong.map(({ id, why }) => `  ${id}: ${describeOff(why)}`);
  return ["Not deployed:", ...lines, "Give them other values, in the file of --env-file."].join("\n");
}

/** One after the other: wrangler may have to renew its login. */
async function storedIn(workers: readonly ReadyWorker[]): Promise<readonly Stored[]> {
  const stored: Stored[] = [];
  for (const { name, configPath } of workers) stored.push(await storedSecrets(name, configPath));
  return stored;
}

/** `/health`, then two real calls. */
export async function lookAt(
  address: string,
  options: SmokeOptions,
  headers: Readonly<Record<string, string>> = {},
): Promise<Result<string, string>> {
  const health = await askHealth(address, headers);
  if (!health.ok) return health;
  const smoke = await smokeTest(address, options, headers);
  return smoke.ok ? ok(`${health.value}\n${smoke.value}`) : smoke;
}

/** All of them before the first upload: what cannot be bundled changes nothing. Wrangler's arguments for the secrets. */
async function bundleAll(
  workers: readonly ReadyWorker[],
  secrets: Variables,
  folder: string,
): Promise<readonly string[]> {
  await buildDashboard(repository);
  for (const { entry, configPath } of workers) {
    writeBundle(configPath, await bundleWorker({ entry: { file: entry }, minify: true }));
  }
  if (Object.keys(secrets).length === 0) return [];
  const file = join(folder, "secrets.json");
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return ["--secrets-file", file];
}

/** What wrangler said of the last one, the router, which has the address. */
async function deployAll(
  workers: readonly ReadyWorker[],
  uploadArgs: readonly string[],
): Promise<Result<string, string>> {
  const done: string[] = [];
  let out = "";
  for (const { name, configPath } of workers) {
    const run = await runWrangler(["deploy", ...configArgs(configPath), ...uploadArgs], true);
    if (!run.ok) return fail(whyUndeployed(name, done));
    done.push(name);
    out = run.out;
  }
  return ok(out);
}

function whyUndeployed(name: string, done: readonly string[]): string {
  return [
    `wrangler could not deploy ${name}; its own words are above. Nothing was asked of /health.`,
    done.length === 0
      ? "Nothing was deployed."
      : `Deployed before it: ${done.join(", ")}; ${name} is as it was. To deploy all again is safe: run the same command.`,
  ].join("\n");
}
