/**
 * JSON with every object's keys in order: two values that mean the same give
 * the same text. For values that came out of `JSON.parse`.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isPlainObject(inner) ? sorted(inner) : inner));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Without a prototype, so that a key such as `__proto__` stays a key. */
function sorted(value: Record<string, unknown>): Record<string, unknown> {
  const inOrder: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value).toSorted()) inOrder[key] = value[key];
  return inOrder;
}
