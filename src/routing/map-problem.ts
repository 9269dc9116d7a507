/** One thing that is wrong with a map: where, what stands there, and what was expected. */
export interface MapProblem {
  readonly file: string;
  /** Such as `["warm", 1, "baseUrl"]`; empty: the file as a whole. */
  readonly path: readonly PropertyKey[];
  /** What stands there, shortened and safe to print; `nothing` where a field is missing. */
  readonly value: string;
  readonly expected: string;
  /** From 1; null where the text is not at hand (a map that was bundled). */
  readonly line: number | null;
  readonly column: number | null;
}

/** One line for people, with what to do. */
export function describeProblem(problem: MapProblem): string {
  const place = problem.line === null ? problem.file : `${problem.file}:${problem.line}:${problem.column}`;
  const where = problem.path.length === 0 ? "" : ` ${pathText(problem.path)}`;
  return `${place}${where}: found ${problem.value}, expected ${problem.expected}`;
}

/** `["warm", 1, "baseUrl"]` as people write it: `warm[1].baseUrl`. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[\w$]+$/.test(String(step))) text += text === "" ? String(step) : `.${String(step)}`;
    else text += `[${JSON.stringify(String(step))}]`;
  }
  return text;
}

const LONGEST_VALUE = 80;

/** A value as it can be shown in an error. What stands where a key belongs is probably a key, and is not shown. */
export function valueText(value: unknown, path: readonly PropertyKey[]): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string" && path.at(-1) === "key") return `"${value.slice(0, 3)}…" (${value.length} characters)`;
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
