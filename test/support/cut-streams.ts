/** Cuts a recorded stream and reads what the completion makes of it, as a plain client would. */
import { completeOpenAiEvent } from "../../src/stream/complete-event.ts";

interface CutStream {
  /** Up to and with the last blank line. */
  readonly whole: Uint8Array;
  readonly partial: Uint8Array;
  readonly suffix: Uint8Array | null;
}

export interface ReadChoice {
  readonly index: number;
  readonly delta: { readonly content?: string | null };
  readonly finish_reason: string | null;
}

interface ReadEvent {
  readonly choices: readonly ReadChoice[];
}

export function cutAt(bytes: Uint8Array, at: number): CutStream {
  const begun = bytes.subarray(0, at);
  const text = new TextDecoder("latin1").decode(begun);
  const lastBlank = Math.max(
    ...["\n\n", "\r\n\r\n"].map((blank) => {
      const found = text.lastIndexOf(blank);
      return found === -1 ? 0 : found + blank.length;
    }),
  );
  const partial = begun.subarray(lastBlank);
  return { whole: begun.subarray(0, lastBlank), partial, suffix: completeOpenAiEvent(partial) };
}

/** The partial event with its completion; fails where there is none. */
export function completed(partial: string, complete = completeOpenAiEvent): string {
  const suffix = complete(bytesOf(partial));
  if (suffix === null) throw new Error(`no completion for ${JSON.stringify(partial)}`);
  return partial + new TextDecoder().decode(suffix);
}

/** Every event; throws where its data is no JSON and where a name has no data, as the `openai` SDK does. */
export function eventsOf(wire: string): readonly ReadEvent[] {
  const events: ReadEvent[] = [];
  let name = "";
  let data: string[] = [];
  for (const line of wire.split(/\r\n|\n|\r/)) {
    if (line.startsWith("event:")) name = line.slice("event:".length).trim();
    if (line.startsWith("data:")) data.push(line.slice("data:".length));
    if (line === "data") data.push("");
    if (line !== "" || (name === "" && data.length === 0)) continue;
    const text = data.join("\n").trim();
    if (text !== "[DONE]") events.push(JSON.parse(text));
    name = "";
    data = [];
  }
  if (data.length > 0) throw new Error(`an event without its blank line in ${JSON.stringify(wire)}`);
  return events;
}

export function choiceOf(wire: string): ReadChoice {
  const choice = eventsOf(wire)[0]?.choices[0];
  if (choice === undefined) throw new Error(`no choice in ${JSON.stringify(wire)}`);
  return choice;
}

export function textOf(wire: string): string {
  return eventsOf(wire)
    .flatMap(({ choices }) => choices.map(({ delta }) => delta.content ?? ""))
    .join("");
}

/** Whether `said` is the beginning of `text`; its last character may be the one that the cut went through. */
export function isBeginningOf(text: string, said: string): boolean {
  return text.startsWith(said) || text.startsWith(said.replace(/.$/su, ""));
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
