import type { FailureKind } from "../domain/failure.ts";
import type { BreakerLimits } from "../domain/routing.ts";

/**
 * What takes an account (or, where the failure concerns only one, a route)
 * out for a set time: quota, credit, keys, and the same error again and again.
 * No probe ends it, only time or an operator. State in, state out.
 */
export interface Exclusion {
  readonly out: Out | null;
  /** Errors of the last minutes, oldest first: what the same-error rule counts. */
  readonly sightings: readonly Sighting[];
  /** A key that one place found refused. A second place, or a probe, decides. */
  readonly suspicion: Suspicion | null;
  /** When it was last cleared, by time or by an operator. What began before that moment is old news. */
  readonly clearedAtMs: number;
}

export interface Out {
  readonly kind: FailureKind;
  readonly detail: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Quota or credit, and the provider has named no reset. Absent: it has, or it is something else. */
  readonly unnamed?: true;
}

export interface Sighting {
  readonly error: string;
  readonly atMs: number;
}

export interface Suspicion {
  /** The isolate that saw it. */
  readonly by: string;
  readonly atMs: number;
  /** The route to probe, until a probe went. */
  readonly toProbe: string | null;
}

export interface SeenFailure {
  readonly routeId: string;
  readonly kind: FailureKind;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly retryAfterMs: number | null;
  readonly oneModelOnly: boolean;
  /** What tells the error from another: see `errorMark`. */
  readonly error: string;
  /** The isolate that saw it, or `PROBE`. */
  readonly by: string;
}

export const PROBE = "probe";

/** Quotas renew monthly at the latest; a reset further off than that is garbled. */
const SHORTEST_RESET_MS = 60_000;
const LONGEST_RESET_MS = 31 * 24 * 3600_000;

/** Far more than three kinds of error at a time; what is over it is forgotten, oldest first. */
const MOST_SIGHTINGS = 30;

export const noExclusion: Exclusion = { out: null, sightings: [], suspicion: null, clearedAtMs: 0 };

export function isOut(exclusion: Exclusion, now: number): boolean {
  return exclusion.out !== null && now < exclusion.out.untilMs;
}

/** Quota and credit: out at once, until the reset that the provider names. A longer time is never shortened. */
export function takeOut(before: Exclusion, seen: SeenFailure, now: number, limits: BreakerLimits): Exclusion {
  const exclusion = withoutPast(before, now);
  if (seen.startedAtMs < exclusion.clearedAtMs) return exclusion;
  const untilMs = seen.endedAtMs + outForMs(seen.retryAfterMs ?? 0, limits);
  return outUntil(exclusion, seen, now, untilMs, (seen.retryAfterMs ?? 0) === 0);
}

/** A wait of nothing names no reset, and one of seconds is a rate limit's: over quota it is out for a minute at least. */
function outForMs(toldMs: number, limits: BreakerLimits): number {
  return toldMs === 0 ? limits.accountOutMs : Math.min(Math.max(toldMs, SHORTEST_RESET_MS), LONGEST_RESET_MS);
}

/** The same error again: out once it was seen often enough within the window, whatever succeeded in between. */
export function sawError(before: Exclusion, seen: SeenFailure, now: number, limits: BreakerLimits): Exclusion {
  const exclusion = withoutPast(before, now);
  const windowMs = limits.sameErrorWindowMs;
  if (exclusion.out !== null || seen.startedAtMs < exclusion.clearedAtMs || now - seen.endedAtMs > windowMs) {
    return exclusion;
  }
  const error = `${seen.kind}: ${seen.error}`;
  const sightings = exclusion.sightings
    .filter((sighting) => Math.abs(seen.endedAtMs - sighting.atMs) <= windowMs)
    .concat({ error, atMs: seen.endedAtMs })
    .slice(-MOST_SIGHTINGS);
  const times = sightings.filter((sighting) => sighting.error === error).length;
  if (times < limits.sameErrorCount) return { ...exclusion, sightings };
  return outUntil(exclusion, seen, now, now + limits.sameErrorOpenMs);
}

/** A refused key: one isolate alone may be mistaken (a deploy under way), two or a probe are not. */
export function sawRefusedKey(before: Exclusion, seen: SeenFailure, now: number, limits: BreakerLimits): Exclusion {
  const exclusion = withoutPast(before, now);
  const late = now - seen.endedAtMs > limits.accountOutMs;
  if (exclusion.out !== null || seen.startedAtMs < exclusion.clearedAtMs || late) return exclusion;

  const earlier = exclusion.suspicion;
  const fresh = earlier !== null && seen.endedAtMs - earlier.atMs <= limits.accountOutMs;
  if (seen.by === PROBE || (fresh && earlier.by !== seen.by)) {
    return outUntil(exclusion, seen, now, now + limits.accountOutMs);
  }
  if (fresh) return exclusion;
  return { ...exclusion, suspicion: { by: seen.by, atMs: seen.endedAtMs, toProbe: seen.routeId } };
}

/** A success that began after a key was suspected clears it. */
export function keyWorked(exclusion: Exclusion, beganMs: number): Exclusion {
  if (exclusion.suspicion === null || beganMs < exclusion.suspicion.atMs) return exclusion;
  return { ...exclusion, suspicion: null };
}

/** The probe that a suspicion asked for went, and did not settle it. */
export function suspicionProbed(exclusion: Exclusion, routeId: string): Exclusion {
  if (exclusion.suspicion?.toProbe !== routeId) return exclusion;
  return { ...exclusion, suspicion: { ...exclusion.suspicion, toProbe: null } };
}

/** An `out` whose time is over is gone, and with it all that led to it. */
export function withoutPast(exclusion: Exclusion, now: number): Exclusion {
  if (exclusion.out === null || now < exclusion.out.untilMs) return exclusion;
  return { ...noExclusion, clearedAtMs: exclusion.out.untilMs };
}

/** An operator says that all is well. */
export function exclusionReset(now: number): Exclusion {
  return { ...noExclusion, clearedAtMs: now };
}

function outUntil(exclusion: Exclusion, seen: SeenFailure, now: number, untilMs: number, unnamed = false): Exclusion {
  if (untilMs <= now || untilMs <= (exclusion.out?.untilMs ?? 0)) return exclusion;
  const { kind, error: detail } = seen;
  const sinceMs = exclusion.out?.sinceMs ?? now;
  const out: Out = { kind, detail, sinceMs, untilMs, ...(unnamed && { unnamed }) };
  return { ...noExclusion, out, clearedAtMs: exclusion.clearedAtMs };
}
