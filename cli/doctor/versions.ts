/** Node, and the wrangler that deploys. */
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { readText } from "../read-map.ts";
import type { Looked } from "./finding.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

export function lookAtVersions(): readonly Looked[] {
  const wanted = versionIn("package.json", (read) => read.devDependencies?.["wrangler"]);
  const installed = versionIn("node_modules/wrangler/package.json", (read) => read.version);
  return [{ verdict: "ok", what: "Node", said: process.versions.node }, wranglerLine(wanted, installed)];
}

export function wranglerLine(wanted: string | undefined, installed: string | undefined): Looked {
  const what = "wrangler";
  if (installed === undefined) return { verdict: "wrong", what, said: "is not installed", next: "npm ci" };
  if (wanted === undefined || installed === wanted) return { verdict: "ok", what, said: installed };
  return { verdict: "warn", what, said: `is ${installed}, and was tested as ${wanted}`, next: "npm ci" };
}

const Package = z.looseObject({
  version: z.string().optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
});

function versionIn(file: string, pick: (read: z.infer<typeof Package>) => string | undefined): string | undefined {
  const text = readText(`${root}${file}`);
  return text.ok ? pick(Package.parse(JSON.parse(text.value))) : undefined;
}
