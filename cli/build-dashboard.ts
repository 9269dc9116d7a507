/** Builds `dashboard/` into the static assets that `wrangler.toml` names; about a tenth of a second. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { build } from "esbuild";

/** What is written, by path below the folder of the assets. */
export type Assets = ReadonlyMap<string, Uint8Array>;

/** `root`: the repository's. Files that are there already are left as they are: several starts may run at a time. */
export async function buildDashboard(root: string): Promise<Assets> {
  const folder = join(root, "dashboard/dist");
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { main: "dashboard/src/main.tsx", style: "dashboard/src/style.css" },
    outdir: join(folder, "dashboard"),
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "silent",
  });
  const assets = new Map<string, Uint8Array>([
    ["dashboard.html", readFileSync(join(root, "dashboard/index.html"))],
    ...outputFiles.map(({ path, contents }) => [relative(folder, path), contents] as const),
  ]);
  mkdirSync(join(folder, "dashboard"), { recursive: true });
  for (const [path, contents] of assets) putFile(join(folder, path), contents);
  return assets;
}

/** Whole or not at all. */
function putFile(path: string, contents: Uint8Array): void {
  try {
    if (readFileSync(path).equals(contents)) return;
  } catch {
    // It is not there yet.
  }
  const beside = `${path}.${process.pid}.new`;
  writeFileSync(beside, contents);
  renameSync(beside, path);
}
