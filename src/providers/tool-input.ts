import { isJsonObject, type JsonObject, jsonObjectOf } from "./json-object.ts";

/**
 * The arguments of an earlier call, which OpenAI keeps as text and others as an
 * object. A model may have written what is no JSON object; it is kept under a
 * name of its own, so that the model can see what it did.
 */
export function toolInputOf(args: string): JsonObject {
  if (args.trim() === "") return {};
  return jsonObjectOf(args) ?? { rawInvalidInput: args.toWellFormed() };
}

/** A tool's result where the provider wants an object: JSON objects as they are, all else under `output`. */
export function toolOutputOf(text: string): JsonObject {
  const object = text.trimStart().startsWith("{") ? jsonObjectOf(text) : null;
  return isJsonObject(object) ? object : { output: text.toWellFormed() };
}
