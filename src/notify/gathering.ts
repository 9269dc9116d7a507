import type { Notice } from "../domain/notice.ts";
import { JOBS_NAMED } from "./message.ts";

/**
 * When notices of one key become a message, as plain arithmetic: the first
 * after a short span, so that a burst is one message; the same again at most
 * once in the map's window; a closing one at once.
 */
export interface KeyState {
  /** When the first notice of the key was raised: a closing one says how long ago that is. */
  readonly startedAtMs: number;
  /** Null: nobody was told yet. */
  readonly toldAtMs: number | null;
  readonly toldReminders: number;
  /** Null: nothing waits. */
  readonly waiting: Gathered | null;
}

export interface Gathered {
  readonly notice: Notice;
  readonly count: number;
  readonly jobs: number;
  readonly sinceMs: number;
  readonly dueMs: number;
}

export interface Closed {
  /** Raised, not told yet, and over already; null: it was told. */
  readonly unsaid: Gathered | null;
  readonly closing: Gathered;
  readonly openForMs: number;
}

/** From the first notice of a key until it is told. */
export const GATHER_MS = 2_000;

export function gather(before: KeyState | null, notice: Notice, now: number, windowMs: number): KeyState {
  const state = before ?? { startedAtMs: notice.atMs, toldAtMs: null, toldReminders: 0, waiting: null };
  const dueMs = isNews(state, notice, now, windowMs) ? now + GATHER_MS : (state.toldAtMs ?? now) + windowMs;
  const { waiting } = state;
  if (waiting === null) return { ...state, waiting: gathered(notice, now, dueMs) };
  return { ...state, waiting: { ...together(waiting, notice), dueMs: Math.min(waiting.dueMs, dueMs) } };
}

/** What was gathered has become a message. */
export function told(state: KeyState, now: number): KeyState {
  return { ...state, toldAtMs: now, toldReminders: state.waiting?.notice.reminders ?? 0, waiting: null };
}

/**
 * Null: nobody was ever told of it, so nobody is told of its end. What was
 * still being gathered is told too: an opening of a second is an opening.
 */
export function close(state: KeyState | null, notice: Notice, now: number): Closed | null {
  if (state === null || (state.toldAtMs === null && state.waiting === null)) return null;
  const openForMs = Math.max(0, notice.atMs - state.startedAtMs);
  const { waiting } = state;
  if (waiting === null) return { unsaid: null, closing: gathered(notice, now, now), openForMs };
  if (state.toldAtMs === null) return { unsaid: waiting, closing: gathered(notice, now, now), openForMs };
  return { unsaid: null, closing: { ...together(waiting, notice), dueMs: now }, openForMs };
}

/** A reminder is no repeat: more people were passed over. */
function isNews(state: KeyState, notice: Notice, now: number, windowMs: number): boolean {
  return state.toldAtMs === null || notice.reminders > state.toldReminders || now >= state.toldAtMs + windowMs;
}

function gathered(notice: Notice, now: number, dueMs: number): Gathered {
  return { notice: withFirstJobs(notice, notice.jobIds), count: 1, jobs: notice.jobIds.length, sinceMs: now, dueMs };
}

function together(waiting: Gathered, notice: Notice): Gathered {
  const known = new Set(waiting.notice.jobIds);
  const fresh = notice.jobIds.filter((jobId) => !known.has(jobId));
  return {
    ...waiting,
    notice: withFirstJobs(
      { ...notice, dueAtMs: earliest(waiting.notice.dueAtMs, notice.dueAtMs) },
      waiting.notice.jobIds.concat(fresh),
    ),
    count: waiting.count + 1,
    jobs: waiting.jobs + fresh.length,
  };
}

function withFirstJobs(notice: Notice, jobIds: readonly string[]): Notice {
  return { ...notice, jobIds: jobIds.slice(0, JOBS_NAMED) };
}

function earliest(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.min(left, right);
}
