/** `${VAR}` in the map's values: found, and filled in from the environment. */
import { sameVariables } from "./provider-table.ts";

/** Looks a variable up; an empty one is as good as none. */
export type Environment = (name: string) => string | undefined;

const PLACEHOLDER = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The names of all variables in `text`, in order. */
export function placeholdersIn(text: string): readonly string[] {
  return [...text.matchAll(PLACEHOLDER)].map((match) => match[1] ?? "");
}

/** Is there a `${` that is no placeholder, such as `${my-key}` or an unclosed one? */
export function hasBrokenPlaceholder(text: string): boolean {
  return text.replaceAll(PLACEHOLDER, "").includes("${");
}

/** The text with every variable filled in; one that is not set leaves nothing, so ask for those first. */
export function fillPlaceholders(text: string, environment: Environment): string {
  return text.replaceAll(PLACEHOLDER, (_, name: string) => lookUp(name, environment)?.value ?? "");
}

export interface Found {
  /** The variable that was set: `name` itself or one that means the same. */
  readonly name: string;
  readonly value: string;
}

/** The value of a variable, or of one that means the same (`ANTHROPIC_KEY`, `ANTHROPIC_API_KEY`); null: none is set. */
export function lookUp(name: string, environment: Environment): Found | null {
  for (const candidate of sameVariables(name)) {
    const value = environment(candidate)?.trim();
    if (value) return { name: candidate, value };
  }
  return null;
}
