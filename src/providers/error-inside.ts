/**
 * An error that came as an answer: `{"error": …}` with status 200, as a body or
 * as an event of a stream. It is read by the same rules as any other.
 */
import type { Failure } from "../domain/failure.ts";
import type { SseEvent } from "../lib/sse.ts";
import { unreadable } from "./classify-error.ts";
import { isJsonObject, type JsonObject } from "./json-object.ts";
import type { Provider, Stamp } from "./provider.ts";

/** Null: it is no error. */
export function errorInBody(body: unknown, fromError: Provider["fromError"], stamp: Stamp): Failure | null {
  // Google answers with a list where it was asked to stream and cannot.
  const first: unknown = Array.isArray(body) ? body[0] : body;
  if (!isJsonObject(first)) return unreadable("the answer is not a JSON object");
  return holdsError(first) ? fromError(200, new Headers(), JSON.stringify(first), nowOf(stamp)) : null;
}

/** Null: it is no error. `body`: the event's data, parsed. */
export function errorInEvent(
  event: SseEvent,
  body: JsonObject | null,
  fromError: Provider["fromError"],
  stamp: Stamp,
): Failure | null {
  if (event.event !== "error" && (body === null || !holdsError(body))) return null;
  return fromError(200, new Headers(), event.data, nowOf(stamp));
}

/** A reset that an error names is counted from when the attempt began, which is near enough. */
function nowOf({ createdSeconds }: Stamp): number {
  return createdSeconds * 1000;
}

function holdsError(body: JsonObject): boolean {
  return Boolean(body["error"]);
}
