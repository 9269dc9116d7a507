import { type InjectedFault, meetsFault, readFault } from "../domain/injected-fault.ts";
import type { CallUsage } from "../domain/call-usage.ts";
import type { Failure, FailureKind } from "../domain/failure.ts";
import type { Route } from "../domain/route.ts";
import type { BreakerLimits } from "../domain/routing.ts";
import type { Circuit } from "./circuit.ts";
import { retryMoment } from "./circuit.ts";

/**
 * What a probe does to an open circuit, and the permit it needs: one lease at
 * a time, which runs out by itself, so that a lost probe wedges nothing.
 */
export interface ProbeLease {
  readonly id: string;
  readonly untilMs: number;
}

export interface ProbeOutcome {
  readonly ms: number;
  /** Null: the route answered. */
  readonly failure: Failure | null;
  /** What it has cost, where it answered. */
  readonly usage?: CallUsage;
}

export function isLeased(lease: ProbeLease | null, now: number): boolean {
  return lease !== null && now < lease.untilMs;
}

export function circuitProbed(circuit: Circuit, outcome: ProbeOutcome, now: number, limits: BreakerLimits): Circuit {
  if (circuit.phase === "closed") return circuit;
  if (!provesLife(outcome.failure)) return reopened(circuit, outcome, now, limits);

  const probesPassed = circuit.probesPassed + 1;
  // Its `untilMs` stays in the past: the next probe is due at once.
  if (probesPassed < limits.probesToClose) return { ...circuit, probesPassed };
  return {
    phase: "closed",
    run: null,
    successBeganMs: now - outcome.ms,
    closedAtMs: now,
    openedForMs: circuit.openedForMs,
  };
}

/**
 * A provider that rejects our tiny request, or the place we ask from, is there and answers: the outage is over.
 * Taken as a failure, such a route would stay open for ever.
 */
const ANSWERED: ReadonlySet<FailureKind> = new Set([
  "request_rejected",
  "content_filtered",
  "context_overflow",
  "answer_too_large",
  "region_blocked",
]);

function provesLife(failure: Failure | null): boolean {
  return failure === null || ANSWERED.has(failure.kind);
}

function reopened(
  circuit: Extract<Circuit, { phase: "open" }>,
  { failure }: ProbeOutcome,
  now: number,
  limits: BreakerLimits,
): Circuit {
  const retryAtMs = retryMoment({ endedAtMs: now, retryAfterMs: failure?.retryAfterMs ?? null });
  const untilMs = Math.max(circuit.untilMs, now + limits.openMs, retryAtMs);
  return { ...circuit, kind: failure?.kind ?? circuit.kind, untilMs, probesPassed: 0 };
}

/** What a drill makes of a probe, which meets what callers meet; null: it goes out. */
export function faultyProbe(fault: InjectedFault, { clocks }: Route, random: () => number): ProbeOutcome | null {
  const read = readFault(fault);
  if (!read.ok || !meetsFault(read.value, random)) return null;
  const { name, amount } = read.value;
  // A provider that is ill in this way still says one word.
  if (name === "cut" || name === "stall") return null;
  if (name === "slow" && amount <= clocks.headersMs) return null;
  return { ms: 0, failure: { kind: "server_error", detail: `an injected fault: ${fault}` } };
}
