/** Builds `dashboard/` into the static assets that `wrangler.toml` names; about a tenth of a second. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { build } from "esbuild";

/** Of the API, for programs: no part of the page. */
export const DESCRIPTION = "openapi.json";

/** What is written, by path below the folder of the assets. */
export type Assets = ReadonlyMap<string, Uint8Array>;

/** `root`: the repository's. Files that are there already are left as they are: several starts may run at a time. */
export async function buildDashboard(root: string): Promise<Assets> {
  const folder = join(root, "dashboard/dist");
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: "dashboard/src/main.tsx", out: "main" },
      { in: "dashboard/src/style.css", out: "style" },
      { in: "dashboard/src/status.ts", out: "status" },
      { in: "dashboard/src/status.css", out: "status" },
    ],
    outdir: join(folder, "dashboard"),
    write: false,
    bundle: true,
    // What is imported when it is needed is a file of its own.
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "silent",
  });
  const assets = new Map<string, Uint8Array>([
    [DESCRIPTION, readFileSync(join(root, "docs", DESCRIPTION))],
    ["dashboard.html", readFileSync(join(root, "dashboard/index.html"))],
    ...outputFiles.map(({ path, contents }) => [relative(folder, path), contents] as const),
  ]);
  mkdirSync(join(folder, "dashboard"), { recursive: true });
  for (const [path, contents] of assets) putFile(join(folder, path), contents);
  // The parts' names follow from what they hold: those of an earlier build would all be deployed too.
  for (const name of readdirSync(join(folder, "dashboard")))
    if (name.endsWith(".js") && !assets.has(join("dashboard", name))) rmSync(join(folder, "dashboard", name));
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
