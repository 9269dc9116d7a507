import type * as z from "zod/mini";
import type { Refusal } from "../domain/refusal.ts";
import { readTextWithin } from "../lib/read-text.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { problemOf } from "./schema-problem.ts";

const MAX_ADMIN_BYTES = 65_536;

/** An operator's JSON body, checked; what is wrong with it is named. */
export async function readAdminBody<Schema extends z.ZodMiniType>(
  request: Request,
  schema: Schema,
  maxBytes = MAX_ADMIN_BYTES,
): Promise<Result<z.infer<Schema>, Refusal>> {
  const text = await readTextWithin(request, maxBytes);
  if (text === null) return fail({ kind: "body_too_large", maxBytes });
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    return fail({ kind: "invalid_json", reason: cause instanceof Error ? cause.message : "unreadable" });
  }
  const parsed = schema.safeParse(body);
  return parsed.success ? ok(parsed.data) : fail({ kind: "invalid_request", ...problemOf(parsed.error) });
}
