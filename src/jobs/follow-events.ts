import type { Clock } from "../lib/clock.ts";
import { SSE_KEEP_ALIVE, sseRetry } from "../lib/sse-event.ts";
import { answerIn } from "./answer-in.ts";
import type { ChunkLog } from "./chunk-log.ts";
import { type EndEvent, type Job, nextEvents, placeOf } from "./event-log.ts";
import type { JobBook } from "./job-book.ts";
import { isSettled, type JobRecord } from "./job-record.ts";
import { estimateMs, viewAt } from "./job-view.ts";
import { publicJob } from "./public-job.ts";
import { pulledStream } from "./pulled-stream.ts";

export interface FollowEvents {
  readonly book: JobBook;
  readonly clock: Clock;
  /** The text of this run: of memory while it goes on, else of the tables. */
  readonly log: (run: number) => ChunkLog | null;
  readonly after: string | null;
}

/** `GET /v1/jobs/:id/events`: `docs/jobs.md`. */
export function followEvents({ book, clock, log, after }: FollowEvents): ReadableStream<Uint8Array> {
  let place = placeOf(after, book.history);
  /** Kept from its first chunk on, so that a run that ends meanwhile is followed to its last word. */
  let followed: ChunkLog | null = null;
  let isFirst = true;
  let isLast = false;
  let waitsSinceMs = clock.now();

  const logOf = (run: number): ChunkLog | null => {
    if (followed?.run !== run) followed = log(run);
    return followed;
  };

  return pulledStream(async (gone) => {
    if (isFirst) {
      isFirst = false;
      return sseRetry(book.record === null ? 0 : estimateMs(book.record, clock.now()));
    }
    for (;;) {
      const { record } = book;
      if (record === null || isLast || gone.aborted) return null;
      const next = nextEvents(jobOf(record), place);
      ({ place } = next);
      if (next.text !== "") return next.text;
      if (isSettled(record)) return null;
      const now = clock.now();
      if (record.state === "running") waitsSinceMs = now;
      const leftMs = waitsSinceMs + WAITING_MS - now;
      if (leftMs <= 0) {
        // An object that serves a stream cannot sleep: the client comes back when it may be worth it.
        isLast = true;
        return sseRetry(estimateMs(record, now));
      }
      const waitMs = Math.min(leftMs, KEEP_ALIVE_MS);
      await book.changed.wait(clock, waitMs, gone);
      const isSilent = clock.now() - now >= KEEP_ALIVE_MS;
      if (isSilent && !gone.aborted) return SSE_KEEP_ALIVE;
    }
  });

  function jobOf(record: JobRecord): Job {
    const { history } = book;
    const status: Job["status"] = (line) => {
      const { answer: _answer, ...view } = publicJob(viewAt(record, history, line, clock.now()), record.work.origin);
      return JSON.stringify(view);
    };
    return { record, history, log: logOf, status, end: () => endOf(record, book) };
  }
}

/** While the job only waits a stream lasts so long; while it runs, to the end. */
const WAITING_MS = 60_000;
const KEEP_ALIVE_MS = 15_000;

function endOf(record: JobRecord, { tables, history }: JobBook): EndEvent | null {
  if (!isSettled(record)) return null;
  const last = history.at(-1);
  const told = JSON.stringify({ id: record.work.jobId, status: record.state, reason: last?.reason ?? "" });
  if (record.state === "cancelled") return { event: "cancelled", data: told };
  if (record.erased) return { event: "erased", data: told };
  if (record.state === "dead") return { event: "dead", data: told };
  const answer = tables.body("answer");
  return { event: "answer", data: answer === null ? "null" : answerIn(record.work.dialect, answer) };
}
