import type { Failure } from "../domain/failure.ts";
import type { Watchdog } from "../lib/watchdog.ts";
import type { AnswerReader } from "./answer-reader.ts";

/** The limits of a committed stream, from its route and the map. */
export interface StreamLimits {
  readonly idleMs: number;
  readonly maxStreamMs: number;
  readonly maxStreamBytes: number;
  readonly drainMs: number;
}

export function isTooLarge(reader: AnswerReader, limits: StreamLimits): boolean {
  return reader.rawBytes > limits.maxStreamBytes || reader.overflowed();
}

/** Why a committed stream is not whole; null: it is. Asked once the stream is over. */
export function whatBroke(reader: AnswerReader, watchdog: Watchdog): Failure | null {
  if (reader.inBandFailure) return reader.inBandFailure;
  // `[DONE]` without a finish reason is a cut stream with a bow on it.
  if (reader.finished() && reader.fold.finishReason !== null) return null;
  if (reader.overflowed()) return { kind: "answer_too_large", detail: "one event grew beyond every bound" };
  switch (watchdog.expired()) {
    case null:
    case "finished":
      return { kind: "stream_cut", detail: "the stream ended without its terminal event" };
    case "maxStreamBytes":
      return { kind: "answer_too_large", detail: "the stream grew over maxStreamBytes" };
    case "maxStreamMs":
      return { kind: "stream_too_long", detail: "maxStreamMs ran out" };
    default:
      return { kind: "stream_stalled", detail: "no content for idleMs" };
  }
}

/** What the body of a reply is aborted with where not even an error event would parse. */
export function connectionLost(): Error {
  return new Error("the provider's answer broke off");
}

/** A bug of ours. The caller gets no clean end, and the provider no blame. */
export function internalError(cause: unknown): Failure {
  const detail = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return { kind: "internal_error", detail: detail.slice(0, 300) };
}
