import { isFields } from "./message.ts";

/**
 * Would OpenAI take this schema with `strict`? It refuses the whole request where an object is not closed or has an
 * optional field; Anthropic's strict schemas may have those.
 * https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export function fitsStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(fitsStrict);
  if (!isFields(schema)) return true;
  return isClosed(schema) && Object.values(schema).every(fitsStrict);
}

function isClosed({ type, properties, required, additionalProperties }: Readonly<Record<string, unknown>>): boolean {
  if (type !== "object") return true;
  const names = isFields(properties) ? Object.keys(properties) : [];
  return additionalProperties === false && Array.isArray(required) && names.every((name) => required.includes(name));
}
