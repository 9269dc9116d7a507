import type { Clock } from "../lib/clock.ts";
import { sseEvent } from "../lib/sse-event.ts";
import type { ErrorBody } from "../openai/error-body.ts";
import type { ChunkLog } from "./chunk-log.ts";
import { pulledStream } from "./pulled-stream.ts";
import type { Wake } from "./wake.ts";

export interface FollowChunks {
  readonly log: ChunkLog;
  /** The caller's `Last-Event-ID`. Of this run: `job-runs.ts` has refused any other. */
  readonly after: string | null;
  readonly changed: Wake;
  readonly clock: Clock;
}

/** OpenAI's stream of one run, with ids: what is there, what comes, and how it ends. */
export function followChunks({ log, after, changed, clock }: FollowChunks): ReadableStream<Uint8Array> {
  const seen = chunkPlace(after);
  let last = seen?.run === log.run ? seen.number : 0;
  let isOver = false;
  return pulledStream(async (gone) => {
    for (;;) {
      const { end } = log;
      let text = "";
      while (last < log.length && text.length < BATCH_LENGTH) {
        last++;
        text += sseEvent({ id: `${log.run}.${last}`, data: log.at(last) });
      }
      if (text !== "") return text;
      if (isOver || gone.aborted) return null;
      if (end !== null && last >= log.length) {
        isOver = true;
        const data = end.kind === "whole" ? "[DONE]" : JSON.stringify(errorOf(end.code, end.message));
        return sseEvent({ id: `${log.run}.${log.length + 1}`, data });
      }
      await changed.wait(clock, LOOK_AGAIN_MS, gone);
    }
  });
}

export interface ChunkPlace {
  readonly run: number;
  readonly number: number;
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
