/**
 * A JSON schema in the dialect of Anthropic's structured outputs. As their own
 * SDKs do it, constraints that the dialect lacks (`minimum`, `pattern`, …) move
 * into the description, where the model reads them. Objects are closed, so a
 * schema whose objects may have any key cannot be said at all.
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
 */
import { isJsonObject, type JsonObject } from "../json-object.ts";

/** Null: cannot be said in this dialect. */
export function outputSchemaOf(schema: JsonObject): JsonObject | null {
  const { $defs, $ref, $schema: _dialect, ...rest } = schema;
  if (rest["definitions"] !== undefined || $ref === "#" || refersToItself($defs)) return null;
  const defs = isJsonObject($defs) ? mapSchemas($defs) : undefined;
  if (defs === null) return null;
  const shared = defs === undefined ? {} : { $defs: defs };
  if ($ref !== undefined) return { ...shared, $ref };
  const body = bodyOf(rest);
  return body === null ? null : { ...shared, ...body };
}

/** The dialect has no recursion. */
function refersToItself($defs: unknown): boolean {
  if (!isJsonObject($defs)) return false;
  return Object.entries($defs).some(([name, schema]) => JSON.stringify(schema).includes(`"#/$defs/${name}"`));
}

function bodyOf(schema: JsonObject): JsonObject | null {
  const { type, anyOf, oneOf, allOf, enum: choices, const: constant, description, title, ...constraints } = schema;
  // Several types of which one holds others: what they hold would be lost.
  if (Array.isArray(type) && (type.includes("object") || type.includes("array"))) return null;
  const shape: Record<string, unknown> = {};
  const isLiteral = isLiterals(choices) || (constant !== undefined && isPrimitive(constant));
  if (isLiterals(choices)) shape["enum"] = choices;
  if (constant !== undefined && isPrimitive(constant)) shape["const"] = constant;

  const several = Array.isArray(anyOf) ? anyOf : oneOf;
  if (Array.isArray(several)) shape["anyOf"] = several;
  else if (Array.isArray(allOf)) shape["allOf"] = allOf;
  else if (!isLiteral && type === undefined) return null;
  else if (!isLiteral) shape["type"] = type;
  for (const word of ["anyOf", "allOf"]) {
    const variants = Array.isArray(shape[word]) ? mapList(shape[word]) : undefined;
    if (variants === null) return null;
    if (variants !== undefined) shape[word] = variants;
  }

  if (title !== undefined) shape["title"] = title;
  const left = isLiteral ? constraints : withoutSupported(type, constraints, shape);
  if (left === null) return null;
  const described = descriptionOf(description, left);
  return described === undefined ? shape : { ...shape, description: described };
}

/** Moves what the dialect has for this type into `shape`; returns what is left over. Null: cannot be said. */
function withoutSupported(type: unknown, constraints: JsonObject, shape: Record<string, unknown>): JsonObject | null {
  if (type === "object") {
    const { properties, additionalProperties, required, ...left } = constraints;
    const named = isJsonObject(properties) ? properties : {};
    const takesAnyKey = Object.keys(named).length === 0 && additionalProperties !== false;
    if (takesAnyKey || isJsonObject(additionalProperties)) return null;
    const closed = mapSchemas(named);
    if (closed === null) return null;
    Object.assign(shape, { properties: closed, additionalProperties: false });
    if (required !== undefined) shape["required"] = required;
    return left;
  }
  if (type === "array") {
    const { items, minItems, ...left } = constraints;
    const one = isJsonObject(items) ? outputSchemaOf(items) : undefined;
    if (one === null) return null;
    if (one !== undefined) shape["items"] = one;
    if (minItems === 0 || minItems === 1) shape["minItems"] = minItems;
    return minItems === undefined || minItems === 0 || minItems === 1 ? left : { ...left, minItems };
  }
  const { format, ...left } = constraints;
  if (type !== "string" || typeof format !== "string" || !FORMATS.has(format)) return constraints;
  shape["format"] = format;
  return left;
}

const FORMATS: ReadonlySet<string> = new Set(
  "date-time time date duration email hostname uri ipv4 ipv6 uuid".split(" "),
);

function descriptionOf(description: unknown, left: JsonObject): unknown {
  const entries = Object.entries(left);
  if (entries.length === 0) return description;
  const words = `{${entries.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(", ")}}`;
  return typeof description === "string" && description !== "" ? `${description}\n\n${words}` : words;
}

function mapSchemas(schemas: JsonObject): JsonObject | null {
  const names = Object.keys(schemas);
  const mapped = mapList(Object.values(schemas));
  return mapped === null ? null : Object.fromEntries(names.map((name, at) => [name, mapped[at]]));
}

function mapList(schemas: readonly unknown[]): readonly JsonObject[] | null {
  const mapped: JsonObject[] = [];
  for (const schema of schemas) {
    const one = isJsonObject(schema) ? outputSchemaOf(schema) : null;
    if (one === null) return null;
    mapped.push(one);
  }
  return mapped;
}

function isLiterals(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isPrimitive);
}

function isPrimitive(value: unknown): boolean {
  return value === null || typeof value !== "object";
}
