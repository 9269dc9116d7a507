import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Circuit, OutageFailure } from "../../../src/breaker/circuit.ts";
import { circuitFailed, circuitReset, circuitSucceeded, closedCircuit } from "../../../src/breaker/circuit.ts";
import type { ProbeOutcome } from "../../../src/breaker/probe.ts";
import { circuitProbed } from "../../../src/breaker/probe.ts";
import { failureOf, limits } from "./support.ts";

const T = 1_000_000;
const passed: ProbeOutcome = { ms: 100, failure: null };
const refused: ProbeOutcome = { ms: 100, failure: failureOf("server_error") };

describe("five failures in a row", () => {
  it("open the route at the fifth, not before, for 30 s", () => {
    expect(failed(closedCircuit, 4).phase).toBe("closed");
    expect(failed(closedCircuit, 5)).toMatchObject({ phase: "open", sinceMs: T, untilMs: T + 30_000 });
  });

  it("are no row when a success that began after the first lies between", () => {
    const four = failed(closedCircuit, 4, T);
    const recovered = circuitSucceeded(four, 1, T + 1);

    expect(failed(recovered, 4, T + 2).phase).toBe("closed");
  });

  it("stay a row when a success lies between that began before the first", () => {
    const four = failed(closedCircuit, 4, T);
    const late = circuitSucceeded(four, 1, T - 1);

    expect(failed(late, 1, T + 2).phase).toBe("open");
  });

  it("are made up for by many late successes, as a busy healthy route has them", () => {
    let circuit: Circuit = closedCircuit;
    for (let error = 0; error < 20; error++) circuit = circuitSucceeded(failed(circuit, 1, T + error), 49, T - 500);

    expect(circuit.phase).toBe("closed");
  });

  it("open the route soon where as many late successes come in between", () => {
    let circuit: Circuit = closedCircuit;
    let failures = 0;
    while (circuit.phase === "closed" && failures < 50) {
      circuit = circuitSucceeded(failed(circuit, 1, T + failures), 1, T - 500);
      failures += 1;
    }

    expect(failures).toBeLessThanOrEqual(9);
  });

  it("count for nothing when they are reported so late that the opening would be over", () => {
    let circuit: Circuit = closedCircuit;
    for (let error = 0; error < 5; error++) circuit = circuitFailed(circuit, failure(T), T + 30_001, limits);

    expect(circuit).toEqual(closedCircuit);
  });

  it("count for nothing when a success is known that began after them", () => {
    const known = circuitSucceeded(closedCircuit, 1, T + 10);

    expect(failed(known, 5, T)).toBe(known);
  });
});

describe("Retry-After", () => {
  it("sets the open time where it is longer than 30 s", () => {
    const four = failed(closedCircuit, 4);

    expect(circuitFailed(four, failure(T, { retryAfterMs: 90_000 }), T, limits)).toMatchObject({ untilMs: T + 90_000 });
    expect(circuitFailed(four, failure(T, { retryAfterMs: 1_000 }), T, limits)).toMatchObject({ untilMs: T + 30_000 });
  });

  it("of a rate limit opens at once, for that time, where a call does not wait for it by itself", () => {
    const limited = (retryAfterMs: number): Circuit =>
      circuitFailed(closedCircuit, failure(T, { kind: "rate_limited", retryAfterMs }), T, limits);

    expect(limited(3_000).phase).toBe("closed");
    expect(limited(7_000)).toMatchObject({ phase: "open", untilMs: T + 7_000 });
  });

  it("prolongs an open route and never shortens it", () => {
    const open = failed(closedCircuit, 5);

    expect(circuitFailed(open, failure(T + 1, { retryAfterMs: 60_000 }), T + 1, limits)).toMatchObject({
      untilMs: T + 60_001,
    });
    expect(circuitFailed(open, failure(T + 1, { retryAfterMs: 5_000 }), T + 1, limits)).toBe(open);
  });

  it("that names a time years away is taken for a day", () => {
    const limited = failure(T, { kind: "rate_limited", retryAfterMs: 1e12 });

    expect(circuitFailed(closedCircuit, limited, T, limits)).toMatchObject({ untilMs: T + 24 * 3600_000 });
  });
});

describe("a probe", () => {
  it("closes the route with the second of two successes", () => {
    const half = circuitProbed(failed(closedCircuit, 5), passed, T + 30_000, limits);
    expect(half).toMatchObject({ phase: "open", probesPassed: 1, untilMs: T + 30_000 });

    expect(circuitProbed(half, passed, T + 30_100, limits)).toMatchObject({ phase: "closed", closedAtMs: T + 30_100 });
  });

  it("that fails opens for another 30 s and begins the count anew", () => {
    const half = circuitProbed(failed(closedCircuit, 5), passed, T + 30_000, limits);

    expect(circuitProbed(half, refused, T + 30_100, limits)).toMatchObject({ untilMs: T + 60_100, probesPassed: 0 });
  });

  it.each(["request_rejected", "content_filtered", "region_blocked"] as const)(
    "that is answered with %s proves that the provider is there",
    (kind) => {
      const outcome = { ms: 100, failure: failureOf(kind) };

      expect(circuitProbed(failed(closedCircuit, 5), outcome, T + 30_000, limits)).toMatchObject({ probesPassed: 1 });
    },
  );
});

describe("a probe that we ourselves broke off", () => {
  it.each(["caller_gone", "internal_error"] as const)("(%s) proves nothing", (kind) => {
    const outcome = { ms: 100, failure: failureOf(kind) };

    expect(circuitProbed(failed(closedCircuit, 5), outcome, T + 30_000, limits)).toMatchObject({ probesPassed: 0 });
  });
});

describe("a route that fails again within 60 s of closing", () => {
  it("opens for twice as long, up to 10 minutes", () => {
    let circuit: Circuit = failed(closedCircuit, 5);
    let now = T;
    const openTimes: number[] = [];
    for (let round = 0; round < 7; round++) {
      if (circuit.phase !== "open") throw new Error("not open");
      openTimes.push(circuit.untilMs - now);
      const endMs = circuit.untilMs;
      circuit = circuitProbed(circuitProbed(circuit, passed, endMs, limits), passed, endMs, limits);
      now = endMs + 59_000;
      circuit = failed(circuit, 5, now);
    }

    expect(openTimes).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
  });

  it("opens for 30 s again once it was well for longer than that", () => {
    const closed = closedAt(T + 30_000);

    expect(failed(closed, 5, T + 90_001)).toMatchObject({ untilMs: T + 90_001 + 30_000 });
  });

  it("opens for 30 s after an operator closed it", () => {
    expect(failed(circuitReset(T), 5, T + 10)).toMatchObject({ untilMs: T + 10 + 30_000 });
  });
});

describe("a late report", () => {
  it("of an attempt from before the closing counts for nothing", () => {
    const closed = closedAt(T + 30_000);
    const late = { ...failure(T + 30_500), startedAtMs: T + 29_999 };

    expect(circuitFailed(closed, late, T + 30_500, limits)).toBe(closed);
  });

  it("leaves an open route as it is, be it failure or success", () => {
    const open = failed(closedCircuit, 5);

    expect(circuitFailed(open, failure(T + 5), T + 5, limits)).toBe(open);
    expect(circuitSucceeded(open, 100, T + 5)).toBe(open);
  });
});

describe("whatever comes in, in whatever order", () => {
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 40_000 }),
    what: fc.constantFrom("fail", "succeed", "probe_passes", "probe_fails"),
    ageMs: fc.integer({ min: 0, max: 60_000 }),
    tookMs: fc.integer({ min: 0, max: 30_000 }),
    retryAfterMs: fc.option(fc.integer({ min: 0, max: 300_000 })),
  });

  it("an open route is never open for shorter than before, and only probes close it", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        let now = T;
        let circuit: Circuit = closedCircuit;
        for (const { afterMs, what, ageMs, tookMs, retryAfterMs } of steps) {
          now += afterMs;
          const before: Circuit = circuit;
          const endedAtMs = now - ageMs;
          const startedAtMs = endedAtMs - tookMs;
          if (what === "fail") {
            circuit = circuitFailed(circuit, { kind: "reset", startedAtMs, endedAtMs, retryAfterMs }, now, limits);
          } else if (what === "succeed") circuit = circuitSucceeded(circuit, 1, startedAtMs);
          else circuit = circuitProbed(circuit, what === "probe_passes" ? passed : refused, now, limits);

          if (before.phase !== "open") continue;
          if (circuit.phase === "open") expect(circuit.untilMs).toBeGreaterThanOrEqual(before.untilMs);
          else expect(what).toBe("probe_passes");
        }
        // Never wedged: two probes that pass close whatever is open.
        const healed = circuitProbed(circuitProbed(circuit, passed, now, limits), passed, now, limits);
        expect(healed.phase).toBe("closed");
      }),
    );
  });
});

function failure(atMs: number, more: Partial<OutageFailure> = {}): OutageFailure {
  return { kind: "server_error", startedAtMs: atMs, endedAtMs: atMs, retryAfterMs: null, ...more };
}

function failed(circuit: Circuit, times: number, atMs = T): Circuit {
  return Array.from({ length: times }).reduce<Circuit>(
    (before) => circuitFailed(before, failure(atMs), atMs, limits),
    circuit,
  );
}

function closedAt(now: number): Circuit {
  const open = failed(closedCircuit, 5);
  return circuitProbed(circuitProbed(open, passed, now, limits), passed, now, limits);
}
