/** A deployment that has answered some calls, as `/metrics` is told of it. */
import type { AggregateRow } from "../../src/breaker/aggregates.ts";
import { countCall, emptyTally } from "../../src/breaker/call-tally.ts";
import type { Tally } from "../../src/breaker/series.ts";
import type { Attempt } from "../../src/domain/attempt.ts";
import type { CallLog } from "../../src/domain/call-log.ts";
import type { WorkerDeps } from "../../src/worker-deps.ts";
import { routeOf } from "../unit/breaker/support.ts";
import { operatorDeps } from "./operator-deps.ts";
import { NIGHT_MS } from "./parked-job.ts";
import { UNASKED_SWITCHBOARD } from "./unasked-switchboard.ts";

export const FIRST = routeOf("hot/anthropic/a", "anthropic");
export const SECOND = routeOf('hot/anthropic/b "\\\n', "anthropic");

function lineOf(attempts: readonly Attempt[], more: Partial<CallLog> = {}): CallLog {
  return {
    event: "call",
    request_id: "r",
    model: "m",
    stream: false,
    status: 200,
    outcome: "answered",
    route: SECOND.id,
    tier: "hot",
    attempts,
    ms: 900,
    first_words_ms: null,
    prompt_tokens: 12,
    completion_tokens: 90,
    usage: "reported",
    job: null,
    degraded: null,
    ...more,
  };
}

function total(): Tally {
  const tally = emptyTally();
  const lines = [
    lineOf([
      { routeId: FIRST.id, result: "overloaded", ms: 50 },
      { routeId: SECOND.id, result: "answered", ms: 820 },
    ]),
    lineOf([{ routeId: SECOND.id, result: "answered", ms: 300_000 }]),
    lineOf([{ routeId: SECOND.id, result: "answered", ms: 5 }], { stream: true, first_words_ms: 6 }),
    lineOf([], { outcome: "providers_failed", route: null, tier: null, prompt_tokens: null, completion_tokens: null }),
  ];
  for (const line of lines) countCall(tally, line, () => null);
  return Object.fromEntries(tally.next);
}

export function toldMetrics(more: Partial<WorkerDeps> = {}): WorkerDeps {
  const rows: AggregateRow[] = [{ span: "total", atMs: 0, tally: total() }];
  const { routing } = operatorDeps();
  return operatorDeps({
    routing: { ...routing, routes: [FIRST, SECOND] },
    switchboard: () => ({
      ...UNASKED_SWITCHBOARD,
      aggregates: async () => rows,
      pauses: async () => [{ scope: "openai", by: "hand", sinceMs: 0, reason: "", percent: null }],
      overview: async () => ({
        atMs: 0,
        routes: [],
        accountsOut: [],
        flags: [],
        openIncidents: [],
        latestIncidents: [],
        alarmFailure: null,
        loops: [],
      }),
    }),
    jobIndex: () => ({
      note: notAsked,
      list: notAsked,
      counts: async () => ({
        byState: { stored: 0, queued: 2, running: 1, waiting_for_human: 0, answered: 9, dead: 4, cancelled: 0 },
        oldestMs: NIGHT_MS - 90_000,
      }),
    }),
    ledgerOperator: () => ({
      changeLimits: notAsked,
      settleUnaccounted: notAsked,
      spent: notAsked,
      view: async () => ({
        changes: {},
        unaccounted: [],
        budgets: ["all", "user:acme/u1"].map((scope) => ({
          scope,
          period: "2026-11",
          limitMicros: 50_000_000,
          settledMicros: 5_000_000,
          givenMicros: 0,
          endsAtMs: 0,
        })),
      }),
    }),
    logError: () => undefined,
    ...more,
  });
}

function notAsked(): never {
  throw new Error("asked what the test did not foresee");
}
