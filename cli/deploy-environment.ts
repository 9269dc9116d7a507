/** A named environment of `wrangler.toml`: the plain variables that it sets, and the Workers that it is deployed as. */
import { dirname, join, resolve } from "node:path";
import type { Unstable_Config } from "wrangler";
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import { repository } from "./bundle-worker.ts";
import { deployedWorkers } from "./deployed-workers.ts";
import type { DeployedWorker } from "./deployed-workers.ts";
import type { Variables } from "./variables-from.ts";

const CONFIG = "wrangler.toml";
const PATH = join(repository, CONFIG);

export interface DeployEnvironment {
  readonly name: string;
  readonly vars: Variables;
  /** In the order in which they are deployed. */
  readonly workers: readonly DeployedWorker[];
}

export async function environmentNames(): Promise<readonly string[]> {
  return Object.keys((await readRaw()).env ?? {});
}

export async function readEnvironment(name: string | undefined): Promise<Result<DeployEnvironment, string>> {
  const raw = await readRaw();
  const environments = raw.env ?? {};
  const names = Object.keys(environments);
  if (name === undefined) return fail(`Deploy where?\nnpm run deploy -- ${names.join(" | ")}`);
  if (!names.includes(name))
    return fail(`There is no environment "${name}" in ${CONFIG}.\nThere are ${names.join(", ")}.`);

  const { unstable_readConfig: readConfig } = await import("wrangler");
  const resolved = readConfig({ config: PATH, env: name }, { hideWarnings: true });
  const { name: workerName, vars, durable_objects } = resolved;
  if (workerName === undefined) return fail(`${CONFIG} names no Worker.`);
  const texts = Object.entries(vars).flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : []));
  // wrangler fills in a value for every field there is; only what the file itself has is said again.
  const said = new Set([...Object.keys(raw), ...Object.keys(environments[name] ?? {})]);
  const fields = Object.fromEntries(Object.entries(resolved).filter(([field]) => said.has(field)));
  return ok({
    name,
    vars: Object.fromEntries(texts),
    workers: deployedWorkers({ ...fields, ...assetsOf(resolved), name: workerName, durable_objects }),
  });
}

/** The folder as the file names it, for a configuration that stands elsewhere. */
function assetsOf({ assets }: Pick<Unstable_Config, "assets">) {
  if (assets?.directory === undefined) return {};
  return { assets: { ...assets, directory: resolve(dirname(PATH), assets.directory) } };
}

/** Loading wrangler takes a second, which only a deploy should pay. */
async function readRaw(): Promise<{ readonly env?: Readonly<Record<string, object>> }> {
  const { experimental_readRawConfig: readRawConfig } = await import("wrangler");
  return readRawConfig({ config: PATH }, { hideWarnings: true }).rawConfig;
}
