/** The Worker as one ES module, as `wrangler deploy` would upload it, with a routing map of the caller's choice. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export interface BundleOptions {
  /** A path, or source text that may import from `resolveDir`. */
  readonly entry: { readonly file: string } | { readonly source: string };
  /** The routing map that `#routes` stands for. */
  readonly routes?: string;
  readonly minify?: boolean;
}

export const repository = fileURLToPath(new URL("../..", import.meta.url));

export async function bundleWorker({ entry, routes, minify = false }: BundleOptions): Promise<string> {
  const built = await build({
    ...("file" in entry
      ? { entryPoints: [entry.file] }
      : { stdin: { contents: entry.source, resolveDir: repository, loader: "ts" } }),
    absWorkingDir: repository,
    bundle: true,
    write: false,
    minify,
    format: "esm",
    target: "es2024",
    external: ["cloudflare:*", "node:*"],
    conditions: ["workerd", "worker", "browser"],
    alias: routes === undefined ? {} : { "#routes": routes },
    logLevel: "error",
  });
  const [module] = built.outputFiles;
  if (module === undefined) throw new Error("esbuild wrote nothing");
  return module.text;
}
