/** Reads a routing map from a file; whatever is wrong with it comes back as lines for people. */
import { readFileSync } from "node:fs";
import { fail, ok } from "../src/lib/result.ts";
import type { Result } from "../src/lib/result.ts";
import type { MapProblem } from "../src/routing/map-problem.ts";
import { parseMap } from "../src/routing/parse-map.ts";
import type { RoutingMap } from "../src/routing/routing-map.ts";

export type MapError =
  | { readonly kind: "unreadable"; readonly message: string }
  | { readonly kind: "wrong"; readonly problems: readonly MapProblem[] };

/** A map with the text it was read from, in which a finding has its place. */
export interface MapFile {
  /** How errors call it. */
  readonly file: string;
  readonly text: string;
  readonly map: RoutingMap;
}

/** `shownAs`: how errors call the file. */
export function readMapFile(file: string, shownAs: string = file): Result<MapFile, MapError> {
  const text = readText(file);
  if (!text.ok) return fail({ kind: "unreadable", message: text.failure });
  const parsed = parseMap(text.value, shownAs);
  if (!parsed.ok) return fail({ kind: "wrong", problems: parsed.failure });
  return ok({ file: shownAs, text: text.value, map: parsed.value });
}

export function readMap(file: string): Result<RoutingMap, MapError> {
  const read = readMapFile(file);
  return read.ok ? ok(read.value.map) : read;
}

/** A file's text, or one line that says why not. */
export function readText(file: string): Result<string, string> {
  try {
    return ok(readFileSync(file, "utf8"));
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
    const reasons: Readonly<Record<string, string>> = { ENOENT: "there is no such file", EISDIR: "that is a folder" };
    return fail(`cannot read ${file}: ${reasons[code] ?? code}`);
  }
}
