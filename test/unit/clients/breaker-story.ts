import { noExclusion } from "../../../src/breaker/exclusion.ts";
import type { Breaker } from "../../../src/breaker/machine.ts";
import {
  closedRoute,
  leaseProbe,
  limitsOf,
  noteFailure,
  noteSuccesses,
  seenFailure,
  settleProbe,
} from "../../../src/breaker/machine.ts";
import { isLeased } from "../../../src/breaker/probe.ts";
import { standardRouting } from "../../support/standard-routing.ts";
import type { BreakerCase, Then } from "./cases.ts";

/** A call of the story that was let through. */
interface Admitted {
  readonly beganMs: number;
  readonly leaseId: string | null;
}

/** The board's part and the probe's, played by one: what is asked once the circuit's time is over is the probe. */
export class BreakerStory {
  private breaker: Breaker = { route: closedRoute, account: noExclusion };
  private leases = 0;
  private readonly admitted = new Map<string, Admitted>();
  private readonly limits: ReturnType<typeof limitsOf>;

  constructor(limits: BreakerCase["limits"]) {
    // A client has no relapse rule: the longest opening is the usual one.
    this.limits = { ...limitsOf(standardRouting()), ...limits, maxOpenMs: limits.openMs };
  }

  ask(name: string, now: number): boolean {
    if (this.breaker.route.circuit.phase === "closed") {
      this.admitted.set(name, { beganMs: now, leaseId: null });
      return true;
    }
    const leaseId = `lease ${(this.leases += 1)}`;
    const leased = leaseProbe(this.breaker, { id: leaseId, untilMs: now + this.limits.probeLeaseMs }, "route", now);
    if (leased === null) return false;
    this.breaker = leased;
    this.admitted.set(name, { beganMs: now, leaseId });
    return true;
  }

  settle(name: string, as: "success" | "failure", now: number): void {
    const call = this.admitted.get(name);
    if (!call) throw new Error(`${name} was not let through`);
    const failure = as === "failure" ? { kind: "reset" as const, detail: "" } : null;
    if (call.leaseId !== null) {
      const probe = { routeId: "route", leaseId: call.leaseId, outcome: { ms: now - call.beganMs, failure } };
      this.breaker = settleProbe(this.breaker, probe, now, this.limits);
    } else if (failure) {
      const seen = seenFailure(failure, "route", call.beganMs, now, "isolate");
      this.breaker = noteFailure(this.breaker, seen, now, this.limits);
    } else {
      this.breaker = noteSuccesses(this.breaker, { count: 1, beganMs: call.beganMs });
    }
  }

  settleAtOnce(now: number, as: "success" | "failure"): void {
    if (!this.ask("at once", now)) throw new Error(`nobody is let through at ${now}`);
    this.settle("at once", as, now);
  }

  standing(now: number): Then {
    const { circuit, lease } = this.breaker.route;
    if (circuit.phase === "closed") return { phase: "closed" };
    return { phase: isLeased(lease, now) ? "half_open" : "open", untilMs: circuit.untilMs };
  }
}
