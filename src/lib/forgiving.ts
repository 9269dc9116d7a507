import * as z from "zod/mini";

/**
 * A schema that never refuses: what does not fit is read as `instead`. The same as `z.catch`, which names zod's
 * helpers in a way that brings all of them into the bundle (2.4 KiB of gzip, docs/decisions/2026-11-21-zod-mini.md).
 */
export function forgiving<Schema extends z.core.$ZodType>(
  schema: Schema,
  instead: z.output<Schema>,
): z.ZodMiniCatch<Schema>;
// Two signatures, because the constructor does not carry the inner type through as `z.catch` does.
export function forgiving(schema: z.core.$ZodType, instead: unknown): z.ZodMiniCatch {
  return new z.ZodMiniCatch({ type: "catch", innerType: schema, catchValue: () => instead });
}
