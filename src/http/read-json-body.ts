import type { Refusal } from "../domain/refusal.ts";
import { isDeeperThan } from "../lib/is-deeper-than.ts";
import { readTextWithin } from "../lib/read-text.ts";
import { fail, ok, type Result } from "../lib/result.ts";

/** A caller's body as JSON that may be walked through and passed on; which fields it has is for its dialect to say. */
export async function readJsonBody(request: Request, maxBytes: number): Promise<Result<unknown, Refusal>> {
  let text: string | null;
  try {
    text = await readTextWithin(request, maxBytes);
  } catch {
    return fail({ kind: "invalid_json", reason: "the body broke off" });
  }
  if (text === null) return fail({ kind: "body_too_large", maxBytes });

  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    return fail({ kind: "invalid_json", reason: cause instanceof Error ? cause.message : "unreadable" });
  }
  const deep = tooDeepAt(body);
  if (deep !== null) {
    return fail({ kind: "invalid_request", param: deep, reason: `${deep}: nested deeper than ${MAX_LEVELS} levels` });
  }
  const lone = SURROGATE_ESCAPE.test(text) ? loneSurrogateAt(body, "") : null;
  if (lone !== null) {
    return fail({ kind: "invalid_request", param: lone, reason: `${lone}: holds half a surrogate pair` });
  }
  return ok(body);
}

/** No honest request is nested like this; whatever walks through one must not run out of stack. */
const MAX_LEVELS = 200;

function tooDeepAt(body: unknown): string | null {
  if (typeof body !== "object" || body === null) return null;
  return Object.entries(body).find(([, value]) => isDeeperThan(MAX_LEVELS, value))?.[0] ?? null;
}

/** Only an escape can bring half a pair in: the decoder has replaced any in the bytes. Most bodies have none. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/** Where a string is not valid Unicode, which no provider could be sent; null: nowhere. */
function loneSurrogateAt(value: unknown, path: string): string | null {
  if (typeof value === "string") return value.isWellFormed() ? null : path || "body";
  if (typeof value !== "object" || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const at = loneSurrogateAt(inner, pathTo(path, key, Array.isArray(value)));
    if (at !== null) return at;
  }
  return null;
}

function pathTo(path: string, key: string, inArray: boolean): string {
  if (inArray) return `${path}[${key}]`;
  return path === "" ? key : `${path}.${key}`;
}
