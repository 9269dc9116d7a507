/**
 * A map's text, as the commands read it from a file: like `checkMap`, with line
 * and column. (The Worker gets its map as a value; the bundler has parsed it.)
 */
import { fail } from "../lib/result.ts";
import type { Result } from "../lib/result.ts";
import { checkMap } from "./check-map.ts";
import { lineAndColumn, placeOf, readJsonPlaces, withoutMark } from "./json-places.ts";
import type { JsonPlaces } from "./json-places.ts";
import type { MapProblem } from "./map-problem.ts";
import type { RoutingMap } from "./routing-map.ts";

export function parseMap(text: string, file: string): Result<RoutingMap, readonly MapProblem[]> {
  const json = withoutMark(text);
  const places = readJsonPlaces(json);
  if (places.error) return fail([syntaxProblem(json, places.error, file)]);

  const checked = checkMap(JSON.parse(json), file);
  const problems = [...namesTwice(places, file), ...(checked.ok ? [] : checked.failure)];
  if (checked.ok && problems.length === 0) return checked;
  return fail(problems.map((problem) => ({ ...problem, ...placeOf(problem.path, json, places) })).toSorted(byPlace));
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

function byPlace(one: MapProblem, other: MapProblem): number {
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);
}
