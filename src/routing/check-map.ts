/** A map that was read: either it is right as a whole, or everything that is wrong with it is said at once. */
import type * as z from "zod/mini";
import { fail, ok } from "../lib/result.ts";
import type { Result } from "../lib/result.ts";
import { expectedBy, noSuchField } from "./expected-text.ts";
import { findProblems } from "./find-problems.ts";
import { MapOutline } from "./map-outline.ts";
import { valueText } from "./map-problem.ts";
import type { MapProblem } from "./map-problem.ts";
import { RoutingMap } from "./routing-map.ts";

type Issue = z.core.$ZodIssue;

export function checkMap(value: unknown, file: string): Result<RoutingMap, readonly MapProblem[]> {
  const parsed = RoutingMap.safeParse(value);
  const wrongShape = parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(issue, [], value, file));
  const findings = findProblems(MapOutline.parse(value));

  if (parsed.success && findings.length === 0) return ok(parsed.data);
  return fail([...wrongShape, ...findings.map((found) => problemAt(found.path, found.value, found.expected, file))]);
}

function problemsOf(issue: Issue, above: readonly PropertyKey[], value: unknown, file: string): readonly MapProblem[] {
  const path = [...above, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const place = [...path, key];
      return problemAt(place, valueAt(value, place), noSuchField(key, RoutingMap, path), file);
    });
  }
  if (issue.code === "invalid_key") {
    return [problemAt(path, path.at(-1), issue.issues[0]?.message ?? "another name", file)];
  }
  if (issue.code === "invalid_union") {
    const inner = meantAlternative(issue.errors);
    if (inner) return inner.flatMap((deeper) => problemsOf(deeper, path, value, file));
  }
  const found = valueAt(value, path);
  return [problemAt(path, found, expectedBy(issue, found), file)];
}

/** The alternative that was meant, where one can tell: its own type fits, and only its inside is wrong. */
function meantAlternative(alternatives: readonly Issue[][]): Issue[] | null {
  const fits = (issue: Issue): boolean => issue.code === "unrecognized_keys" || issue.path.length > 0;
  return alternatives.find((issues) => issues.every(fits)) ?? null;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let here: unknown = value;
  for (const step of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = Reflect.get(here, step);
  }
  return here;
}

function problemAt(path: readonly PropertyKey[], value: unknown, expected: string, file: string): MapProblem {
  return { file, path, value: valueText(value, path), expected, line: null, column: null };
}
