import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seenFailure } from "../../../src/breaker/machine.ts";
import {
  acknowledge,
  emptyLog,
  isEmpty,
  logFailure,
  logSuccess,
  reportedRuns,
  type OutcomeLog,
} from "../../../src/breaker/outcome-log.ts";
import { Report, RUNS_PER_REPORT } from "../../../src/breaker/switchboard-port.ts";
import { failureOf } from "./support.ts";

const T = 1_000_000;
const first = (): number => 0;

describe("the outcome log", () => {
  it("keeps each route's outcomes in order, as runs, and tells their ages", () => {
    const log = emptyLog();
    logSuccess(log, "a", T - 500, 300, first);
    logSuccess(log, "b", T - 400, 200, first);
    logSuccess(log, "a", T - 100, 90, first);
    fail(log, "a", T);
    logSuccess(log, "a", T + 10, 20, first);

    expect(reportedRuns(log, T + 50)).toEqual([
      { route: "a", first: 0, ok: 2, beganAgoMs: 150, latenciesMs: [300, 90], streamed: [false, false] },
      expect.objectContaining({ route: "a", first: 2, failed: "server_error", beganAgoMs: 70, endedAgoMs: 50 }),
      { route: "a", first: 3, ok: 1, beganAgoMs: 40, latenciesMs: [20], streamed: [false] },
      { route: "b", first: 0, ok: 1, beganAgoMs: 450, latenciesMs: [200], streamed: [false] },
    ]);
  });

  it("keeps what came in while a report was under way", () => {
    const log = emptyLog();
    for (let call = 0; call < 3; call++) logSuccess(log, "a", T, 10, first);
    const sent = reportedRuns(log, T);
    logSuccess(log, "a", T + 1, 10, first);
    fail(log, "a", T + 2);
    acknowledge(log, sent);

    expect(log.failures).toBe(1);
    expect(reportedRuns(log, T + 2)).toMatchObject([
      { first: 3, ok: 1 },
      { first: 4, failed: "server_error" },
    ]);
    acknowledge(log, reportedRuns(log, T + 2));
    expect(isEmpty(log)).toBe(true);
  });

  it("is bounded, and so is a report", () => {
    const log = emptyLog();
    for (let route = 0; route < 50; route++) {
      for (let call = 0; call < 100; call++) {
        fail(log, `route ${route}`, T + call);
        logSuccess(log, `route ${route}`, T + call, 10, first);
      }
    }
    const runs = reportedRuns(log, T);

    expect(runs).toHaveLength(RUNS_PER_REPORT);
    expect([...log.routes.values()].every((route) => route.runs.length <= 16)).toBe(true);
    for (let report = 0; report < 20; report++) acknowledge(log, reportedRuns(log, T));
    expect(isEmpty(log)).toBe(true);
    expect(log.failures).toBe(0);
  });

  it("makes reports that the switchboard takes, whatever the clock and the provider say", () => {
    const log = emptyLog();
    logSuccess(log, "a", T + 99_999, -5, first);
    logFailure(log, seenFailure(failureOf("rate_limited", { retryAfterMs: NaN }), "a", -1e15, T, "x"));
    logFailure(log, seenFailure(failureOf("unknown_error", { detail: "é".repeat(5000) }), "a", T, T, "x"));

    const report = { isolate: "x", knownVersion: null, runs: reportedRuns(log, T) };
    expect(Report.safeParse(report).error).toBeUndefined();
  });

  it("loses and doubles nothing, whatever reports are lost on the way there or back", () => {
    const step = fc.constantFrom("ok", "fail", "send", "send_lost", "reply_lost");
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const log = emptyLog();
        const made: string[] = [];
        const taken: string[] = [];
        let next = 0;
        const deliver = (runs: ReturnType<typeof reportedRuns>): void => {
          for (const run of runs) {
            const count = "ok" in run ? run.ok : 1;
            for (let number = run.first; number < run.first + count; number++) {
              if (number < next) continue;
              next = number + 1;
              taken.push("ok" in run ? "ok" : "fail");
            }
          }
        };
        for (const what of steps) {
          if (what === "ok") logSuccess(log, "a", T, 1, first);
          if (what === "fail") fail(log, "a", T);
          if (what === "ok" || what === "fail") made.push(what);
          if (log.failures > 6 || what === "send") {
            const runs = reportedRuns(log, T);
            deliver(runs);
            acknowledge(log, runs);
          }
          if (what === "reply_lost") deliver(reportedRuns(log, T));
        }
        deliver(reportedRuns(log, T));
        expect(taken).toEqual(made);
      }),
    );
  });
});

function fail(log: OutcomeLog, routeId: string, atMs: number): void {
  logFailure(log, seenFailure(failureOf("server_error"), routeId, atMs - 20, atMs, "x"));
}
