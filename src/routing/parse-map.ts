/**
 * A map's text, as the commands read it from a file: like `checkMap`, with line
 * and column. (The Worker gets its map as a value; the bundler has parsed it.)
 */
import { fail } from "../lib/result.ts";
import type { Result } from "../lib/result.ts";
import { checkMap } from "./check-map.ts";
import { lineAndColumn, placeKey, readJsonPlaces } from "./json-places.ts";
import type { JsonPlaces } from "./json-places.ts";
import type { MapProblem } from "./map-problem.ts";
import type { RoutingMap } from "./routing-map.ts";

export function parseMap(text: string, file: string): Result<RoutingMap, readonly MapProblem[]> {
  const json = text.replace(/^\uFEFF/, "");
  const places = readJsonPlaces(json);
  if (places.error) return fail([syntaxProblem(json, places.error, file)]);

  const checked = checkMap(JSON.parse(json), file);
  const problems = [...namesTwice(places, file), ...(checked.ok ? [] : checked.failure)];
  if (checked.ok && problems.length === 0) return checked;
  return fail(problems.map((problem) => ({ ...problem, ...placeOf(problem, json, places) })).toSorted(byPlace));
}

function syntaxProblem(json: string, error: NonNullable<JsonPlaces["error"]>, file: string): MapProblem {
  const found = json.slice(error.offset).split("\n")[0]?.trim().slice(0, 20);
  const value = found
    ? JSON.stringify(found)
    : error.offset >= json.trimEnd().length
      ? "the end of the file"
      : "the end of the line";
  return {
    file,
    path: [],
    value,
    expected: `${error.expected} (this is not JSON)`,
    ...lineAndColumn(json, error.offset),
  };
}

/** `JSON.parse` keeps the last one and says nothing. */
function namesTwice(places: JsonPlaces, file: string): readonly MapProblem[] {
  return places.twice.map((path) => ({
    file,
    path,
    value: `"${String(path.at(-1))}" twice`,
    expected: "each name once",
    line: null,
    column: null,
  }));
}

/** Its own place, or that of the nearest thing around it that is there. */
function placeOf(problem: MapProblem, json: string, places: JsonPlaces): { line: number; column: number } {
  for (let length = problem.path.length; length >= 0; length--) {
    const offset = places.offsets.get(placeKey(problem.path.slice(0, length)));
    if (offset !== undefined) return lineAndColumn(json, offset);
  }
  return { line: 1, column: 1 };
}

function byPlace(one: MapProblem, other: MapProblem): number {
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);
}
