/**
 * Server-sent events from bytes, for every provider and for the observer: the
 * only parser of that wire format. Lines end in LF, CRLF or CR; comments are
 * dropped; `data:` may come without a space and in several lines.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export interface SseEvent {
  /** The `event:` line; empty where there was none. */
  readonly event: string;
  readonly data: string;
}

export interface SseParser {
  /** Returns the events that these bytes complete. */
  take(bytes: Uint8Array): SseEvent[];
  /** The text of the event that has begun and not ended; empty between two events. */
  rest(): string;
}
