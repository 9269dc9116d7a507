/**
 * The Worker as one ES module, with a routing map of the caller's choice: what
 * `npm run deploy` uploads, and what the tests with several isolates and the
 * benchmark run. wrangler would bundle by itself; terser makes it smaller than
 * wrangler can. docs/decisions/2026-11-21-the-upload-is-made-here.md
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { mapErrorLines } from "./check.ts";
import { keptMembers } from "./keep-members.ts";
import { readMap } from "./read-map.ts";
import { withoutFormats } from "./without-formats.ts";

export interface BundleOptions {
  /** A path, or source text that may import from the repository's root. */
  readonly entry: { readonly file: string } | { readonly source: string };
  /** The routing map that `#routes` stands for. */
  readonly routes?: string;
  /** `#routes` stays an import, and no map is read: whoever runs the module says what it stands for. */
  readonly withoutRoutes?: boolean;
  /** As it is uploaded; takes some three seconds, the first time. */
  readonly minify?: boolean;
}

export const repository = fileURLToPath(new URL("..", import.meta.url));

/** What `standardwebhooks` brings along in JavaScript and the platform has natively, and what QStash's client brings for nothing. */
const SHIMS = Object.fromEntries(
  [
    ["fast-sha256", "fast-sha256.ts"],
    ["@stablelib/base64", "base64.ts"],
    ["neverthrow", "neverthrow.ts"],
  ].map(([name, file]) => [name, fileURLToPath(new URL(`./shims/${file}`, import.meta.url))]),
);

/** Throws where the map has an error: the Worker takes it as it is. */
export async function bundleWorker(options: BundleOptions): Promise<string> {
  const { entry, routes, withoutRoutes = false, minify = false } = options;
  if (!withoutRoutes) refuseWrongMap(routes ?? join(repository, "routes.prod.json"));
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
    external: ["cloudflare:*", "node:*", ...(withoutRoutes ? ["#routes"] : [])],
    conditions: ["workerd", "worker", "browser"],
    alias: { ...SHIMS, ...(routes !== undefined && { "#routes": routes }) },
    logLevel: "error",
    metafile: true,
    plugins: [keptMembers, withoutFormats],
  });
  const [module] = built.outputFiles;
  if (module === undefined) throw new Error("esbuild wrote nothing");
  return minify ? await smaller(module.text) : module.text;
}

/** Throws with every mistake of the map, a line for each. */
export function refuseWrongMap(path: string): void {
  const map = readMap(path);
  if (!map.ok) throw new Error(mapErrorLines(map.failure).join("\n"));
}

const TERSER_OPTIONS = { module: true, ecma: 2020, compress: { passes: 2 } } as const;

/** The same module is made smaller once: it takes seconds, and a deploy, the check and many tests want the same ones. */
async function smaller(module: string): Promise<string> {
  const made = JSON.stringify([terserVersion(), TERSER_OPTIONS, module]);
  const hash = createHash("sha256").update(made).digest("hex");
  const kept = join(repository, "node_modules/.cache/lisbon", `${hash}.js`);
  if (existsSync(kept)) return readFileSync(kept, "utf8");
  const { minify } = await import("terser");
  const { code } = await minify(module, TERSER_OPTIONS);
  if (code === undefined) throw new Error("terser wrote nothing");
  mkdirSync(dirname(kept), { recursive: true });
  // Whole or not at all: others may be looking.
  const beside = `${kept}.${process.pid}.new`;
  writeFileSync(beside, code);
  renameSync(beside, kept);
  return code;
}

function terserVersion(): string {
  return readFileSync(join(repository, "node_modules/terser/package.json"), "utf8");
}
