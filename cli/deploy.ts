/**
 * `lisbon deploy`: check the map, find every variable that the Worker will
 * need, deploy, ask `/health` once. Nothing is deployed that would come up with
 * a route missing.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import { describeOff } from "../src/routing/describe-off.ts";
import { describeMissing, missingVariables, neededVariables } from "../src/routing/map-variables.ts";
import type { RoutingMap } from "../src/routing/routing-map.ts";
import { resolveRouting } from "../src/routing/resolve-routing.ts";
import { VARIABLES } from "../src/variables.ts";
import type { Variable } from "../src/variables.ts";
import { askHealth } from "./ask-health.ts";
import { bundleWorker } from "./bundle-worker.ts";
import { mapErrorLines } from "./check.ts";
import { readEnvironment } from "./deploy-environment.ts";
import { readMap } from "./read-map.ts";
import { runWrangler } from "./run-wrangler.ts";
import { variablesFrom } from "./variables-from.ts";
import type { Variables } from "./variables-from.ts";

const MAP = "routes.prod.json";

export interface DeployOptions {
  readonly environment: string | undefined;
  readonly envFile?: string;
  readonly url?: string;
}

/** The exit code. */
export async function deploy(options: DeployOptions): Promise<number> {
  const outcome = await deployed(options);
  if (outcome.ok) console.log(outcome.value);
  else console.error(outcome.failure);
  return outcome.ok ? 0 : 1;
}

async function deployed({ environment, envFile, url }: DeployOptions): Promise<Result<string, string>> {
  const target = await readEnvironment(environment);
  if (!target.ok) return target;
  const map = readMap(MAP);
  if (!map.ok) return fail(mapErrorLines(map.failure).join("\n"));
  const secrets = envFile === undefined ? ok({}) : variablesFrom(envFile, process.cwd());
  if (!secrets.ok) return secrets;

  const { name, vars } = target.value;
  const upload = secretsFor(map.value, secrets.value, vars);
  const known = { ...upload, ...vars };
  const refused = wrongValues(map.value, known) ?? whyIncomplete(map.value, name, known, await storedSecrets(name));
  if (refused !== null) return fail(refused);

  const run = await deployWith(name, upload);
  if (!run.ok) return fail("wrangler could not deploy; its own words are above. Nothing was asked of /health.");

  const address = url ?? /https:\/\/[\w.-]+\.workers\.dev/.exec(run.out)?.[0];
  if (address === undefined) return fail("Deployed, but wrangler named no URL. Check it with: --url https://…");
  return askHealth(address);
}

/** Of the file's variables those that Lisbon or the map knows: a file may hold more than a Worker should be given. */
function secretsFor(map: RoutingMap, given: Variables, vars: Variables): Variables {
  const known: ReadonlySet<string> = new Set([
    ...VARIABLES.map(({ name }) => name),
    ...neededVariables(map).flatMap(({ name, orElse }) => [name, ...orElse]),
  ]);
  return Object.fromEntries(Object.entries(given).filter(([name]) => known.has(name) && !Object.hasOwn(vars, name)));
}

/** The names of what the environment holds already, or why they could not be read. */
async function storedSecrets(environment: string): Promise<Result<readonly string[], string>> {
  const run = await runWrangler(["secret", "list", "--env", environment, "--format", "json"]);
  if (!run.ok) return fail(run.said.split("\n").find((line) => /error/i.test(line)) ?? run.said);
  try {
    const list: unknown = JSON.parse(run.out.slice(run.out.indexOf("[")));
    return ok(Array.isArray(list) ? list.flatMap((entry: { name?: unknown }) => String(entry.name)) : []);
  } catch {
    return fail("wrangler's list of secrets could not be read");
  }
}

/** Stored secrets cannot be read, so only what is at hand is judged. */
function wrongValues(map: RoutingMap, known: Variables): string | null {
  const wrong = resolveRouting(map, (name) => known[name]).off.filter(({ why }) => why.kind === "wrong_value");
  if (wrong.length === 0) return null;
  return ["Not deployed:", ...wrong.map(({ id, why }) => `  ${id}: ${describeOff(why)}`)].join("\n");
}

function whyIncomplete(
  map: RoutingMap,
  environment: string,
  known: Variables,
  stored: Result<readonly string[], string>,
): string | null {
  const set = new Set([...Object.keys(known), ...(stored.ok ? stored.value : [])]);
  const required = VARIABLES.filter((variable: Variable) => variable.required && !set.has(variable.name));
  const missing = missingVariables(map, (name) => (set.has(name) ? "set" : undefined));
  if (required.length === 0 && missing.length === 0) return null;
  return [
    `Not deployed: ${environment} lacks`,
    ...required.map(({ name, what }) => `  ${name} (${what})`),
    ...missing.map((variable) => `  ${describeMissing(variable)}`),
    ...(stored.ok ? [] : [`The secrets that ${environment} may hold could not be listed: ${stored.failure.trim()}`]),
    `Set each with: npx wrangler secret put NAME --env ${environment}`,
    `or all at once from a file: npm run deploy -- ${environment} --env-file FILE`,
    'A route that you do not want yet: "enabled": false in the map.',
  ].join("\n");
}

async function deployWith(environment: string, secrets: Variables): Promise<{ ok: boolean; out: string }> {
  const folder = mkdtempSync(join(tmpdir(), "lisbon-"));
  try {
    const worker = join(folder, "worker.js");
    writeFileSync(worker, await bundleWorker({ entry: { file: "src/index.ts" }, minify: true }));
    const args = ["deploy", worker, "--config", "wrangler.toml", "--no-bundle", "--env", environment];
    if (Object.keys(secrets).length === 0) return await runWrangler(args, true);
    const file = join(folder, "secrets.json");
    writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
    return await runWrangler([...args, "--secrets-file", file], true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
