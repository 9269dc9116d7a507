export type JsonObject = Readonly<Record<string, unknown>>;

/** Null: no JSON, or no object. A malformed event is dropped; whether the answer is whole, its end tells. */
export function jsonObjectOf(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
