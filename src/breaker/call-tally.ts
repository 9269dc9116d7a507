/**
 * What an isolate has counted of its calls and the switchboard has not yet
 * acknowledged. It travels with the reports that go anyway: one batch at a
 * time, numbered, so that one that is sent again counts once. This is the
 * isolate's memory, changed in place: a call costs some additions.
 */
import type { Attempt } from "../domain/attempt.ts";
import type { CallLog } from "../domain/call-log.ts";
import { policyOf } from "../domain/failure.ts";
import { accountSubject, bucketOf, CALLS, MS_BOUNDS, routeSubject, TOKEN_BOUNDS, type Tally } from "./series.ts";

export interface CallTally {
  /** Of the latest batch. They only grow. */
  number: number;
  /** Under way, or to be sent again. */
  sent: Tally | null;
  next: Map<string, Record<string, number>>;
}

export interface CountBatch {
  readonly number: number;
  readonly of: Tally;
}

/** A batch holds at most so many; the rest goes with the next one. */
export const SUBJECTS_PER_BATCH = 64;

export function emptyTally(): CallTally {
  return { number: 0, sent: null, next: new Map() };
}

export function isNothingCounted({ sent, next }: CallTally): boolean {
  return sent === null && next.size === 0;
}

/** The same one until it is acknowledged. Null: there is nothing to tell. */
export function batchOf(tally: CallTally): CountBatch | null {
  if (tally.sent === null) {
    if (tally.next.size === 0) return null;
    const going = [...tally.next].slice(0, SUBJECTS_PER_BATCH);
    for (const [subject] of going) tally.next.delete(subject);
    tally.sent = Object.fromEntries(going);
    tally.number += 1;
  }
  return { number: tally.number, of: tally.sent };
}

export function acknowledgeBatch(tally: CallTally, number: number): void {
  if (tally.number === number) tally.sent = null;
}

/** One call that has ended, a job's own run too. `accountOf`: of a route; null: nobody knows it. */
export function countCall(tally: CallTally, line: CallLog, accountOf: (routeId: string) => string | null): void {
  const calls = countsOf(tally, CALLS);
  const ofJob = isRunOfJob(line);
  add(calls, `${ofJob ? "run" : "out"}:${outcomeOf(line)}`, 1);
  for (const attempt of line.attempts) countAttempt(tally, attempt, line.stream);
  if (line.route !== null) countTokens(countsOf(tally, routeSubject(line.route)), line);
  if (ofJob) return;
  if (line.outcome === "answered") countWait(calls, line.first_words_ms ?? line.ms);
  if (line.attempts.length > (line.route === null ? 0 : 1)) countFate(tally, calls, line, accountOf);
}

/** A caller's line names a job only where the job answered, or keeps it. */
function isRunOfJob({ job, outcome }: CallLog): boolean {
  return job !== null && outcome !== "queued" && outcome !== "answered_by_job";
}

/** `answered:hot`, `queued`, `job`, `cached`, `broken:stream_cut`, `refused:providers_failed`. */
function outcomeOf({ outcome, tier, route }: CallLog): string {
  if (outcome === "answered") return `answered:${tier}`;
  if (outcome === "answered_by_job") return "job";
  if (outcome === "answered_from_cache") return "cached";
  if (outcome === "queued") return outcome;
  return route === null ? `refused:${outcome}` : `broken:${outcome}`;
}

function countAttempt(tally: CallTally, attempt: Attempt, stream: boolean): void {
  if (attempt.result === "skipped") return;
  const counts = countsOf(tally, routeSubject(attempt.routeId));
  // The attempt itself has a line of its own.
  if (attempt.result === "flawed") return add(counts, "flawed", 1);
  const answered = attempt.result === "answered" || attempt.result === "continued";
  countValue(counts, answered ? (stream ? STREAMED : WHOLE) : `f:${attempt.result}`, attempt.ms, MS_BOUNDS);
}

/** Names of the histograms of a route's attempts that answered: until the first words of a stream, until the end otherwise. */
export const STREAMED = "t";
export const WHOLE = "a";

function countTokens(counts: Record<string, number>, line: CallLog): void {
  if (line.prompt_tokens !== null) countValue(counts, "i", line.prompt_tokens, TOKEN_BOUNDS);
  if (line.completion_tokens !== null) countValue(counts, "o", line.completion_tokens, TOKEN_BOUNDS);
}

function countWait(calls: Record<string, number>, waitMs: number): void {
  countValue(calls, "w", waitMs, MS_BOUNDS);
  calls["max:w"] = Math.max(calls["max:w"] ?? 0, waitMs);
}

/** What became of a call that met a route in trouble: that is what an incident did to callers. */
function countFate(
  tally: CallTally,
  calls: Record<string, number>,
  line: CallLog,
  accountOf: (routeId: string) => string | null,
): void {
  const fate = fateOf(line);
  if (fate === null) return;
  const troubled = new Set(line.attempts.filter(isTrouble).map(({ routeId }) => routeId));
  if (troubled.size === 0 && fate !== "missed") return;
  add(calls, fate, 1);
  const accounts = new Set<string>();
  for (const routeId of troubled) {
    add(countsOf(tally, routeSubject(routeId)), fate, 1);
    const account = accountOf(routeId);
    if (account !== null) accounts.add(account);
  }
  for (const account of accounts) add(countsOf(tally, accountSubject(account)), fate, 1);
}

function fateOf({ outcome }: CallLog): "saved" | "parked" | "missed" | null {
  if (outcome === "answered" || outcome === "answered_from_cache") return "saved";
  if (outcome === "queued") return "parked";
  return outcome === "deadline_exceeded" ? "missed" : null;
}

const OUT = new Set(["open", "account_out", "host_unreachable", "limit_reached"]);

function isTrouble(attempt: Attempt): boolean {
  if (attempt.result === "answered" || attempt.result === "continued" || attempt.result === "flawed") return false;
  if (attempt.result === "skipped") return OUT.has(attempt.why);
  return policyOf(attempt.result).counts !== "nothing";
}

function countsOf(tally: CallTally, subject: string): Record<string, number> {
  const known = tally.next.get(subject);
  if (known !== undefined) return known;
  const made: Record<string, number> = {};
  tally.next.set(subject, made);
  return made;
}

function countValue(counts: Record<string, number>, name: string, value: number, bounds: readonly number[]): void {
  add(counts, name, value);
  add(counts, `${name}:${bucketOf(value, bounds)}`, 1);
}

function add(counts: Record<string, number>, name: string, by: number): void {
  counts[name] = (counts[name] ?? 0) + by;
}
