/**
 * Writes one stream to its caller, in the caller's dialect: chunks in, events
 * out. What it writes is valid whenever it stops: an error event may follow any
 * of it.
 */
import type { ChatChunk, LisbonNote } from "./chat-chunk.ts";
import { errorEvent } from "./error-body.ts";

export interface Pen {
  /** The events that say this chunk; empty where it says nothing to this caller. */
  readonly write: (chunk: ChatChunk) => string;
  /** The dialect's terminal event. Only for an answer whose finish reason has been written. */
  readonly end: () => string;
  /** The typed error that a broken answer ends in. `code` is stable: docs/errors.md. */
  readonly error: (code: string, message: string) => string;
}

export interface PenOptions {
  /** Did the caller ask for the usage chunk? Without that it gets none. Anthropic's callers always get their usage. */
  readonly includeUsage: boolean;
}

export function openaiPen({ includeUsage }: PenOptions): Pen {
  return {
    write: (chunk) => (chunk.choices.length === 0 && !includeUsage ? "" : `data: ${JSON.stringify(chunk)}\n\n`),
    end: () => "data: [DONE]\n\n",
    error: errorEvent,
  };
}

/** The same pen, whose last chunks also say what is to be known of the answer. */
export function notedPen(pen: Pen, note: LisbonNote): Pen {
  return {
    ...pen,
    write: (chunk) => pen.write(isLast(chunk) ? { ...chunk, x_lisbon: { ...note, ...chunk.x_lisbon } } : chunk),
  };
}

/** One that ends a choice, or has the usage. */
function isLast({ choices, usage }: ChatChunk): boolean {
  return choices.some(({ finish_reason }) => finish_reason !== null) || (choices.length === 0 && usage != null);
}
