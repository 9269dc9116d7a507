/**
 * Amazon's event stream: binary frames, each with its length, its headers, a
 * payload and two checksums. The only decoder of that wire format; it hands out
 * what a parser of server-sent events does.
 *   4 bytes length of all, 4 length of the headers, 4 CRC of these two,
 *   headers, payload, 4 CRC of all before
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
import { MAX_EVENT_LENGTH, type EventParser, type SseEvent } from "./sse.ts";

/** The event that stands for a frame which cannot be believed; nothing after it is read. No event of Amazon's has this name. */
export const BROKEN_FRAME = "broken frame";

/** Before the name of an exception, and of an error that the service itself sends. */
export const EXCEPTION = "exception ";

const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;
const STRING = 7;
/** By a header's type; -1: two bytes say how long it is. Booleans have no value of their own. */
const VALUE_BYTES = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16];

export function createEventStreamParser(maxFrameBytes: number = MAX_EVENT_LENGTH): EventParser {
  /** The prelude, and once that is known the whole frame. */
  let frame = new Uint8Array(PRELUDE_BYTES);
  let filled = 0;
  let overflown = false;
  let broken = false;

  function take(bytes: Uint8Array): SseEvent[] {
    const events: SseEvent[] = [];
    for (let at = 0; at < bytes.length && !overflown && !broken;) {
      const part = bytes.subarray(at, at + frame.length - filled);
      frame.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < frame.length) break;
      const event = frame.length === PRELUDE_BYTES ? begin() : end();
      broken = event === BROKEN;
      if (event !== null) events.push(event);
    }
    return events;
  }

  function begin(): SseEvent | null {
    const view = viewOf(frame);
    const length = view.getUint32(0);
    if (length < PRELUDE_BYTES + CHECKSUM_BYTES || crc32(frame.subarray(0, 8)) !== view.getUint32(8)) return BROKEN;
    overflown = length > maxFrameBytes;
    if (overflown) return null;
    const whole = new Uint8Array(length);
    whole.set(frame);
    frame = whole;
    return null;
  }

  function end(): SseEvent {
    const event = eventOf(frame) ?? BROKEN;
    frame = new Uint8Array(PRELUDE_BYTES);
    filled = 0;
    return event;
  }

  return { take, overflowed: () => overflown };
}

const BROKEN: SseEvent = { event: BROKEN_FRAME, data: "" };

/** Null: its checksum is wrong, or its headers are not what the format says. */
function eventOf(frame: Uint8Array): SseEvent | null {
  const end = frame.length - CHECKSUM_BYTES;
  if (crc32(frame.subarray(0, end)) !== viewOf(frame).getUint32(end)) return null;
  const payloadAt = PRELUDE_BYTES + viewOf(frame).getUint32(4);
  const headers = payloadAt > end ? null : headersOf(frame, payloadAt);
  if (headers === null) return null;
  const data = textOf(frame, payloadAt, end);
  switch (headers.get(":message-type")) {
    case "exception":
      return { event: EXCEPTION + headers.get(":exception-type"), data };
    case "error":
      return {
        event: EXCEPTION + headers.get(":error-code"),
        data: JSON.stringify({ message: headers.get(":error-message") ?? "" }),
      };
    default:
      return { event: headers.get(":event-type") ?? "", data };
  }
}

/** The textual headers: all that say what a message is. */
function headersOf(frame: Uint8Array, end: number): ReadonlyMap<string, string> | null {
  const view = viewOf(frame);
  const headers = new Map<string, string>();
  for (let at = PRELUDE_BYTES; at < end;) {
    const typeAt = at + 1 + view.getUint8(at);
    if (typeAt + 3 > frame.length) return null;
    const type = view.getUint8(typeAt);
    const fixed = VALUE_BYTES[type] ?? Infinity;
    const from = typeAt + 1 + (fixed < 0 ? 2 : 0);
    const to = from + (fixed < 0 ? view.getUint16(typeAt + 1) : fixed);
    if (to > end) return null;
    if (type === STRING) headers.set(textOf(frame, at + 1, typeAt), textOf(frame, from, to));
    at = to;
  }
  return headers;
}

const decoder = new TextDecoder();

function textOf(frame: Uint8Array, from: number, to: number): string {
  return decoder.decode(frame.subarray(from, to));
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** The checksum of zip and Ethernet (reflected 0x04C11DB7). https://www.rfc-editor.org/rfc/rfc1952#section-8 */
export function crc32(bytes: Uint8Array): number {
  let rest = -1;
  for (const byte of bytes) rest = (rest >>> 8) ^ (CRC_OF_BYTE[(rest ^ byte) & 0xff] ?? 0);
  return ~rest >>> 0;
}

const CRC_OF_BYTE = Int32Array.from({ length: 256 }, (_none, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});
