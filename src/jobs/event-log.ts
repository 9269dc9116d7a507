/**
 * A job's events in their order: each line of its history, the text of its
 * present run where that run stands, and its end. Pure: from a place in that
 * order to what comes next, so that a follower who was cut off and one who
 * never was see the same. The grammar is in `docs/jobs.md`.
 */
import { sseEvent } from "../lib/sse-event.ts";
import type { ChunkLog, ChunkPlace } from "./chunk-log.ts";
import { BATCH_LENGTH, chunkId, chunkPlace } from "./follow-chunks.ts";
import type { JobRecord } from "./job-record.ts";
import type { HistoryLine } from "./job-tables.ts";

/** What a follower has seen. */
export interface Place {
  /** The version of its last line; 0: none. */
  readonly version: number;
  /** Its last chunk; number 0: it was told that the run's text begins. */
  readonly chunk: ChunkPlace | null;
  /** It was told of the end that this line is. */
  readonly ended: number;
}

export interface Events {
  readonly text: string;
  readonly place: Place;
}

export interface Job {
  readonly record: JobRecord;
  readonly history: readonly HistoryLine[];
  /** The text of this run, of memory or tables. */
  readonly log: (run: number) => ChunkLog | null;
  /** A line as its event shows it. */
  readonly status: (line: HistoryLine) => string;
  /** The end as its event shows it. */
  readonly end: () => EndEvent | null;
}

export interface EndEvent {
  readonly event: "answer" | "dead" | "cancelled" | "erased";
  readonly data: string;
}

export const BEGINNING: Place = { version: 0, chunk: null, ended: 0 };

/** Where the holder of this id stands. What nobody gave out is the beginning. */
export function placeOf(id: string | null, history: readonly HistoryLine[]): Place {
  const [, kind, version] = /^(s|end)(\d{1,16})$/.exec(id ?? "") ?? [];
  if (version !== undefined) {
    return { version: Number(version), chunk: null, ended: kind === "end" ? Number(version) : 0 };
  }
  const chunk = chunkPlace(id);
  if (chunk === null) return BEGINNING;
  // Who has text of a run has seen that run begin, and nothing that came after it.
  const seen = history.findLast((line) => line.run < chunk.run || (line.run === chunk.run && line.state === "running"));
  return { version: seen?.version ?? 0, chunk, ended: 0 };
}

/** What comes next, some of it; empty: nothing yet. */
export function nextEvents(job: Job, place: Place): Events {
  const { record, history } = job;
  const run = history.findLast((line) => line.state === "running" && line.run === record.runs.run);
  const before = history.filter((line) => line.version > place.version && (!run || line.version <= run.version));
  if (before.length > 0) return lines(before, job, place);

  if (run && place.version === run.version) {
    const log = job.log(run.run);
    if (log !== null) {
      const chunks = chunksAfter(log, record, place);
      // More may come, and the lines after it wait for its end.
      if (chunks.text !== "" || log.end === null) return chunks;
    } else if (record.state === "running") return { text: "", place };
  }
  const after = history.filter((line) => line.version > place.version);
  return after.length > 0 ? lines(after, job, place) : ending(job, place);
}

function lines(some: readonly HistoryLine[], { status }: Job, place: Place): Events {
  const text = some.map((line) => sseEvent({ event: "status", id: `s${line.version}`, data: status(line) })).join("");
  return { text, place: { ...place, version: some.at(-1)?.version ?? place.version } };
}

function chunksAfter(log: ChunkLog, record: JobRecord, place: Place): Events {
  const seen = place.chunk !== null && log.holds(place.chunk) ? place.chunk : null;
  let text = "";
  // An earlier run gave text that counts no more.
  if (seen === null && record.runs.said && log.length > 0) {
    text += sseEvent({ event: "restart", id: chunkId(log.placeOf(0)), data: JSON.stringify({ run: log.run }) });
  }
  let number = seen?.number ?? 0;
  while (number < log.length && text.length < BATCH_LENGTH) {
    number++;
    text += sseEvent({ event: "chunk", id: chunkId(log.placeOf(number)), data: log.at(number) });
  }
  return text === "" ? { text, place } : { text, place: { ...place, chunk: log.placeOf(number) } };
}

function ending({ history, end }: Job, place: Place): Events {
  const last = history.at(-1)?.version ?? 0;
  const event = place.ended >= last ? null : end();
  if (event === null) return { text: "", place };
  return { text: sseEvent({ ...event, id: `end${last}` }), place: { ...place, ended: last } };
}
