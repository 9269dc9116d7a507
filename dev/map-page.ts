/** `docs/map.md`: every field of the routing map, from its schema, for people. */
import type * as z from "zod";

type Schema = z.core.JSONSchema.JSONSchema;

interface Row {
  readonly field: string;
  readonly type: string;
  readonly what: string;
}

const INTRO = `# The routing map, field by field

Made of the schema by \`npm run generate\`; editors show the same from \`routes.schema.json\`. The README says how the parts work together, [lint.md](lint.md) what lets people down. \`[]\` is each entry of a list, \`*\` each name. A field with a \`!\` must be there. \`\${VAR}\` in a value is filled in from the Worker's variables.
`;

/** The three lists hold the same, and are described once. */
const ALIKE: readonly string[] = ["warm", "smaller"];

export function mapPage(schema: Schema): string {
  const sections = Object.entries(schema.properties ?? {})
    .filter(([name]) => name !== "$schema" && !ALIKE.includes(name))
    .map(([name, of]) => section(name, schemaIn(of), schema.required?.includes(name) ?? false));
  return `${INTRO}\n${sections.join("\n")}`;
}

function section(name: string, schema: Schema, needed: boolean): string {
  const title = name === "hot" ? "`hot`, `warm`, `smaller`" : `\`${name}\``;
  const rows = rowsOf(name, schema, needed);
  const lines = rows.map(({ field, type, what }) => `| \`${field}\` | ${cell(type)} | ${cell(what)} |`);
  return [`## ${title}`, "", "| field | takes | what it is |", "| --- | --- | --- |", ...lines, ""].join("\n");
}

/** The field itself, then what is in it. */
function rowsOf(field: string, schema: Schema, needed: boolean): readonly Row[] {
  const own = { field: needed ? `${field}!` : field, type: typeOf(schema), what: schema.description ?? "" };
  return [own, ...insideOf(field, schema)];
}

function insideOf(field: string, schema: Schema): readonly Row[] {
  const { properties, items, anyOf, oneOf, additionalProperties, required = [] } = schema;
  const fields = Object.entries(properties ?? {}).flatMap(([name, of]) =>
    rowsOf(`${field}.${name}`, schemaIn(of), required.includes(name)),
  );
  const each = items === undefined || Array.isArray(items) ? [] : insideOf(`${field}[]`, schemaIn(items));
  const named = isSchema(additionalProperties) ? insideOf(`${field}.*`, additionalProperties) : [];
  const either = [...(anyOf ?? []), ...(oneOf ?? [])].flatMap((of) => insideOf(field, schemaIn(of)));
  return [...fields, ...each, ...named, ...either];
}

function typeOf(schema: Schema): string {
  const { anyOf, oneOf, enum: values, const: only, items, additionalProperties, type } = schema;
  const either = [...(anyOf ?? []), ...(oneOf ?? [])];
  if (either.length > 0) return [...new Set(either.map((of) => typeOf(schemaIn(of))))].join(" or ");
  if (only !== undefined) return `\`${JSON.stringify(only)}\``;
  if (values !== undefined) return values.map((value) => `\`${JSON.stringify(value)}\``).join(", ");
  if (type === "array")
    return `list of ${items === undefined || Array.isArray(items) ? "any" : typeOf(schemaIn(items))}`;
  if (type === "object")
    return isSchema(additionalProperties) ? `names with ${typeOf(additionalProperties)}` : "object";
  if (type === "integer") return withBounds("whole number", schema);
  return type === undefined ? "any" : withBounds([type].flat().join(" or "), schema);
}

function withBounds(type: string, { minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  const bounds = [
    exclusiveMinimum === undefined ? null : `over ${exclusiveMinimum}`,
    // What zod says of every whole number is no bound of ours.
    minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? null : `at least ${minimum}`,
    exclusiveMaximum === undefined ? null : `under ${exclusiveMaximum}`,
    maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? null : `at most ${maximum}`,
  ].filter((bound) => bound !== null);
  return bounds.length === 0 ? type : `${type}, ${bounds.join(", ")}`;
}

function isSchema(schema: Schema | boolean | undefined): schema is Schema {
  return typeof schema === "object" && Object.keys(schema).length > 0;
}

function schemaIn(schema: Schema | boolean): Schema {
  return typeof schema === "boolean" ? {} : schema;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
