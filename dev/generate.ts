/**
 * Writes the files that follow from others: `routes.schema.json` (from the zod
 * schema, for editors), `docs/map.md` (from the same, for people), `docs/kinds.yaml` (from `routes.prod.json`, for people),
 * `.dev.vars.example` (from `src/variables.ts`) and `docs/openapi.json` (from
 * `src/app.ts` and the schemas of what it takes). `--check` writes nothing
 * and fails when one of them is stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { describeProblem } from "../src/routing/map-problem.ts";
import { parseMap } from "../src/routing/parse-map.ts";
import { RoutingMap } from "../src/routing/routing-map.ts";
import { VARIABLES } from "../src/variables.ts";
import { kindsPage } from "./kinds-page.ts";
import { mapPage } from "./map-page.ts";

// Its types are those of Workers, so it belongs to the other of the two TypeScript projects.
const OPENAPI: string = "./openapi.ts";
const { openApi }: { readonly openApi: (errorsPage: string, version: string) => string } = await import(OPENAPI);

const PRODUCTION_MAP = "routes.prod.json";

export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

export function generatedFiles(root: URL): readonly GeneratedFile[] {
  return [
    { path: "routes.schema.json", text: schemaForEditors() },
    { path: "docs/kinds.yaml", text: kindsPage(productionMap(root)) },
    { path: ".dev.vars.example", text: exampleVariables() },
    { path: "docs/map.md", text: mapPage(z.toJSONSchema(RoutingMap, { io: "input" })) },
    { path: "docs/openapi.json", text: openApi(pageAt("docs/errors.md", root), versionOf(root)) },
  ];
}

/** The paths of those that are missing or out of date. */
export function staleFiles(root: URL): readonly string[] {
  return generatedFiles(root)
    .filter((file) => textAt(new URL(file.path, root)) !== file.text)
    .map((file) => file.path);
}

function schemaForEditors(): string {
  const schema = z.toJSONSchema(RoutingMap, { io: "input" });
  return `${JSON.stringify({ title: "Lisbon's routing map", ...schema }, null, 2)}\n`;
}

function productionMap(root: URL): RoutingMap {
  const parsed = parseMap(readFileSync(new URL(PRODUCTION_MAP, root), "utf8"), PRODUCTION_MAP);
  if (!parsed.ok) throw new Error(parsed.failure.map(describeProblem).join("\n"));
  return parsed.value;
}

function exampleVariables(): string {
  const lines = VARIABLES.map(({ name, what, where }) => `# ${what}; ${where}\n#${name}=\n`);
  return `# Copy this file to .dev.vars, take away the # before what you have, and fill it in.\n\n${lines.join("\n")}`;
}

function pageAt(path: string, root: URL): string {
  return readFileSync(new URL(path, root), "utf8");
}

function versionOf(root: URL): string {
  return z.looseObject({ version: z.string() }).parse(JSON.parse(pageAt("package.json", root))).version;
}

function textAt(file: URL): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // A file that is not there is as stale as one can be.
    return null;
  }
}

function main(root: URL): void {
  if (!process.argv.includes("--check")) {
    for (const file of generatedFiles(root)) writeFileSync(new URL(file.path, root), file.text);
    return;
  }
  const stale = staleFiles(root);
  if (stale.length === 0) return;
  console.error(`out of date: ${stale.join(", ")}; run: npm run generate`);
  process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main(new URL("../", import.meta.url));
