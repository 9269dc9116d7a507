import { anthropicPen } from "../anthropic-api/pen.ts";
import type { DialectId } from "../domain/dialect.ts";
import type { Clock } from "../lib/clock.ts";
import { sseEvent } from "../lib/sse-event.ts";
import type { ErrorBody } from "../openai/error-body.ts";
import type { ChunkLog, ChunkPlace, LogEnd } from "./chunk-log.ts";
import { pulledStream } from "./pulled-stream.ts";
import type { Wake } from "./wake.ts";

export interface FollowChunks {
  readonly log: ChunkLog;
  /** In which the chunks are written. */
  readonly dialect: DialectId;
  /** The caller's `Last-Event-ID`. Of this run: `job-runs.ts` has refused any other. */
  readonly after: string | null;
  readonly changed: Wake;
  readonly clock: Clock;
}

/** The stream of one run in its caller's dialect, with ids: what is there, what comes, and how it ends. */
export function followChunks({ log, dialect, after, changed, clock }: FollowChunks): ReadableStream<Uint8Array> {
  const seen = chunkPlace(after);
  let last = seen !== null && log.holds(seen) ? seen.number : 0;
  let isOver = false;
  const write = dialect === "anthropic" ? anthropicEvents(log, last) : openaiEvents(log);
  return pulledStream(async (gone) => {
    for (;;) {
      const { end } = log;
      let text = "";
      while (last < log.length && text.length < BATCH_LENGTH) {
        last++;
        text += write.chunk(last);
      }
      if (text !== "") return text;
      if (isOver || gone.aborted) return null;
      if (end !== null && last >= log.length) {
        isOver = true;
        return write.end(end);
      }
      await changed.wait(clock, LOOK_AGAIN_MS, gone);
    }
  });
}

interface EventWriter {
  /** Empty: it says nothing in this dialect. */
  readonly chunk: (number: number) => string;
  readonly end: (end: LogEnd) => string;
}

function openaiEvents(log: ChunkLog): EventWriter {
  return {
    chunk: (number) => sseEvent({ id: chunkId(log.placeOf(number)), data: log.at(number) }),
    end(end) {
      const data = end.kind === "whole" ? "[DONE]" : JSON.stringify(errorOf(end.code, end.message));
      return sseEvent({ id: chunkId(log.placeOf(log.length + 1)), data });
    },
  };
}

/** `seen`: so many chunks the caller has read already; the events of the rest follow from them too. */
function anthropicEvents(log: ChunkLog, seen: number): EventWriter {
  const pen = anthropicPen({ place: null });
  for (let number = 1; number <= Math.min(seen, log.length); number++) pen.write(JSON.parse(log.at(number)));
  return {
    chunk: (number) => withId(pen.write(JSON.parse(log.at(number))), log.placeOf(number)),
    end: (end) =>
      withId(end.kind === "whole" ? pen.end() : pen.error(end.code, end.message), log.placeOf(log.length + 1)),
  };
}

/** On the last of a chunk's events: who has read only some of them reads them again. */
function withId(events: string, place: ChunkPlace): string {
  const at = events.lastIndexOf("\n\n", events.length - 3);
  const last = at === -1 ? 0 : at + 2;
  return events === "" ? "" : `${events.slice(0, last)}id: ${chunkId(place)}\n${events.slice(last)}`;
}

export function chunkId({ run, number }: ChunkPlace): string {
  return `${run}.${number}`;
}

/** The id of a chunk taken apart; null: it is none. */
export function chunkPlace(id: string | null): ChunkPlace | null {
  const [, run, number] = /^(\d{1,9})\.(\d{1,9})$/.exec(id ?? "") ?? [];
  return run === undefined || number === undefined ? null : { run: Number(run), number: Number(number) };
}

/** In UTF-16 units: so much is put together for one read. */
export const BATCH_LENGTH = 64 * 1024;

/** Every change wakes the followers; this is for what nobody has thought of. */
const LOOK_AGAIN_MS = 60_000;

function errorOf(code: string, message: string): ErrorBody {
  return { error: { message, type: "upstream_error", param: null, code } };
}
