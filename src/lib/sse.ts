/**
 * Server-sent events from bytes, for every provider and for the observer: the
 * only parser of that wire format. Lines end in LF, CRLF or CR; comments are
 * dropped; `data:` may come without a space and in several lines. Each read is
 * decoded once and searched once, also when an event comes in a thousand
 * pieces: what waits for its end is only ever appended to.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export interface SseEvent {
  /** The `event:` line; empty where there was none. */
  readonly event: string;
  readonly data: string;
}

export interface SseParser {
  /** Returns the events that these bytes complete. Once `overflowed()`, none any more. */
  take(bytes: Uint8Array): SseEvent[];
  /**
   * The raw text since the end of the last event, comments too; empty between two events.
   * A character of which only some bytes have come is not in it.
   */
  rest(): string;
  /** One event grew past the limit: the parser has dropped what it held and takes nothing more. */
  overflowed(): boolean;
}

/** What reads a provider's stream, whichever way it cuts its events. */
export type EventParser = Pick<SseParser, "take" | "overflowed">;

/** In UTF-16 units. The longest honest event is a tool call or an image in one piece: some megabytes. */
export const MAX_EVENT_LENGTH = 8 * 1024 * 1024;

const SPACE = 32;
const LF = 10;

export function createSseParser(maxEventLength: number = MAX_EVENT_LENGTH): SseParser {
  const decoder = new TextDecoder();
  /** The line that has begun and not ended. */
  let line = "";
  /** Everything since the end of the last event. */
  let held = "";
  let event = "";
  let data: string | null = null;
  /** The last read ended in CR: an LF at the start of the next one belongs to it. */
  let afterCr = false;
  let overflown = false;

  function take(bytes: Uint8Array): SseEvent[] {
    const events: SseEvent[] = [];
    if (overflown) return events;
    const text = decoder.decode(bytes, { stream: true });
    if (text === "") return events;

    let from = 0;
    let eventStart = 0;
    if (afterCr) {
      afterCr = false;
      if (text.charCodeAt(0) === LF) {
        from = 1;
        if (held === "") eventStart = 1;
      }
    }
    let lf = text.indexOf("\n", from);
    let cr = text.indexOf("\r", from);
    while (lf !== -1 || cr !== -1) {
      const endsInCr = cr !== -1 && (lf === -1 || cr < lf);
      const end = endsInCr ? cr : lf;
      const whole = line === "" ? text.slice(from, end) : line + text.slice(from, end);
      line = "";
      from = end + 1;
      if (endsInCr) {
        if (from === text.length) afterCr = true;
        else if (text.charCodeAt(from) === LF) from++;
        cr = text.indexOf("\r", from);
      }
      if (lf !== -1 && lf < from) lf = text.indexOf("\n", from);

      if (whole !== "") {
        takeLine(whole);
        continue;
      }
      if (held.length + from - eventStart > maxEventLength) return overflow(events);
      if (data !== null) events.push({ event, data });
      event = "";
      data = null;
      held = "";
      eventStart = from;
    }
    line += text.slice(from);
    held += text.slice(eventStart);
    return held.length > maxEventLength ? overflow(events) : events;
  }

  function takeLine(whole: string): void {
    const colon = whole.indexOf(":");
    if (colon === 0) return;
    const name = colon === -1 ? whole : whole.slice(0, colon);
    if (name === "data") {
      const value = valueOf(whole, colon);
      data = data === null ? value : `${data}\n${value}`;
    } else if (name === "event") {
      event = valueOf(whole, colon);
    }
  }

  /** The events before the large one are whole and are given out. */
  function overflow(events: SseEvent[]): SseEvent[] {
    overflown = true;
    line = "";
    held = "";
    data = null;
    return events;
  }

  return { take, rest: () => held, overflowed: () => overflown };
}

function valueOf(line: string, colon: number): string {
  if (colon === -1) return "";
  return line.slice(line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1);
}
