/**
 * Imported for what it does, by whatever shows a schema's own messages to
 * somebody: `zod/mini` brings no words, and says "Invalid input" of everything.
 * These are zod's English ones for the issues that our schemas can find; its own
 * list of them is 1 KiB of the upload's gzip.
 */
import * as z from "zod/mini";

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

z.config({ localeError: wordsFor });

function wordsFor(issue: RawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `Invalid input: expected ${issue.expected}, received ${typeName(issue.input)}`;
    case "invalid_value":
      return issue.values.length === 1
        ? `Invalid input: expected ${quoted(issue.values)}`
        : `Invalid option: expected one of ${quoted(issue.values)}`;
    case "too_big":
      return `Too big: expected ${issue.origin} to ${sizeOf(issue.origin, issue.inclusive === false ? "<" : "<=", issue.maximum)}`;
    case "too_small":
      return `Too small: expected ${issue.origin} to ${sizeOf(issue.origin, issue.inclusive === false ? ">" : ">=", issue.minimum)}`;
    case "unrecognized_keys":
      return `Unrecognized key${issue.keys.length > 1 ? "s" : ""}: ${issue.keys.map((key) => `"${key}"`).join(", ")}`;
    default:
      return "Invalid input";
  }
}

function typeName(input: unknown): string {
  if (Array.isArray(input)) return "array";
  if (Number.isNaN(input)) return "NaN";
  return input === null ? "null" : typeof input;
}

function quoted(values: readonly z.core.util.Primitive[]): string {
  return values.map((value) => (typeof value === "string" ? `"${value}"` : String(value))).join("|");
}

function sizeOf(origin: string, sign: string, bound: number | bigint): string {
  const unit = origin === "string" ? "characters" : "items";
  return origin === "string" || origin === "array" ? `have ${sign}${bound} ${unit}` : `be ${sign}${bound}`;
}
