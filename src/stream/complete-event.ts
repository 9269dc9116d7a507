/**
 * Ends an event of an OpenAI chat stream that was cut while it was sent, so
 * that what is written next (a continuation, an error event) is read as an
 * event of its own. Here are bytes and lines; what a chunk must hold is in
 * `half-chunk.ts`.
 *
 * Null: no completion could be read, and the body must be aborted. `[DONE]` is
 * always null, even with every byte there: clients read nothing after it, so
 * ending it says that the answer is whole. Whether it was, only the observer
 * knows, who saw the finish reason; half of it is no JSON either.
 */
import { completeJson } from "../lib/complete-json.ts";
import { finishUtf8 } from "../lib/finish-utf8.ts";
import { EMPTY_CHUNK, halfChunk } from "./half-chunk.ts";

/**
 * `partial`: what came after the last blank line. Returns what must follow, none where nothing had begun. It carries
 * no text but the one character that a cut character or escape becomes: strict decoders throw on half of one.
 */
export function completeOpenAiEvent(partial: Uint8Array): Uint8Array | null {
  const character = finishUtf8(partial);
  const suffix = completeLines(decode(concat(partial, character)));
  return suffix === null ? null : concat(character, new TextEncoder().encode(suffix));
}

function completeLines(text: string): string | null {
  if (text === "") return "";
  const lines = text.split(/\r\n|\n|\r/);
  const last = lines.pop() ?? "";
  // Half of CRLF CRLF leaves an empty line here: what stands before it has already been read.
  const ended = lines.slice(lines.lastIndexOf("") + 1).map(fieldOf);
  const data = ended.filter(({ name }) => name === "data").map(({ value }) => value);
  if (last.startsWith("data:")) return completeData([...data, fieldOf(last).value].join("\n"), "");

  // A CR may be the first half of CRLF: with LF after it, it is one line's end in every reading.
  const lineEnd = text.endsWith("\r") ? "\n" : endOfLine(last);
  if (data.length > 0) return completeData(`${data.join("\n")}\n`, `${lineEnd}data:`, lineEnd);
  const named = [...ended, fieldOf(last)].some(({ name, value }) => name === "event" && value !== "");
  // The `openai` SDK parses the data of every event with a name, also where there is none, and throws.
  return named ? `${lineEnd}data:${EMPTY_CHUNK}\n\n` : `${lineEnd}\n`;
}

/** `lead`: what must stand before more data. `whole`: before the blank line where no more is needed. */
function completeData(data: string, lead: string, whole = "\n"): string | null {
  if (data.trim() === "") return `${lead}${EMPTY_CHUNK}\n\n`;
  const rest = completeJson(data, halfChunk);
  if (rest === null) return null;
  return rest === "" ? `${whole}\n` : `${lead}${rest}\n\n`;
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
