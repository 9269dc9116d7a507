/**
 * The Worker as the isolates of a test run it: bundled once for all test files
 * of a run, each file's map put in afterwards. wrangler and esbuild are loaded
 * only by the file that makes it: that takes longer than most tests.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import type { BundleOptions } from "../../cli/bundle-worker.ts";
import { oncePerRun } from "./once-per-run.ts";

export const repository = fileURLToPath(new URL("../..", import.meta.url));

export type Entry = BundleOptions["entry"];

/** `routes`: a path. Throws where that map has an error. */
export async function bundled(options: Required<Pick<BundleOptions, "entry" | "minify" | "routes">>): Promise<string> {
  const { routes, ...bundle } = options;
  const script = await oncePerRun(["bundle", bundle], async () => {
    const { bundleWorker } = await import("../../cli/bundle-worker.ts");
    return bundleWorker({ ...bundle, withoutRoutes: true });
  });
  if (!ROUTES.test(script)) return script;
  const map = await soundMap(routes);
  return script.replace(ROUTES, (_import, name: string) => `const ${name} = ${map};`);
}

/** As esbuild writes it, minified or not. */
const ROUTES = /import ([\w$]+) from ?"#routes";/;

/** As JSON. */
function soundMap(path: string): Promise<string> {
  return oncePerRun(["map", path], async () => {
    const { refuseWrongMap } = await import("../../cli/bundle-worker.ts");
    refuseWrongMap(path);
    return JSON.stringify(JSON.parse(readFileSync(path, "utf8")));
  });
}

const Config = z.object({
  compatibilityDate: z.string(),
  compatibilityFlags: z.array(z.string()),
  /** By the name of their bindings. */
  classes: z.record(z.string(), z.string()),
});

interface BoundClass {
  readonly name: string;
  readonly class_name: string;
}

/** What `wrangler.toml` says of every Worker. */
export async function isolateConfig(): Promise<z.infer<typeof Config>> {
  const said = await oncePerRun("wrangler.toml", async () => {
    const { unstable_readConfig: readConfig } = await import("wrangler");
    const read = readConfig({ config: resolve(repository, "wrangler.toml") }, { hideWarnings: true });
    const classes = read.durable_objects.bindings.map((bound: BoundClass) => [bound.name, bound.class_name]);
    return JSON.stringify({
      compatibilityDate: read.compatibility_date ?? "",
      compatibilityFlags: read.compatibility_flags,
      classes: Object.fromEntries(classes),
    });
  });
  return Config.parse(JSON.parse(said));
}
