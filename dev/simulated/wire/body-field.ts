/** A text or boolean at the top level of a body that nobody has checked yet. */
export function bodyField(body: unknown, name: string): string | boolean | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const value: unknown = Object.entries(body).find(([key]) => key === name)?.[1];
  return typeof value === "string" || typeof value === "boolean" ? value : undefined;
}
