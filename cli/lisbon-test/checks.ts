/**
 * Runs what a step wants to know and makes a row of it. Nothing is waited for
 * without an end: what is not there a moment after its limit is a miss.
 */
import { fail, type Result } from "../../src/lib/result.ts";
import type { Row } from "./row.ts";

export interface Checks {
  /** Resolves with what was found, or null where it was missed: then the step has nothing to go on with. */
  check<Found>(check: Check<Found>): Promise<Found | null>;
  notRun(what: string, why: string): void;
}

export interface Check<Found> {
  /** As the row says it. */
  readonly what: string;
  readonly limitMs: number;
  /** How long it is waited for, where what counts is only a part of it. */
  readonly withinMs?: number;
  /** `ms` where the time that counts is not the time from the beginning; `saw` is added to the row. */
  readonly run: (signal: AbortSignal) => Promise<Result<Seen<Found>, string>>;
}

export interface Seen<Found> {
  readonly found: Found;
  readonly ms?: number;
  readonly saw?: string;
}

/** A little more than the limit, so that a miss shows by how much. */
const GRACE_MS = 2_000;
const LAST_WORDS_MS = 500;

export function checksOf(step: string, report: (row: Row) => void, graceMs: number = GRACE_MS): Checks {
  return {
    async check({ what, limitMs, withinMs = limitMs, run }) {
      const began = performance.now();
      const seen = await orFailed(run, withinMs + graceMs);
      const since = performance.now() - began;
      if (!seen.ok) {
        report({ step, what, verdict: "miss", ms: since, limitMs, why: seen.failure });
        return null;
      }
      const { found, ms = since, saw } = seen.value;
      const said = saw === undefined ? what : `${what}: ${saw}`;
      const row = { step, what: said, ms, limitMs };
      report(ms <= limitMs ? { ...row, verdict: "ok" } : { ...row, verdict: "miss", why: "too late" });
      return found;
    },
    notRun: (what, why) => report({ step, what, verdict: "not_run", why }),
  };
}

async function orFailed<Found>(run: Check<Found>["run"], mostMs: number): Promise<Result<Seen<Found>, string>> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), mostMs);
  // What does not heed the signal is not waited for either; what does has a moment to say what it saw.
  let given = setTimeout(() => undefined, 0);
  const late = new Promise<Result<never, string>>((resolve) => {
    given = setTimeout(() => resolve(fail("it did not happen in time")), mostMs + LAST_WORDS_MS);
  });
  try {
    return await Promise.race([run(limit.signal), late]);
  } catch (cause) {
    return fail(limit.signal.aborted ? "it did not happen in time" : reasonOf(cause));
  } finally {
    clearTimeout(timer);
    clearTimeout(given);
    limit.abort();
  }
}

/** `fetch failed` hides what matters in its cause. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? `${cause.message} (${cause.cause.message})` : cause.message;
}
