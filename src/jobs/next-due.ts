import type { JobRecord } from "./job-record.ts";

/** When the job has something to do without being asked. */
export function nextDueMs(record: JobRecord): number {
  const due = [
    record.delivery.wakeAtMs,
    record.runs.leaseUntilMs,
    record.human?.remindAtMs,
    record.callback?.dueAtMs,
    record.index?.dueAtMs,
    record.notices?.dueAtMs,
    // What is gone stays as a mark, and at least until the list has heard of it.
    record.gone && record.index !== null ? null : record.eraseAtMs,
  ];
  return Math.min(...due.map((atMs) => atMs ?? Infinity));
}
