/** What people do to a job, and what becomes of it when they do nothing. As `job-machine.ts`: a record in, a record out. */
import type { ColdSettings } from "../domain/routing.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { dispatchAt } from "./dispatches.ts";
import { type Change, changed, idleCallback, quiet, settled } from "./job-machine.ts";
import type { JobRefused } from "./job-port.ts";
import { type JobRecord, isSettled } from "./job-record.ts";

/** The first answer counts: a run that is under way is fenced off. */
export function answeredByHuman(record: JobRecord, by: string, now: number): Result<Change, JobRefused> {
  const refused = whyNot(record);
  if (refused) return fail(refused);
  const runs = { ...record.runs, run: record.runs.run + 1 };
  const answer: JobRecord = { ...record, runs, answeredBy: "human", route: null, told: null, refusal: null };
  return ok(settled(answer, "answered", `answered by ${by}`, now));
}

/** At once, with all its attempts and all its time. Null: it runs already. */
export function retried(
  record: JobRecord,
  by: string,
  now: number,
  settings: ColdSettings,
): Result<Change | null, JobRefused> {
  const refused = whyNot(record);
  if (refused) return fail(refused);
  return ok(record.state === "running" ? null : fresh(record, `sent back by ${by}`, now, settings));
}

/** With another request, also while it runs. */
export function edited(
  record: JobRecord,
  by: string,
  model: string,
  now: number,
  settings: ColdSettings,
): Result<Change, JobRefused> {
  const refused = whyNot(record);
  if (refused) return fail(refused);
  return ok(fresh({ ...record, work: { ...record.work, model } }, `edited by ${by}`, now, settings));
}

/** Prompt, answer and text are to go. What is answered or dead stays so. Null: they have gone already. */
export function cancelled(record: JobRecord, by: string, now: number): Change | null {
  if (record.erased) return null;
  if (!isSettled(record))
    return settled({ ...record, erased: true, refusal: null }, "cancelled", `cancelled by ${by}`, now);
  return changed(withoutCallback({ ...record, erased: true, refusal: null }), record.state, `erased by ${by}`, now);
}

/** Nobody has answered in the time that was given: the next person is told, each time the same span passes. */
export function overdue(record: JobRecord, now: number): JobRecord | null {
  const { human } = record;
  if (record.state !== "waiting_for_human" || human?.remindAtMs == null || human.remindAtMs > now) return null;
  const remindAtMs = human.everyMs === null ? null : now + human.everyMs;
  return { ...record, human: { ...human, reminders: human.reminders + 1, remindAtMs } };
}

/** Its retention has passed. Null: not yet, or it is gone already. */
export function retired(record: JobRecord, now: number): Change | null {
  if (record.gone || now < record.eraseAtMs) return null;
  const state = isSettled(record) ? record.state : "dead";
  const gone = withoutCallback({ ...quiet(record), erased: true, gone: true, refusal: null });
  return changed(gone, state, "erased: its time of keeping is over", now);
}

function fresh(record: JobRecord, why: string, now: number, settings: ColdSettings): Change {
  const { callback } = record;
  const runs = { ...record.runs, attempts: 0, failed: 0, putOffs: 0, lost: 0, firstAtMs: null, backBecause: null };
  const said = record.runs.said || record.state === "running";
  const again: JobRecord = {
    ...quiet({ ...record, runs: { ...runs, said } }),
    expiresAtMs: now + settings.maxAgeMs,
    refusal: null,
    callback: callback && idleCallback(callback.url),
  };
  return changed(dispatchAt(again, now, now), "queued", why, now);
}

function whyNot(record: JobRecord): JobRefused | null {
  if (record.erased) return { kind: "job_erased" };
  return record.state === "answered" || record.state === "cancelled"
    ? { kind: "job_settled", state: record.state }
    : null;
}

function withoutCallback(record: JobRecord): JobRecord {
  const { callback } = record;
  if (callback === null || callback.dueAtMs === null) return record;
  return { ...record, callback: { ...callback, state: "failed", lastError: "the job was erased", dueAtMs: null } };
}
