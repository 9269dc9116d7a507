/**
 * A stream of server-sent events, cut into whole ones: what a reader may be
 * given before the connection is lost, so that nothing of it comes twice. The
 * text of an event is kept as it came.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export interface WholeEvent {
  /** As it came, with the empty line that ends it. */
  readonly text: string;
  /** Null: it has none. */
  readonly id: string | null;
  readonly name: string;
  /** Null: a comment, or `retry:` alone. */
  readonly data: string | null;
}

/** Takes bytes as they come; returns the events that they complete. */
export type EventCutter = (bytes: Uint8Array) => readonly WholeEvent[];

/** Two line ends in a row, each LF, CRLF or CR. */
const END = /(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\n))/g;

/** The longest end, less one: so much of it may have been there before. */
const END_LENGTH = 3;

export function createEventCutter(): EventCutter {
  const decoder = new TextDecoder();
  let rest = "";
  return (bytes) => {
    const more = decoder.decode(bytes, { stream: true });
    END.lastIndex = Math.max(0, rest.length - END_LENGTH);
    rest += more;
    const events: WholeEvent[] = [];
    let from = 0;
    while (END.exec(rest) !== null) {
      events.push(eventOf(rest.slice(from, END.lastIndex)));
      from = END.lastIndex;
    }
    rest = rest.slice(from);
    return events;
  };
}

function eventOf(text: string): WholeEvent {
  let id: string | null = null;
  let name = "";
  const data: string[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    const [, field, value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === "id") id = value;
    if (field === "event") name = value;
    if (field === "data") data.push(value);
  }
  return { text, id, name, data: data.length === 0 ? null : data.join("\n") };
}
