/** What `init` writes. Nothing that is there already is lost: a map is kept beside, variables keep their values. */
import { appendFileSync, chmodSync, copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { envFileText } from "../../dev/env-file-text.ts";
import type { RoutingMap } from "../../src/routing/routing-map.ts";
import { readText } from "../read-map.ts";

export const MAP_FILE = "routes.prod.json";
export const VARIABLES_FILE = ".dev.vars";
const IGNORED = ".gitignore";

/** The name under which the map before it is kept; null: there was none. */
export function writeMap(folder: string, map: RoutingMap): string | null {
  const file = join(folder, MAP_FILE);
  let kept: string | null = null;
  if (existsSync(file)) {
    for (let number = 1; kept === null || existsSync(join(folder, kept)); number++) kept = `${MAP_FILE}.old${number}`;
    copyFileSync(file, join(folder, kept));
  }
  writeFileSync(file, `${JSON.stringify(map, null, 2)}\n`);
  return kept;
}

/** The names that were added: what is set already stays as it is. */
export function addVariables(folder: string, variables: Readonly<Record<string, string>>): readonly string[] {
  const file = join(folder, VARIABLES_FILE);
  const before = readText(file);
  const set = before.ok ? parseEnv(before.value) : {};
  const added = Object.entries(variables).filter(([name]) => !set[name]);
  const head = before.ok && before.value !== "" && !before.value.endsWith("\n") ? "\n" : "";
  const text = `${head}${envFileText(Object.fromEntries(added))}`;
  if (added.length > 0) appendFileSync(file, text.endsWith("\n") ? text : `${text}\n`, { mode: 0o600 });
  // It may have been there before, open to all.
  if (existsSync(file)) chmodSync(file, 0o600);
  return added.map(([name]) => name);
}

/** True: a line was added. */
export function ignoreVariables(folder: string): boolean {
  const file = join(folder, IGNORED);
  const before = readText(file);
  const text = before.ok ? before.value : "";
  if (text.split("\n").some((line) => /^\/?\.dev\.vars\*?$/.test(line.trim()))) return false;
  appendFileSync(file, `${text === "" || text.endsWith("\n") ? "" : "\n"}${VARIABLES_FILE}\n`);
  return true;
}
