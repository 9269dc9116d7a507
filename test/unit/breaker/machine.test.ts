import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SeenFailure } from "../../../src/breaker/exclusion.ts";
import { isOut, noExclusion, PROBE } from "../../../src/breaker/exclusion.ts";
import type { Breaker } from "../../../src/breaker/machine.ts";
import {
  closedRoute,
  leaseProbe,
  noteFailure,
  noteSuccesses,
  probeDueMs,
  settleProbe,
} from "../../../src/breaker/machine.ts";
import type { FailureKind } from "../../../src/domain/failure.ts";
import { failurePolicy } from "../../../src/domain/failure.ts";
import { failureOf, limits } from "./support.ts";

const T = 1_000_000;
const MINUTE = 60_000;
const closed: Breaker = { route: closedRoute, account: noExclusion };

describe("the same unknown error", () => {
  it("three times 60 s apart, with successes between, takes the account out for 600 s", () => {
    const twice = [T, T + MINUTE].reduce(
      (breaker, at) => succeeded(noteFailure(breaker, seen("unknown_error", at), at, limits), at + 1),
      closed,
    );
    expect(twice.account.out).toBeNull();

    const third = T + 2 * MINUTE;
    const out = noteFailure(twice, seen("unknown_error", third), third, limits);
    expect(out.account.out).toMatchObject({ kind: "unknown_error", untilMs: third + 600_000 });
    expect(isOut(out.account, third + 599_999)).toBe(true);
    expect(isOut(out.account, third + 600_000)).toBe(false);
  });

  it("three times within 180 s takes it out, three times within 181 s does not", () => {
    expect(after(closed, "unknown_error", [T, T + 90_000, T + 180_000]).account.out).not.toBeNull();
    expect(after(closed, "unknown_error", [T, T + 90_000, T + 181_000]).account.out).toBeNull();
  });

  it("is not the same when its words differ, or its kind", () => {
    const texts = ["no such region", "no such deployment", "no such project"];
    const differing = texts.reduce((breaker, error) => {
      return noteFailure(breaker, { ...seen("unknown_error", T), error }, T, limits);
    }, closed);
    expect(differing.account.out).toBeNull();

    const kinds = ["unknown_error", "unreadable", "empty_answer"] as const;
    expect(kinds.reduce((breaker, kind) => after(breaker, kind, [T]), closed).account.out).toBeNull();
  });

  it("concerns only the route where a model is not found", () => {
    const out = after(closed, "model_not_found", [T, T + 1, T + 2]);

    expect(out.account).toBe(noExclusion);
    expect(out.route.exclusion.out).toMatchObject({ kind: "model_not_found", untilMs: T + 2 + 600_000 });
  });

  it("is never probed, and counts anew once its time is over", () => {
    const out = after(closed, "unknown_error", [T, T, T]);
    expect(probeDueMs(out, "route", T + MINUTE)).toBeNull();

    const again = after(out, "unknown_error", [T + 600_000, T + 600_001]);
    expect(again.account.out).toBeNull();
  });

  it("does not count when it is reported minutes later", () => {
    const late = [1, 2, 3].reduce((breaker) => {
      return noteFailure(breaker, seen("unknown_error", T), T + 200_000, limits);
    }, closed);

    expect(late.account.out).toBeNull();
  });
});

describe("quota and credit", () => {
  it.each(["quota_exhausted", "credit_exhausted"] as const)("%s takes the account out at once", (kind) => {
    expect(after(closed, kind, [T]).account.out).toMatchObject({ kind, untilMs: T + 600_000 });
  });

  it("last until the reset that the provider names, and a shorter one changes nothing", () => {
    const hour = noteFailure(closed, { ...seen("quota_exhausted", T), retryAfterMs: 3600_000 }, T, limits);
    expect(hour.account.out).toMatchObject({ untilMs: T + 3600_000 });

    const shorter = noteFailure(hour, { ...seen("quota_exhausted", T), retryAfterMs: 10_000 }, T + 1, limits);
    expect(shorter).toBe(hour);
  });

  it("of one model concern only its route", () => {
    const out = noteFailure(closed, { ...seen("quota_exhausted", T), oneModelOnly: true }, T, limits);

    expect(out.account).toBe(noExclusion);
    expect(out.route.exclusion.out).toMatchObject({ untilMs: T + 600_000 });
  });
});

describe("a refused key", () => {
  it("seen by one isolate alone, however often, takes nothing out but asks for a probe", () => {
    const suspected = after(closed, "auth_failed", [T, T + 1, T + 2, T + 3, T + 4, T + 5]);

    expect(suspected.account.out).toBeNull();
    expect(probeDueMs(suspected, "route", T + 5)).toBe(T + 5);
    expect(probeDueMs(suspected, "another", T + 5)).toBeNull();
  });

  it("seen by a second isolate takes the account out", () => {
    const suspected = after(closed, "auth_failed", [T]);
    const confirmed = noteFailure(suspected, { ...seen("auth_failed", T + 10), by: "other" }, T + 10, limits);

    expect(confirmed.account.out).toMatchObject({ kind: "auth_failed", untilMs: T + 10 + 600_000 });
  });

  it("seen by the probe takes the account out", () => {
    const leased = leaseProbe(after(closed, "auth_failed", [T]), { id: "p", untilMs: T + 15_000 }, "route", T);
    if (leased === null) throw new Error("not leased");
    const outcome = { ms: 50, failure: failureOf("auth_failed") };
    const settled = settleProbe(leased, { routeId: "route", leaseId: "p", outcome }, T + 50, limits);

    expect(settled.account.out).toMatchObject({ kind: "auth_failed" });
  });

  it("is forgotten when the key works, for a probe or for a call that began later", () => {
    const suspected = after(closed, "auth_failed", [T]);
    expect(succeeded(suspected, T + 1).account.suspicion).toBeNull();
    expect(succeeded(suspected, T - 1).account.suspicion).not.toBeNull();

    const leased = leaseProbe(suspected, { id: "p", untilMs: T + 15_000 }, "route", T + 10);
    if (leased === null) throw new Error("not leased");
    const outcome = { ms: 5, failure: null };
    const settled = settleProbe(leased, { routeId: "route", leaseId: "p", outcome }, T + 15, limits);
    expect(settled.account.suspicion).toBeNull();
  });
});

describe("a caller's own mistake, a caller who hangs up, and what concerns one place only", () => {
  const harmless: readonly FailureKind[] = [
    "out_of_time",
    "region_blocked",
    "context_overflow",
    "content_filtered",
    "request_rejected",
    "prefill_refused",
    "proxy_refused",
    "empty_answer",
    "stream_too_long",
    "seam_unproven",
    "answer_too_large",
    "internal_error",
    "routing_loop",
    "over_budget",
    "caller_gone",
  ];

  it("are these", () => {
    const counted = Object.entries(failurePolicy).filter(([, { counts }]) => ["nothing", "isolate"].includes(counts));
    expect(counted.map(([kind]) => kind)).toEqual(harmless);
  });

  it.each(harmless)("%s changes nothing, a thousand times over", (kind) => {
    expect(
      after(
        closed,
        kind,
        Array.from({ length: 1000 }, () => T),
      ),
    ).toBe(closed);
  });
});

describe("the probe's lease", () => {
  const open = after(closed, "server_error", [T, T, T, T, T]);
  const due = T + 30_000;

  it("is given when the open time is over, to one at a time", () => {
    expect(leaseProbe(open, { id: "early", untilMs: due }, "route", due - 1)).toBeNull();

    const leased = leaseProbe(open, { id: "first", untilMs: due + 15_000 }, "route", due);
    if (leased === null) throw new Error("not leased");
    expect(leaseProbe(leased, { id: "second", untilMs: due + 15_000 }, "route", due + 14_999)).toBeNull();
  });

  it("runs out, so a lost probe wedges nothing, and the lost one's late answer changes nothing", () => {
    const leased = leaseProbe(open, { id: "lost", untilMs: due + 15_000 }, "route", due);
    if (leased === null) throw new Error("not leased");
    const again = leaseProbe(leased, { id: "next", untilMs: due + 30_000 }, "route", due + 15_000);
    if (again === null) throw new Error("not leased");

    const late = { routeId: "route", leaseId: "lost", outcome: { ms: 16_000, failure: null } };
    expect(settleProbe(again, late, due + 16_000, limits)).toBe(again);
  });

  it("is not given while the account is out", () => {
    const alsoOut = after(open, "quota_exhausted", [T]);

    expect(leaseProbe(alsoOut, { id: "p", untilMs: due + 15_000 }, "route", due)).toBeNull();
    expect(probeDueMs(alsoOut, "route", due)).toBe(T + 600_000);
  });

  it("belongs to one probe, whatever happens in between", () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 0, max: 20_000 }),
      what: fc.constantFrom("fail", "succeed", "lease", "answer_well", "answer_badly", "lose"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let now = T;
        let breaker = closed;
        let live: { id: string; untilMs: number } | null = null;
        for (const [place, { afterMs, what }] of steps.entries()) {
          now += afterMs;
          if (live !== null && now >= live.untilMs) live = null;
          if (what === "fail") breaker = after(breaker, "reset", [now]);
          if (what === "succeed") breaker = succeeded(breaker, now - 100);
          if (what === "lease") {
            const lease = { id: String(place), untilMs: now + limits.probeLeaseMs };
            const leased = leaseProbe(breaker, lease, "route", now);
            if (leased === null) continue;
            expect(live).toBeNull();
            live = lease;
            breaker = leased;
          }
          if ((what === "answer_well" || what === "answer_badly") && live !== null) {
            const outcome = { ms: 10, failure: what === "answer_well" ? null : failureOf("server_error") };
            breaker = settleProbe(breaker, { routeId: "route", leaseId: live.id, outcome }, now, limits);
            live = null;
          }
        }
        // Whatever happened: after the longest open time a probe may go, and two that pass close the route.
        for (let probe = 0; probe < 2 && breaker.route.circuit.phase === "open"; probe++) {
          now += limits.maxOpenMs + limits.probeLeaseMs;
          const leased = leaseProbe(breaker, { id: `last ${probe}`, untilMs: now + 1 }, "route", now);
          if (leased === null) throw new Error("wedged");
          const last = { routeId: "route", leaseId: `last ${probe}`, outcome: { ms: 10, failure: null } };
          breaker = settleProbe(leased, last, now, limits);
        }
        expect(breaker.route.circuit.phase).toBe("closed");
      }),
    );
  });
});

describe("a probe that finds the account out", () => {
  it("takes the account out and leaves the route open", () => {
    const open = after(closed, "server_error", [T, T, T, T, T]);
    const due = T + 30_000;
    const leased = leaseProbe(open, { id: "p", untilMs: due + 15_000 }, "route", due);
    if (leased === null) throw new Error("not leased");
    const outcome = { ms: 50, failure: failureOf("credit_exhausted") };
    const settled = settleProbe(leased, { routeId: "route", leaseId: "p", outcome }, due, limits);

    expect(settled.account.out).toMatchObject({ kind: "credit_exhausted" });
    expect(settled.route).toMatchObject({ circuit: { phase: "open" }, lease: null });
  });
});

it("knows the probe from the isolates", () => {
  expect(noteFailure(closed, { ...seen("auth_failed", T), by: PROBE }, T, limits).account.out).not.toBeNull();
});

function seen(kind: FailureKind, atMs: number): SeenFailure {
  return {
    routeId: "route",
    kind,
    startedAtMs: atMs,
    endedAtMs: atMs,
    retryAfterMs: null,
    oneModelOnly: false,
    error: "the provider says so",
    by: "isolate",
  };
}

function after(breaker: Breaker, kind: FailureKind, moments: readonly number[]): Breaker {
  return moments.reduce((before, at) => noteFailure(before, seen(kind, at), at, limits), breaker);
}

function succeeded(breaker: Breaker, beganMs: number): Breaker {
  return noteSuccesses(breaker, { count: 1, beganMs });
}
