import "../lib/zod-words.ts";
import type * as z from "zod/mini";

/** The deepest thing that a schema found wrong: which field, and what was expected. */
export function problemOf(error: z.core.$ZodError): { readonly param: string | null; readonly reason: string } {
  const { path, message } = deepest(error.issues, []);
  const param = path.length === 0 ? null : pathText(path);
  return { param, reason: param === null ? message : `${param}: ${message}` };
}

interface Found {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** A union's issue says only "invalid input"; the branch that got furthest knows better. */
function deepest(issues: readonly z.core.$ZodIssue[], above: readonly PropertyKey[]): Found {
  let best: Found = { path: above, message: "invalid" };
  for (const issue of issues) {
    const path = [...above, ...issue.path];
    const branches = issue.code === "invalid_union" ? meantBranches(issue.errors) : [];
    const found = branches.map((branch) => deepest(branch, path)).reduce(longer, { path, message: issue.message });
    best = best.message === "invalid" ? found : longer(best, found);
  }
  return best;
}

/** Of a union's branches, those whose `type` is the one that was sent: the others only say that it is not theirs. */
function meantBranches(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly (readonly z.core.$ZodIssue[])[] {
  const meant = branches.filter((issues) => !issues.some(({ path }) => path.length === 1 && path[0] === "type"));
  return (meant.length > 0 ? meant : branches).filter((issues) => issues.length > 0);
}

function longer(first: Found, second: Found): Found {
  return second.path.length > first.path.length ? second : first;
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, at) => (typeof key === "number" ? `[${key}]` : `${at === 0 ? "" : "."}${String(key)}`))
    .join("");
}
