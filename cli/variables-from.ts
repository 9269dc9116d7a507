/** Variables out of a file such as `.dev.vars`, and those of the shell. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import { readText } from "./read-map.ts";

export type Variables = Readonly<Record<string, string>>;

const USUAL_FILE = ".dev.vars";

/** From `file`; without one from `.dev.vars` in `folder`, where there is one. */
export function variablesFrom(file: string | undefined, folder: string): Result<Variables, string> {
  const usual = join(folder, USUAL_FILE);
  if (file === undefined && !existsSync(usual)) return ok({});
  const text = readText(file ?? usual);
  if (!text.ok) return fail(text.failure);
  const found = Object.entries(parseEnv(text.value)).flatMap(([name, value]) => (value ? [[name, value]] : []));
  return ok(Object.fromEntries(found));
}

/** The shell's, with those of `variables` on top. */
export function withShell(variables: Variables): Variables {
  const shell = Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return { ...Object.fromEntries(shell), ...variables };
}
