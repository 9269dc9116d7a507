import type { FailureKind } from "../domain/failure.ts";
import type { BreakerLimits } from "../domain/routing.ts";

/**
 * The outage rule of one route as plain arithmetic: state in, state out.
 * Failures in a row open it, only probes close it. `probe.ts` has the probes.
 */
export type Circuit = ClosedCircuit | OpenCircuit;

export interface ClosedCircuit {
  readonly phase: "closed";
  /** The run of failures that may open the route; null: none. */
  readonly run: FailureRun | null;
  /** When the youngest success that is known of began. What failed before that moment is disproved. */
  readonly successBeganMs: number;
  /** When the route closed the last time; null: it was never open. What began before that moment is old news. */
  readonly closedAtMs: number | null;
  /** How long it was opened for the last time; 0 where an operator closed it, for that is no relapse. */
  readonly openedForMs: number;
}

export interface FailureRun {
  readonly failures: number;
  readonly firstFailureMs: number;
  /** Successes that came in since, but of attempts that began before the first failure. */
  readonly lateSuccesses: number;
}

export interface OpenCircuit {
  readonly phase: "open";
  readonly kind: FailureKind;
  readonly sinceMs: number;
  /** From then on probes go out; the route stays open until they succeed. */
  readonly untilMs: number;
  readonly openedForMs: number;
  /** Of the probes since `untilMs`. */
  readonly probesPassed: number;
}

/** The breaker's numbers, and the longest `Retry-After` that a call waits for by itself. */
export interface CircuitLimits extends BreakerLimits {
  readonly retryAfterWaitMs: number;
}

export interface OutageFailure {
  readonly kind: FailureKind;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly retryAfterMs: number | null;
}

/** A garbled `Retry-After` must not take a route away for years; a probe that goes sooner than asked does no harm. */
const LONGEST_RETRY_AFTER_MS = 24 * 3600_000;

/**
 * A late success is no proof that the route works now, and so it does not end a run. But where calls last a second
 * and errors are quick, a busy, healthy route shows many late successes between its few errors, and a dead one about
 * as many as failures. So two of them make up for one failure.
 */
const LATE_SUCCESSES_PER_FAILURE = 2;

export const closedCircuit: ClosedCircuit = {
  phase: "closed",
  run: null,
  successBeganMs: 0,
  closedAtMs: null,
  openedForMs: 0,
};

export function circuitFailed(circuit: Circuit, failure: OutageFailure, now: number, limits: CircuitLimits): Circuit {
  const retryAtMs = retryMoment(failure);
  if (circuit.phase === "open") return retryAtMs > circuit.untilMs ? { ...circuit, untilMs: retryAtMs } : circuit;
  if (isOldNews(circuit, failure, now, limits)) return circuit;

  const run = longerRun(circuit.run, failure);
  const closed = { ...circuit, run };
  if (failure.kind === "rate_limited" && (failure.retryAfterMs ?? 0) > limits.retryAfterWaitMs && retryAtMs > now) {
    return open(failure.kind, now, retryAtMs, limits.openMs);
  }
  if (weight(run) < limits.failuresToOpen) return closed;

  const openForMs = openTime(closed, run, limits);
  return open(failure.kind, now, Math.max(now + openForMs, retryAtMs), openForMs);
}

/** `count` successes in a row; `beganMs` is the youngest beginning among them. */
export function circuitSucceeded(circuit: Circuit, count: number, beganMs: number): Circuit {
  if (circuit.phase === "open") return circuit;
  const successBeganMs = Math.max(circuit.successBeganMs, beganMs);
  if (circuit.run === null && successBeganMs === circuit.successBeganMs) return circuit;
  if (circuit.run === null) return { ...circuit, successBeganMs };
  if (beganMs >= circuit.run.firstFailureMs) return { ...circuit, run: null, successBeganMs };

  const run = { ...circuit.run, lateSuccesses: circuit.run.lateSuccesses + count };
  return { ...circuit, run: weight(run) > 0 ? run : null, successBeganMs };
}

/** An operator says that the route is well. */
export function circuitReset(now: number): Circuit {
  return { ...closedCircuit, closedAtMs: now };
}

/** The moment from which the provider wants to be asked again; 0 where it names none. */
export function retryMoment(failure: { readonly endedAtMs: number; readonly retryAfterMs: number | null }): number {
  if (failure.retryAfterMs === null) return 0;
  return failure.endedAtMs + Math.min(failure.retryAfterMs, LONGEST_RETRY_AFTER_MS);
}

/** Of before the last closing, disproved since, or reported so late that an opening would be over by now. */
function isOldNews(circuit: ClosedCircuit, failure: OutageFailure, now: number, limits: BreakerLimits): boolean {
  return (
    failure.startedAtMs < (circuit.closedAtMs ?? 0) ||
    failure.endedAtMs < circuit.successBeganMs ||
    failure.endedAtMs + limits.openMs < now
  );
}

function longerRun(run: FailureRun | null, failure: OutageFailure): FailureRun {
  if (run === null) return { failures: 1, firstFailureMs: failure.endedAtMs, lateSuccesses: 0 };
  return { ...run, failures: run.failures + 1 };
}

function weight(run: FailureRun): number {
  return run.failures - Math.floor(run.lateSuccesses / LATE_SUCCESSES_PER_FAILURE);
}

function openTime(circuit: ClosedCircuit, run: FailureRun, limits: BreakerLimits): number {
  const relapsed = circuit.closedAtMs !== null && run.firstFailureMs - circuit.closedAtMs <= limits.relapseMs;
  if (!relapsed) return limits.openMs;
  return Math.max(limits.openMs, Math.min(limits.maxOpenMs, 2 * circuit.openedForMs));
}

function open(kind: FailureKind, now: number, untilMs: number, openedForMs: number): OpenCircuit {
  return { phase: "open", kind, sinceMs: now, untilMs, openedForMs, probesPassed: 0 };
}
