/** Which values differ between two pieces of JSON, by their place. */
import { pathText, valueText } from "../../src/routing/map-problem.ts";

export interface Change {
  /** Such as `kinds.draft-email.deadlineSeconds`. */
  readonly at: string;
  /** `nothing` where it was not there. */
  readonly before: string;
  readonly after: string;
}

/** Lists are compared as a whole: an order is one thing. */
export function changesBetween(before: unknown, after: unknown, path: readonly string[] = []): readonly Change[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => changesBetween(before[name], after[name], [...path, name]));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ at: pathText(path), before: valueText(before, path), after: valueText(after, path) }];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
