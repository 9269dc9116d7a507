/** A kept answer as its caller reads it: whole, or as a stream, in the caller's dialect. */
import { messageOf } from "../anthropic-api/message-of.ts";
import type { DialectId } from "../domain/dialect.ts";
import type { ChatChunk } from "../openai/chat-chunk.ts";
import type { ChatCompletion } from "../openai/chat-completion.ts";
import { completionChunks } from "../openai/completion-chunks.ts";
import { streamDialects } from "../stream/dialects.ts";
import type { CachedReply } from "./cached-answer.ts";

export interface AskedFor {
  readonly dialect: DialectId;
  readonly stream: boolean;
  /** Of OpenAI's `stream_options`; Anthropic's callers always get their usage. */
  readonly includeUsage: boolean;
}

export function cachedBody(reply: CachedReply, { dialect, stream, includeUsage }: AskedFor): string {
  const { completion, told: x_lisbon } = reply;

  if (!stream) {
    const whole = { ...completion, x_lisbon };
    return JSON.stringify(dialect === "anthropic" ? messageOf(whole) : whole);
  }
  const pen = streamDialects[dialect].pen({ includeUsage });
  const chunks = chunksOf(completion, includeUsage || dialect === "anthropic");
  const last = chunks.at(-1);
  const noted = last === undefined ? [] : [...chunks.slice(0, -1), { ...last, x_lisbon }];
  return noted.map(pen.write).join("") + pen.end();
}

/** In some pieces: who shows text as it comes shows it so, and no event is larger than what a reader may bear. */
function chunksOf(completion: ChatCompletion, includeUsage: boolean): readonly ChatChunk[] {
  return completionChunks(completion, includeUsage).flatMap((chunk) => {
    const [choice] = chunk.choices;
    const text = choice?.delta.content;
    if (choice === undefined || !text) return [chunk];
    return piecesOf(text).map((content) => ({
      ...chunk,
      choices: [{ ...choice, delta: { ...choice.delta, content } }],
    }));
  });
}

/** UTF-16 units. */
const PIECE = 200;

/** Never through a character's two halves. */
function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length;) {
    const end = from + PIECE;
    const unit = text.charCodeAt(end - 1);
    const to = unit >= 0xd800 && unit < 0xdc00 ? end + 1 : end;
    pieces.push(text.slice(from, to));
    from = to;
  }
  return pieces;
}
