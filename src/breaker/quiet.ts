/**
 * A kind of which nobody answers: three calls in a row walked the whole chain for nothing, with no success of a route
 * of the kind between them. Then its callers are told at once, and one leased call at a time walks the chain again.
 * State in, state out. For chains that fail in ways that open no circuit soon; an open one is skipped anyway.
 */
export interface QuietState {
  /** Calls in a row. */
  readonly calls: number;
  /** When the first of them began: a success of before that moment is no proof. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** When one call may walk again; null: it is not quiet. */
  readonly untilMs: number | null;
}

export const QUIET_CALLS = 3;
/** Calls further apart are no row. */
const ROW_MS = 180_000;
/** Nobody has asked for so long: whoever comes next may walk, and the first failure makes it quiet again. */
export const FORGOTTEN_MS = 15 * 60_000;

export interface Walked {
  readonly calls: number;
  readonly beganMs: number;
}

export function walkedInVain(before: QuietState | null, walked: Walked, quietMs: number, now: number): QuietState {
  const row = before !== null && (before.untilMs !== null || now - before.lastMs <= ROW_MS) ? before : null;
  const calls = (row?.calls ?? 0) + walked.calls;
  return {
    calls,
    firstMs: row?.firstMs ?? walked.beganMs,
    lastMs: now,
    untilMs: calls < QUIET_CALLS ? null : now + quietMs,
  };
}

/** Did this success end it? */
export function endsQuiet({ firstMs }: QuietState, beganMs: number): boolean {
  return beganMs >= firstMs;
}

/** One call may walk: nobody else may for a while. Null: none may yet, or there is nothing to lease. */
export function leaseWalk(before: QuietState, quietMs: number, now: number): QuietState | null {
  if (before.untilMs === null || now < before.untilMs) return null;
  return { ...before, untilMs: now + quietMs };
}

/** When it is forgotten without an answer. */
export function forgottenAtMs({ lastMs, untilMs }: QuietState): number {
  // A lease that nobody used is no sign of anything.
  return lastMs + (untilMs === null ? ROW_MS : FORGOTTEN_MS);
}
