/**
 * What a job knows of itself, less its bodies: one row of JSON. Everything that
 * is ever due is a moment in here, so the object's alarm is the earliest of
 * them (`next-due.ts`). Only `job-machine.ts` and its neighbours make a new one.
 */
import type { DialectId } from "../domain/dialect.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { LisbonNote } from "../openai/chat-chunk.ts";
import { type CallbackView, type JobState, type JobWork, SETTLED } from "./job.ts";

export interface JobRecord {
  /** Grows with every change that anybody is told of. Begins at the moment it was made, so that a job made anew under an old id is always newer. */
  readonly version: number;
  readonly state: JobState;
  /** Prompt, answer and text are gone. */
  readonly erased: boolean;
  /** Past its retention: once the list has heard of it, all of it goes. */
  readonly gone: boolean;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** An unsuccessful run after this is the last. */
  readonly expiresAtMs: number;
  readonly eraseAtMs: number;
  readonly work: KeptWork;
  readonly delivery: Delivery;
  readonly runs: Runs;
  /** `waiting_for_human` only. */
  readonly human: HumanWait | null;
  readonly answeredBy: "provider" | "human" | null;
  readonly route: string | null;
  /** What the answer says of itself where it is not the usual one. */
  readonly told: LisbonNote | null;
  readonly refusal: Refusal | null;
  readonly callback: Callback | null;
  /** Null: the list has acknowledged this version. */
  readonly index: Telling | null;
  /** Null: no notice waits. */
  readonly notices: Telling | null;
}

/** The request itself is a body of its own. */
export interface KeptWork extends Omit<JobWork, "request" | "native" | "dialect"> {
  /** Absent in jobs that were stored before there was more than OpenAI's. */
  readonly dialect?: DialectId;
  readonly model: string;
  readonly stream: boolean;
  /** The caller asked for the usage chunk. */
  readonly includeUsage: boolean;
}

export interface Delivery {
  /** Of the newest dispatch; an older delivery does nothing. 0: none yet. */
  readonly dispatch: number;
  /** The next run is not before; null: none is to come. */
  readonly dueAtMs: number | null;
  /** What the transport is told: later than due where it delivered too early. */
  readonly notBeforeMs: number | null;
  /** `away`: it did not take it. `alarm`: there is none, or it has failed too often: the job's own alarm runs it. */
  readonly phase: "unpublished" | "published" | "away" | "alarm";
  /** When the alarm looks after the dispatch; null: never. */
  readonly wakeAtMs: number | null;
  /** Dispatches in a row that failed, or of which nothing was heard. */
  readonly unheard: number;
}

export interface Runs {
  /** The fence: what an older run has to say is not taken. */
  readonly run: number;
  readonly by: "caller" | "delivery" | "alarm";
  readonly startedAtMs: number;
  readonly leaseUntilMs: number | null;
  readonly firstAtMs: number | null;
  /** Those that burnt. */
  readonly attempts: number;
  /** In a row, of these three kinds. */
  readonly failed: number;
  readonly putOffs: number;
  readonly lost: number;
  /** Put off by nothing but a pause: the time until the next run does not count. */
  readonly pausedSinceMs: number | null;
  /** An earlier run gave text, so a new one starts over. */
  readonly said: boolean;
  /** Why it last came back to the queue; the same again is one row with a count. */
  readonly backBecause: string | null;
}

export interface HumanWait {
  readonly dueAtMs: number | null;
  /** The span that was given; the next person is told each time it passes again. */
  readonly everyMs: number | null;
  readonly remindAtMs: number | null;
  readonly reminders: number;
}

export interface Callback extends CallbackView {
  /** Null: nothing is to be sent. */
  readonly dueAtMs: number | null;
  readonly messageId: string | null;
  readonly settledAtMs: number | null;
}

export interface Telling {
  readonly dueAtMs: number;
  readonly tries: number;
}

export function isSettled(record: JobRecord): boolean {
  return SETTLED.has(record.state);
}

/** The newest run is under way and nobody has settled the job meanwhile. */
export function isRunning(record: JobRecord, run: number): boolean {
  return record.state === "running" && record.runs.run === run;
}

export function keptWork(work: JobWork): KeptWork {
  const { request, native: _native, ...rest } = work;
  return {
    ...rest,
    model: request.model,
    stream: request.stream === true,
    includeUsage: work.dialect === "anthropic" || request.stream_options?.include_usage === true,
  };
}
