/**
 * A job's life as plain arithmetic: a record and what happened make the next
 * record, or nothing where it came too late. No storage, no clock, no promises;
 * `job-core.ts` supplies those. How dispatches go is in `dispatches.ts`, what
 * people do in `human-hand.ts`.
 */
import type { ColdSettings } from "../domain/routing.ts";
import { isOperators } from "../domain/limits.ts";
import type { Refusal } from "../domain/refusal.ts";
import { burnsAttempt } from "./burns-attempt.ts";
import { firstRunMs, nextRunMs, putOffMs } from "./delays.ts";
import { EARLY_MS, type Moment, dispatchAt } from "./dispatches.ts";
import { type JobRecord, isRunning, isSettled, keptWork } from "./job-record.ts";
import type { Delivered } from "./job-port.ts";
import type { JobState, JobWork } from "./job.ts";
import type { AnsweredBy, RunRefused } from "./run-result.ts";

/** A record and the line that it adds to the history; no line: nobody is told. */
export interface Change {
  readonly record: JobRecord;
  readonly line: Line | null;
}

export interface Line {
  readonly state: JobState;
  readonly reason: string;
  /** The line of the run that brought nothing is taken back. */
  readonly dropsRun: boolean;
  /** The line before is the same: it is counted up. */
  readonly again: boolean;
}

/** While it runs the alarm renews it; so long after a kill the job goes back to the queue. */
export const LEASE_MS = 60_000;

/** Not attempts, for nobody knows whether a provider was asked; but what kills its object each time must end. */
const MOST_LOST_RUNS = 10;

export interface Made {
  readonly work: JobWork;
  readonly reason: string;
  /** What an earlier job left behind under this id. */
  readonly before: JobRecord | null;
}

export function made({ work, reason, before }: Made, now: number, settings: ColdSettings): Change {
  const record: JobRecord = {
    version: Math.max(now, before?.version ?? 0),
    state: "stored",
    erased: false,
    gone: false,
    createdAtMs: now,
    updatedAtMs: now,
    expiresAtMs: now + settings.maxAgeMs,
    eraseAtMs: now + settings.retainMs,
    work: keptWork(work),
    delivery: {
      dispatch: before?.delivery.dispatch ?? 0,
      dueAtMs: null,
      notBeforeMs: null,
      phase: "unpublished",
      wakeAtMs: null,
      unheard: 0,
    },
    runs: {
      run: before?.runs.run ?? 0,
      by: "delivery",
      startedAtMs: 0,
      leaseUntilMs: null,
      firstAtMs: null,
      attempts: 0,
      failed: 0,
      putOffs: 0,
      lost: 0,
      pausedSinceMs: null,
      said: false,
      backBecause: null,
    },
    human: null,
    answeredBy: null,
    route: null,
    told: null,
    refusal: null,
    callback: work.callbackUrl === null ? null : idleCallback(work.callbackUrl),
    index: null,
    notices: null,
  };
  return changed(record, "stored", reason, now);
}

/** To the queue, the first run not before a route may be back. `paused`: that time does not count. */
export function toQueue(
  { record, line }: Change,
  { retryAfterMs, reason }: { readonly retryAfterMs: number; readonly reason: string },
  { now, random }: Moment,
): Change {
  const queued = dispatchAt(record, now + firstRunMs(retryAfterMs, random), now);
  if (reason !== "paused") return { record: queued, line };
  return { record: { ...queued, runs: { ...queued.runs, pausedSinceMs: now } }, line };
}

export function toHuman(record: JobRecord, dueMs: number | null, why: string, now: number): Change {
  const remindAtMs = dueMs === null ? null : now + dueMs;
  return changed(
    {
      ...quiet(record),
      human: { dueAtMs: remindAtMs, everyMs: dueMs, remindAtMs, reminders: 0 },
    },
    "waiting_for_human",
    why,
    now,
  );
}

export type Claim =
  | { readonly kind: "claimed"; readonly change: Change }
  /** The transport was early: another dispatch, nothing run. */
  | { readonly kind: "early"; readonly record: JobRecord }
  | { readonly kind: "not"; readonly why: Delivered };

/** `dispatch`: a delivery of that number; null: the job's own alarm, or a caller. */
export function claim(record: JobRecord, by: JobRecord["runs"]["by"], dispatch: number | null, now: number): Claim {
  if (dispatch !== null && dispatch !== record.delivery.dispatch) return { kind: "not", why: "stale" };
  if (isSettled(record) || record.state === "waiting_for_human") return { kind: "not", why: "settled" };
  if (record.state === "running") return { kind: "not", why: "running" };
  const { dueAtMs } = record.delivery;
  if (dispatch !== null && dueAtMs !== null && now < dueAtMs - EARLY_MS) {
    // Its clock is not ours: what it was early by is added, so that it does not come early again and again.
    return { kind: "early", record: dispatchAt(record, dueAtMs, now, dueAtMs + (dueAtMs - now)) };
  }
  const { runs, delivery } = record;
  const run = runs.run + 1;
  const pausedMs = runs.pausedSinceMs === null ? 0 : now - runs.pausedSinceMs;
  const claimed: JobRecord = {
    ...record,
    expiresAtMs: record.expiresAtMs + pausedMs,
    delivery: {
      ...delivery,
      dueAtMs: null,
      notBeforeMs: null,
      wakeAtMs: null,
      unheard: by === "delivery" ? 0 : delivery.unheard,
    },
    runs: {
      ...runs,
      run,
      by,
      startedAtMs: now,
      leaseUntilMs: now + LEASE_MS,
      firstAtMs: runs.firstAtMs ?? now,
      pausedSinceMs: null,
    },
  };
  return { kind: "claimed", change: changed(claimed, "running", `run ${run}, ${BY[by]}`, now) };
}

const BY = { caller: "for its caller", delivery: "delivered", alarm: "by its own alarm" } as const;

export function leaseRenewed(record: JobRecord, now: number): JobRecord {
  return { ...record, runs: { ...record.runs, leaseUntilMs: now + LEASE_MS } };
}

/** Null: it is not this run's turn any more, and its answer is thrown away. */
export function answered(record: JobRecord, run: number, { route, told }: AnsweredBy, now: number): Change | null {
  if (!isRunning(record, run)) return null;
  return settled(
    { ...record, answeredBy: "provider", route, told },
    "answered",
    `run ${run}: answered by ${route}`,
    now,
  );
}

export interface RunEnd {
  readonly run: number;
  readonly result: RunRefused;
  /** Text had come before it broke. */
  readonly said: boolean;
}

/** The run brought no answer. Null: it is not its turn any more. */
export function unanswered(record: JobRecord, end: RunEnd, moment: Moment, settings: ColdSettings): Change | null {
  if (!isRunning(record, end.run)) return null;
  const { result, said } = end;
  const { now } = moment;
  const { refusal } = result;
  const runs = { ...record.runs, said: record.runs.said || said, lost: 0 };
  if (isOwnFault(refusal)) return settled({ ...record, runs, refusal }, "dead", `the request: ${refusal.kind}`, now);

  const burns = burnsAttempt(result.failures);
  const attempts = runs.attempts + (burns ? 1 : 0);
  const why = reasonOf(result, burns ? `attempt ${attempts} of ${settings.attempts}` : null);
  const after = { ...record, runs: { ...runs, attempts } };
  if (attempts >= settings.attempts) return settled({ ...after, refusal }, "dead", why, now);
  if (now >= record.expiresAtMs) return settled({ ...after, refusal }, "dead", `too old; ${why}`, now);
  return backToQueue(after, end, why, moment);
}

/** Nobody answered its caller, who gets the error, and the job is not kept: its key is free again. */
export function notKept(record: JobRecord, run: number, now: number): Change | null {
  if (!isRunning(record, run)) return null;
  return changed({ ...quiet(record), erased: true, gone: true, callback: null }, "dead", "not kept", now);
}

/** Its object was evicted or killed in mid-run: the next run goes on with the text that was stored. */
export function lost(record: JobRecord, { now, random }: Moment): Change {
  const losses = record.runs.lost + 1;
  const after = { ...record, runs: { ...record.runs, lost: losses, said: true } };
  if (losses >= MOST_LOST_RUNS) return settled(after, "dead", `its run was lost ${losses} times in a row`, now);
  if (now >= record.expiresAtMs) return settled(after, "dead", "too old; its run was lost", now);
  return requeued(after, now + nextRunMs(losses, random), "its run was lost: the object was evicted or killed", now);
}

/** Nothing more is due of it but its end. */
export function settled(record: JobRecord, state: JobState, reason: string, now: number): Change {
  const change = changed(quiet(record), state, reason, now);
  const { version, work, callback } = change.record;
  if (callback === null) return change;
  return {
    ...change,
    record: {
      ...change.record,
      callback: {
        ...idleCallback(callback.url),
        dueAtMs: now,
        messageId: `msg_${work.jobId}_${version}`,
        settledAtMs: now,
      },
    },
  };
}

export function changed(record: JobRecord, state: JobState, reason: string, now: number): Change {
  return {
    record: { ...record, state, version: record.version + 1, updatedAtMs: now },
    line: { state, reason, dropsRun: false, again: false },
  };
}

export function idleCallback(url: string): NonNullable<JobRecord["callback"]> {
  return { url, state: "waiting", attempts: 0, lastError: null, dueAtMs: null, messageId: null, settledAtMs: null };
}

/** Neither runs nor waits. */
export function quiet(record: JobRecord): JobRecord {
  return {
    ...record,
    human: null,
    delivery: { ...record.delivery, dueAtMs: null, notBeforeMs: null, wakeAtMs: null },
    runs: { ...record.runs, leaseUntilMs: null, pausedSinceMs: null },
  };
}

const OWN_FAULTS = [
  "invalid_request",
  "request_rejected",
  "content_filtered",
  "context_too_long",
  "not_capable",
  "model_not_found",
] as const satisfies readonly Refusal["kind"][];

/** What its caller has used up: who waits for the answer is told so, and who does not may get it later. */
export function isCallersLimit(refusal: Refusal): boolean {
  if (refusal.kind === "budget_exhausted") return !isOperators(refusal.scope);
  return refusal.kind === "limit_reached" || refusal.kind === "unavailable";
}

/** What no other route and no later hour can mend. */
export function isOwnFault(refusal: Refusal): boolean {
  return OWN_FAULTS.some((kind) => kind === refusal.kind);
}

function backToQueue(record: JobRecord, { result }: RunEnd, why: string, { now, random }: Moment): Change {
  const asked = result.asked > 0;
  const runs = {
    ...record.runs,
    failed: record.runs.failed + (asked ? 1 : 0),
    putOffs: asked ? 0 : record.runs.putOffs + 1,
    pausedSinceMs: result.pausedOnly ? now : null,
  };
  return requeued({ ...record, runs }, now + waitMs(), why, now);

  function waitMs(): number {
    // Its caller has only just been told when to come back.
    if (runs.by === "caller") return firstRunMs(result.retryAfterMs, random);
    return asked ? nextRunMs(runs.failed, random) : putOffMs(runs.putOffs, result.retryAfterMs, random);
  }
}

/** The same reason again and again, as in an outage, is one line of the history with a count. */
function requeued(record: JobRecord, dueAtMs: number, why: string, now: number): Change {
  const again = record.runs.backBecause === why;
  const runs = { ...record.runs, leaseUntilMs: null, backBecause: why };
  const { record: after, line } = changed(dispatchAt({ ...record, runs }, dueAtMs, now), "queued", why, now);
  return { record: after, line: line && { ...line, again, dropsRun: again } };
}

function reasonOf({ asked, failures, refusal, pausedOnly }: RunRefused, attempt: string | null): string {
  if (asked === 0) return pausedOnly ? "put off: paused" : `put off: no route can be asked (${refusal.kind})`;
  const kinds = [...new Set(failures.map(({ kind }) => kind))].slice(0, 5).join(", ") || refusal.kind;
  return attempt === null ? `failed, not counted: ${kinds}` : `failed, ${attempt}: ${kinds}`;
}
