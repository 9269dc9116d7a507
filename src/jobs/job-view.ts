/** A job as others see it: its view, its line in the list, its standing for the caller who parked it. */
import { LONGEST_WAIT_MS } from "./delays.ts";
import type { JobEntry } from "./index-port.ts";
import { isSettled, type JobRecord } from "./job-record.ts";
import type { HistoryLine } from "./job-tables.ts";
import type { Parked } from "./job-port.ts";
import type { JobEvent, JobView } from "./job.ts";

export function viewOf(
  record: JobRecord,
  history: readonly HistoryLine[],
  answer: string | null,
  now: number,
): JobView {
  const { work, callback, delivery } = record;
  return {
    id: work.jobId,
    state: record.state,
    tenant: work.tenant,
    user: work.user ?? null,
    kind: work.kind,
    model: work.model,
    stream: work.stream,
    dialect: work.dialect ?? "openai",
    createdAtMs: record.createdAtMs,
    updatedAtMs: record.updatedAtMs,
    attempts: record.runs.attempts,
    nextRunAtMs: delivery.dueAtMs,
    retryAfterMs: isSettled(record) ? null : estimateMs(record, now),
    dueAtMs: record.human?.dueAtMs ?? null,
    history: history.map(eventOf),
    answer,
    answeredBy: record.answeredBy,
    route: record.route,
    refusal: record.refusal,
    erased: record.erased,
    callback: callback && {
      url: callback.url,
      state: callback.state,
      attempts: callback.attempts,
      lastError: callback.lastError,
    },
  };
}

/** The job as it stood when this line was written; its answer has an event of its own. */
export function viewAt(record: JobRecord, history: readonly HistoryLine[], line: HistoryLine, now: number): JobView {
  const view = viewOf(record, history, null, now);
  if (line.version === history.at(-1)?.version) return view;
  return {
    ...view,
    state: line.state,
    updatedAtMs: line.atMs,
    attempts: line.attempts,
    nextRunAtMs: line.nextRunAtMs,
    retryAfterMs: line.nextRunAtMs === null ? null : Math.max(0, line.nextRunAtMs - line.atMs),
    history: history.filter(({ version }) => version <= line.version).map(eventOf),
    answeredBy: null,
    route: null,
    refusal: null,
  };
}

export function entryOf(record: JobRecord, history: readonly HistoryLine[]): JobEntry {
  const { work } = record;
  return {
    id: work.jobId,
    version: record.version,
    state: record.gone ? null : record.state,
    tenant: work.tenant,
    kind: work.kind,
    model: work.model,
    createdAtMs: record.createdAtMs,
    updatedAtMs: record.updatedAtMs,
    attempts: record.runs.attempts,
    nextRunAtMs: record.delivery.dueAtMs,
    dueAtMs: record.human?.dueAtMs ?? null,
    reason: history.at(-1)?.reason ?? "",
  };
}

export function parkedOf(record: JobRecord, isNew: boolean, now: number): Parked {
  const { work, state } = record;
  return { jobId: work.jobId, state, retryAfterMs: estimateMs(record, now), isNew };
}

const SOON_MS = 1_000;
/** Nobody knows how long a run takes; so soon it is worth another look. */
const RUNNING_MS = 5_000;

/** When it is worth asking again: 1 s to 8 min. */
export function estimateMs(record: JobRecord, now: number): number {
  if (isSettled(record)) return SOON_MS;
  if (record.state === "running") return RUNNING_MS;
  const atMs = record.state === "waiting_for_human" ? record.human?.dueAtMs : record.delivery.dueAtMs;
  return Math.min(LONGEST_WAIT_MS, Math.max(SOON_MS, (atMs ?? Infinity) - now));
}

function eventOf({ atMs, state, reason, times }: HistoryLine): JobEvent {
  return { atMs, state, reason, ...(times > 1 && { times }) };
}
