/** What a schema would have accepted, in words that can follow "expected". */
import "../lib/zod-words.ts";
import * as z from "zod/mini";
import { closestName } from "./closest-name.ts";

type Issue = z.core.$ZodIssue;

export function expectedBy(issue: Issue, found: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      return found === undefined ? `${withArticle(issue.expected)} (it is required)` : withArticle(issue.expected);
    case "invalid_value":
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "too_small":
      return `${issue.inclusive === false ? "more than" : "at least"} ${Number(issue.minimum)}${unitOf(issue.origin)}`;
    case "too_big":
      return `at most ${Number(issue.maximum)}${unitOf(issue.origin)}`;
    case "invalid_union":
      return issue.errors.flatMap(([first]) => (first ? [expectedBy(first, null)] : [])).join(", or ");
    // The rest are our own checks, whose messages say what was expected.
    default:
      return issue.message;
  }
}

/** For a field that the schema does not know: what was meant, or what there is. */
export function noSuchField(written: string, schema: z.core.$ZodType, path: readonly PropertyKey[]): string {
  const known = fieldsAt(schema, path);
  const near = closestName(written, known);
  return near ? `no such field; did you mean "${near}"?` : `no such field; there are ${known.join(", ")}`;
}

function withArticle(type: string): string {
  const names: Readonly<Record<string, string>> = { int: "a whole number", record: "an object", array: "a list" };
  return names[type] ?? (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);
}

function unitOf(origin: string): string {
  if (origin === "array") return " of them";
  return origin === "string" ? " characters" : "";
}

/** The names that the schema knows at `path`. */
function fieldsAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  if (schema instanceof z.ZodMiniOptional) return fieldsAt(schema.def.innerType, path);
  if (schema instanceof z.ZodMiniUnion) return schema.def.options.flatMap((option) => fieldsAt(option, path));
  const [step, ...rest] = path;
  if (schema instanceof z.ZodMiniObject) {
    if (step === undefined) return Object.keys(schema.shape);
    const field: unknown = schema.shape[String(step)];
    return field instanceof z.ZodMiniType ? fieldsAt(field, rest) : [];
  }
  if (step === undefined) return [];
  if (schema instanceof z.ZodMiniArray) return fieldsAt(schema.def.element, rest);
  if (schema instanceof z.ZodMiniRecord) return fieldsAt(schema.def.valueType, rest);
  return [];
}
