/**
 * The two Workers that one environment of `wrangler.toml` stands for. The state
 * has the Durable Objects, their migrations and no address; the router has the
 * paths, the cron, and bindings to the state's objects. Everything else that the
 * file says goes to both. docs/decisions/2026-11-21-two-uploads.md
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What the file says of one environment. */
export interface EnvironmentConfig extends Readonly<Record<string, unknown>> {
  readonly name: string;
  readonly durable_objects: { readonly bindings: readonly Readonly<Record<string, unknown>>[] };
}

export interface DeployedWorker {
  readonly part: "state" | "router";
  readonly name: string;
  /** From the repository's root. */
  readonly entry: string;
  /** For a `wrangler.json` with the bundle beside it. */
  readonly config: Readonly<Record<string, unknown>>;
}

const BUNDLE = { main: "worker.js", no_bundle: true };

/** In the order in which they are deployed: wrangler refuses a binding to a class that is not there yet. */
export function twoWorkers(said: EnvironmentConfig): readonly [DeployedWorker, DeployedWorker] {
  const { assets, migrations, triggers, route, routes, workers_dev, preview_urls, ...both } = said;
  const stateName = `${said.name}-state`;
  // A class of some third Worker's keeps that Worker's name.
  const bindings = said.durable_objects.bindings.map((bound) => ({ script_name: stateName, ...bound }));
  const state = { migrations, workers_dev: false, preview_urls: false };
  const router = { assets, triggers, route, routes, workers_dev, preview_urls, durable_objects: { bindings } };
  return [
    {
      part: "state",
      name: stateName,
      entry: "src/state.ts",
      config: { ...both, ...BUNDLE, ...state, name: stateName },
    },
    { part: "router", name: said.name, entry: "src/router.ts", config: { ...both, ...BUNDLE, ...router } },
  ];
}

/** In a folder of its own below `folder`, because wrangler may upload what lies beside. The path for `--config`. */
export function writeConfig(folder: string, { part, config }: DeployedWorker): string {
  const path = join(folder, part, "wrangler.json");
  mkdirSync(dirname(path));
  writeFileSync(path, JSON.stringify(config));
  return path;
}

export function writeBundle(configPath: string, bundle: string): void {
  writeFileSync(join(dirname(configPath), BUNDLE.main), bundle);
}

/** The file has no environments, and the shell's `CLOUDFLARE_ENV` would ask for one. */
export function configArgs(configPath: string): readonly string[] {
  return ["--config", configPath, "--env", ""];
}
