/**
 * The three Workers that one environment of `wrangler.toml` stands for. The
 * state and the jobs have the Durable Objects, their migrations and no address;
 * the router has the paths, the cron, and bindings to all of the objects.
 * Everything else that the file says goes to each. docs/decisions/2026-11-21-three-uploads.md
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What the file says of one environment. */
export interface EnvironmentConfig extends Readonly<Record<string, unknown>> {
  readonly name: string;
  readonly durable_objects: { readonly bindings: readonly Readonly<Record<string, unknown>>[] };
}

export interface DeployedWorker {
  readonly part: "state" | "jobs" | "router";
  readonly name: string;
  /** From the repository's root. */
  readonly entry: string;
  /** For a `wrangler.json` with the bundle beside it. */
  readonly config: Readonly<Record<string, unknown>>;
}

export interface ReadyWorker extends DeployedWorker {
  readonly configPath: string;
}

const BUNDLE = { main: "worker.js", no_bundle: true };

/** The classes that run the spine, and so need what the router needs. */
const OF_JOBS: ReadonlySet<unknown> = new Set(["Job"]);

/**
 * In the order in which they are deployed: wrangler refuses a binding to a class that is not there yet. The jobs ask
 * the state's objects, and none of these asks a job.
 */
export function deployedWorkers(said: EnvironmentConfig): readonly [DeployedWorker, DeployedWorker, DeployedWorker] {
  const { assets, migrations, triggers, route, routes, workers_dev, preview_urls, ...all } = said;
  const names = { state: `${said.name}-state`, jobs: `${said.name}-jobs` };
  // A class of some third party's Worker keeps that Worker's name.
  const bindings = said.durable_objects.bindings.map((bound) => ({
    script_name: OF_JOBS.has(bound["class_name"]) ? names.jobs : names.state,
    ...bound,
  }));
  const objects = (part: "state" | "jobs"): DeployedWorker => ({
    part,
    name: names[part],
    entry: `src/${part}.ts`,
    config: {
      ...all,
      ...BUNDLE,
      migrations: migrationsOf(migrations, (name) => OF_JOBS.has(name) === (part === "jobs")),
      workers_dev: false,
      preview_urls: false,
      durable_objects: { bindings: bindings.map((bound) => ownIn(names[part], bound)) },
      name: names[part],
    },
  });
  const router = { assets, triggers, route, routes, workers_dev, preview_urls, durable_objects: { bindings } };
  return [
    objects("state"),
    objects("jobs"),
    { part: "router", name: said.name, entry: "src/router.ts", config: { ...all, ...BUNDLE, ...router } },
  ];
}

type Binding = Readonly<Record<string, unknown>>;

/** A Worker's own class is bound without the Worker's name. */
function ownIn(worker: string, { script_name: of, ...bound }: Binding): Binding {
  return of === worker ? bound : { ...bound, script_name: of };
}

/** Of each migration what concerns these classes; one that concerns none of them is left out. */
function migrationsOf(migrations: unknown, isOwn: (name: unknown) => boolean): unknown {
  if (!Array.isArray(migrations)) return migrations;
  return migrations.flatMap((migration: Binding) => {
    const { new_sqlite_classes: made } = migration;
    if (!Array.isArray(made)) return [migration];
    const own = made.filter(isOwn);
    return own.length === 0 ? [] : [{ ...migration, new_sqlite_classes: own }];
  });
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
