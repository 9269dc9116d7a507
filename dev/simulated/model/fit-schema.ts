/**
 * A value that fits a JSON Schema (or Gemini's dialect, whose types are in
 * capitals). It covers what structured outputs allow: types, properties, items,
 * enum, const, anyOf/oneOf, `$ref` within the schema, bounds and formats.
 */
import { pick } from "./pick.ts";

/** Recursive schemas end here: optional parts are left out, lists stay empty. */
const DEEPEST = 6;

export function fitSchema(schema: unknown, about: string, seed: number): unknown {
  return fit(schema, { root: schema, about, seed, depth: 0, name: "" });
}

interface Place {
  readonly root: unknown;
  readonly about: string;
  readonly seed: number;
  readonly depth: number;
  /** The property that the value is for: it tells what a string should look like. */
  readonly name: string;
}

type Node = Readonly<Record<string, unknown>>;

function fit(schema: unknown, place: Place): unknown {
  if (!isNode(schema)) return wordsFor(place);
  // A schema that requires itself has no finite value; stop rather than hang.
  if (place.depth > 4 * DEEPEST) return null;
  if (typeof schema.$ref === "string")
    return fit(resolve(schema.$ref, place.root), { ...place, depth: place.depth + 1 });
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[place.seed % schema.enum.length];
  const options = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(options)) return fit(pickOption(options, place), place);
  switch (typeOf(schema)) {
    case "object":
      return fitObject(schema, place);
    case "array":
      return fitArray(schema, place);
    case "integer":
      return numberWithin(schema, place, 1);
    case "number":
      return numberWithin(schema, place, 0.5);
    case "boolean":
      return place.seed % 2 === 0;
    case "null":
      return null;
    default:
      return stringWithin(schema, place);
  }
}

function typeOf(schema: Node): string {
  const type: unknown = Array.isArray(schema.type) ? schema.type.find((each) => each !== "null") : schema.type;
  if (typeof type === "string") return type.toLowerCase();
  if ("properties" in schema) return "object";
  return "items" in schema ? "array" : "string";
}

/** Deep down the simplest alternative is taken, so that a recursive schema ends. */
function pickOption(options: readonly unknown[], place: Place): unknown {
  if (place.depth < DEEPEST) return options[place.seed % options.length];
  return options.find((option) => isNode(option) && typeOf(option) === "null") ?? options[0];
}

function fitObject(schema: Node, place: Place): Record<string, unknown> {
  const properties = isNode(schema.properties) ? schema.properties : {};
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : Object.keys(properties);
  const kept = Object.entries(properties).filter(([name]) => place.depth < DEEPEST || required.includes(name));
  return Object.fromEntries(
    kept.map(([name, part], index) => [
      name,
      fit(part, { ...place, name, depth: place.depth + 1, seed: place.seed + index }),
    ]),
  );
}

function fitArray(schema: Node, place: Place): unknown[] {
  const least = Number(schema.minItems ?? 0);
  const most = Number(schema.maxItems ?? Number.POSITIVE_INFINITY);
  const wanted = place.depth >= DEEPEST ? least : Math.min(most, Math.max(least, 2));
  return Array.from({ length: wanted }, (_, index) =>
    fit(schema.items, { ...place, depth: place.depth + 1, seed: place.seed + index }),
  );
}

function numberWithin(schema: Node, place: Place, step: number): number {
  const least = Number(
    schema.minimum ?? Number(schema.exclusiveMinimum ?? 0) + (schema.exclusiveMinimum === undefined ? 0 : step),
  );
  const below = schema.exclusiveMaximum === undefined ? undefined : Number(schema.exclusiveMaximum) - step;
  const most = Number(schema.maximum ?? below ?? least + 40);
  const steps = Math.max(0, Math.floor((most - least) / step));
  return least + step * (place.seed % (steps + 1));
}

function stringWithin(schema: Node, place: Place): string {
  const byFormat = typeof schema.format === "string" ? FORMATS[schema.format] : undefined;
  const text = byFormat ?? wordsFor(place);
  const least = Number(schema.minLength ?? 0);
  return text.padEnd(least, ".").slice(0, Number(schema.maxLength ?? Math.max(text.length, least)));
}

const FORMATS: Readonly<Record<string, string>> = {
  "date-time": "2026-11-20T09:30:00Z",
  date: "2026-11-20",
  time: "09:30:00Z",
  email: "ana@example.com",
  uri: "https://example.com/",
  uuid: "0f8fad5b-d9cb-469f-a165-70867728950e",
};

function wordsFor(place: Place): string {
  if (/unit/iu.test(place.name)) return "celsius";
  const short = place.about.trim().split(/\s+/u).slice(0, 8).join(" ");
  return short === "" ? pick(["Lisbon", "Porto", "Faro"], place.seed) : short;
}

function resolve(reference: string, root: unknown): unknown {
  let found = root;
  for (const step of reference.replace(/^#\/?/u, "").split("/").filter(Boolean)) {
    found = isNode(found) ? found[step.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined;
  }
  return found;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
