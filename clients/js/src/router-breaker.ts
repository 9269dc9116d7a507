/**
 * Whether the router is asked, by the same machine that watches the providers:
 * five failures in a row and it is left alone for 30 s, then one call asks it
 * again, and all come back once it has answered.
 */
import {
  type Breaker,
  closedRoute,
  leaseProbe,
  noteFailure,
  noteSuccesses,
  seenFailure,
  settleProbe,
} from "../../../src/breaker/machine.ts";
import type { CircuitLimits } from "../../../src/breaker/circuit.ts";
import { noExclusion } from "../../../src/breaker/exclusion.ts";
import type { Failure } from "../../../src/domain/failure.ts";
import { breakerLimits, callLimits } from "../../../src/routing/map-defaults.ts";

/** Whoever is admitted asks the router, and then says how it went or that it does not know. */
export interface Admitted {
  readonly admitted: true;
  settle(failure: Failure | null): void;
  withdraw(): void;
}

type Admission = Admitted | { readonly admitted: false };

const ROUTER = "router";
const OPEN_MS = 30_000;

/** `probeLeaseMs`: longer than any call may wait for the router, or two would ask it at once. */
export function routerBreaker(now: () => number, probeLeaseMs: number): { admit(): Admission } {
  const limits: CircuitLimits = {
    ...breakerLimits({ failuresToOpen: 5, openMs: OPEN_MS, maxOpenMs: OPEN_MS, probesToClose: 1, probeLeaseMs }),
    retryAfterWaitMs: callLimits({}).retryAfterWaitMs,
  };
  let breaker: Breaker = { route: closedRoute, account: noExclusion };
  let probes = 0;

  return {
    admit() {
      const beganMs = now();
      return breaker.route.circuit.phase === "closed" ? asUsual(beganMs) : asProbe(beganMs);
    },
  };

  function asUsual(beganMs: number): Admitted {
    return {
      admitted: true,
      settle(failure) {
        breaker =
          failure === null
            ? noteSuccesses(breaker, { count: 1, beganMs })
            : noteFailure(breaker, seenFailure(failure, ROUTER, beganMs, now(), ""), now(), limits);
      },
      withdraw: () => undefined,
    };
  }

  function asProbe(beganMs: number): Admission {
    const leaseId = String((probes += 1));
    const leased = leaseProbe(breaker, { id: leaseId, untilMs: beganMs + probeLeaseMs }, ROUTER, beganMs);
    if (leased === null) return { admitted: false };
    breaker = leased;
    return {
      admitted: true,
      settle(failure) {
        const outcome = { ms: now() - beganMs, failure };
        breaker = settleProbe(breaker, { routeId: ROUTER, leaseId, outcome }, now(), limits);
      },
      // Its caller hung up, which proves nothing: the next one may ask.
      withdraw() {
        if (breaker.route.lease?.id === leaseId) breaker = { ...breaker, route: { ...breaker.route, lease: null } };
      },
    };
  }
}
