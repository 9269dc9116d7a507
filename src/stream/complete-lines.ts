/**
 * Ends an event of a stream that was cut while it was sent, so that what is
 * written next (a continuation, an error event) is read as an event of its
 * own. Here are bytes and lines; what stands in the data is the dialect's.
 */
import { finishUtf8 } from "../lib/finish-utf8.ts";

export interface HalfEvent {
  /** What the `event:` line says; null: none has begun. */
  readonly name: string | null;
  /** The cut is in that line, so it may say only half. */
  readonly nameCut: boolean;
  /** Empty or blank where none has come. */
  readonly data: string;
}

export interface EventRest {
  readonly data: string;
  /** Another name than the one that was sent: the last of two counts. */
  readonly name?: string;
}

/**
 * `partial`: what came after the last blank line. Returns what must follow, none where nothing had begun; null where
 * `restOf` knows no end, and then the body must be aborted. A cut character is finished first: strict decoders throw
 * on half of one.
 */
export function completeLines(partial: Uint8Array, restOf: (half: HalfEvent) => EventRest | null): Uint8Array | null {
  const character = finishUtf8(partial);
  const suffix = suffixOf(decode(concat(partial, character)), restOf);
  return suffix === null ? null : concat(character, new TextEncoder().encode(suffix));
}

function suffixOf(text: string, restOf: (half: HalfEvent) => EventRest | null): string | null {
  if (text === "") return "";
  const lines = text.split(/\r\n|\n|\r/);
  const last = lines.pop() ?? "";
  // Half of CRLF CRLF leaves an empty line here: what stands before it has already been read.
  const ended = lines.slice(lines.lastIndexOf("") + 1);
  // A CR may be the first half of CRLF: with LF after it, it is one line's end in every reading.
  const lineEnd = text.endsWith("\r") ? "\n" : endOfLine(last);
  if (ended.length === 0 && last === "") return lineEnd;

  const inData = last.startsWith("data:");
  const nameCut = last.startsWith("event:");
  const fields = [...ended, ...(inData || nameCut ? [last] : [])].map(fieldOf);
  const data = fields.filter(({ name }) => name === "data").map(({ value }) => value);
  const isMore = data.length > 0 && !inData;
  const rest = restOf({
    name: fields.findLast(({ name }) => name === "event")?.value ?? null,
    nameCut,
    data: data.join("\n") + (isMore ? "\n" : ""),
  });
  if (rest === null) return null;
  const lead = inData ? "" : lineEnd;
  const name = rest.name === undefined ? "" : `event:${rest.name}\n`;
  if (rest.data === "") return `${inData ? "\n" : lead}${name}\n`;
  return `${lead}${inData ? "" : "data:"}${rest.data}\n${name}\n`;
}

/** A line of which only the field's name is there. `data` alone would be read as empty data; one letter more is nothing. */
function endOfLine(line: string): string {
  if (line === "") return "";
  return line === "data" ? "~\n" : "\n";
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
function fieldOf(line: string): { readonly name: string; readonly value: string } {
  const colon = line.indexOf(":");
  if (colon === -1) return { name: line, value: "" };
  return { name: line.slice(0, colon), value: line.slice(colon + 1).replace(/^ /, "") };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(bytes);
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
