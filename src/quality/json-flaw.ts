import { validate } from "@cfworker/json-schema";
import type { Flaw } from "../domain/quality.ts";
import type { ResponseFormat } from "../openai/chat-request.ts";
import { boundedSchema } from "./bounded-schema.ts";

const MOST_CHARS = 300;

/** Null: the text is the JSON that `response_format` asks for, or nobody can say within a bounded time. */
export function jsonFlaw(text: string, format: ResponseFormat): Flaw | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return {
      check: "json",
      why: `it is not JSON: ${cause instanceof Error ? cause.message : "it does not parse"}`.slice(0, MOST_CHARS),
    };
  }
  if (format.type === "json_object") {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? null : { check: "json", why: "it is not a JSON object" };
  }
  const schema = format.type === "json_schema" ? format.json_schema.schema : undefined;
  return schema === undefined ? null : schemaFlaw(value, schema);
}

function schemaFlaw(value: unknown, schema: object): Flaw | null {
  try {
    const result = validate(value, boundedSchema(schema), "2020-12");
    if (result.valid) return null;
    // The last error is the innermost: it names the place.
    const error = result.errors.at(-1);
    const why = `it does not fit the schema: ${error?.instanceLocation ?? "#"}: ${error?.error ?? ""}`;
    return { check: "json", why: why.slice(0, MOST_CHARS) };
  } catch {
    // A schema that leads nowhere, in a circle or too far: who cannot judge finds nothing.
    return null;
  }
}
