/** How each of the callers' dialects is written to a stream: the only list of them. */
import { anthropicPen } from "../anthropic-api/pen.ts";
import type { DialectId } from "../domain/dialect.ts";
import { openaiPen, type Pen, type PenOptions } from "../openai/pen.ts";
import type { AnswerReader } from "./answer-reader.ts";
import { completeOpenAiEvent } from "./complete-event.ts";
import { completeAnthropicEvent } from "./complete-message-event.ts";

export interface StreamDialect {
  /** For a stream that is ours from its beginning. */
  pen(options: PenOptions): Pen;
  /** For a stream that was pumped as far as this reader has read. */
  penAfter(reader: AnswerReader, options: PenOptions): Pen;
  /** What must follow a half-sent event, so that what is written next is read as an event of its own; null: nothing can. */
  completeEvent(partial: Uint8Array): Uint8Array | null;
}

export const streamDialects: Readonly<Record<DialectId, StreamDialect>> = {
  openai: { pen: openaiPen, penAfter: (_reader, options) => openaiPen(options), completeEvent: completeOpenAiEvent },
  anthropic: {
    pen: () => anthropicPen({ place: null }),
    penAfter: (reader) => anthropicPen({ place: reader.place() }),
    completeEvent: completeAnthropicEvent,
  },
};
