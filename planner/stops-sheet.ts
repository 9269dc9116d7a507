/**
 * The walk of each kind's calls: one row for each route that is asked, in
 * order. Shares and chances are parts of one. docs/plan.md says the same in words.
 */
import { call, evaluate, max, min, minus, over, percent, sum, times, when } from "./expression.ts";
import type { Cell, Expression } from "./expression.ts";
import type { KindInputs, PlanInputs, RouteInputs } from "./inputs.ts";
import { of, stopKey } from "./cells.ts";
import type { Column, Row, Sheet } from "./sheets.ts";

/** What the router's own back-off is capped at: `chat/may-retry.ts`. */
const MAX_BACKOFF_MS = 2_000;
/** An unstreamed attempt may take 60 % of the time that is left while others are untried, a streamed one half. */
const UNSTREAMED_SHARE = 0.6;
const STREAMED_LESS = 0.1;
/** By default a call may make so many attempts more than it has candidates. */
const EXTRA_ATTEMPTS = 2;
const MOST_RETRIES = 3;
const NEARLY_ALL = 0.999_999;

const FORMULAS = {
  timeLeftMs: "Time left, ms",
  limitMs: "Time given, ms",
  tooSlow: "Too slow",
  error: "Error, first try",
  errorAgain: "Error, further try",
  retries: "Retries allowed",
  firstFails: "First try fails",
  stopFails: "All tries fail",
  tries: "Tries",
  lostMs: "Time lost by failing, ms",
  reached: "Reached by",
  answeredFirst: "Answered, first try",
  answeredLater: "Answered, retried",
  before: "Answered before",
  p95PartMs: "p95, where it is here, ms",
  attempts: "Attempts/month",
  answers: "Answers/month",
  usd: "$/month",
} as const;
type Formula = keyof typeof FORMULAS;

const COLUMNS: readonly Column[] = [
  { key: "kind", title: "Kind", kind: "text" },
  { key: "route", title: "Route", kind: "text" },
  { key: "tier", title: "Tier", kind: "text" },
  ...Object.entries(FORMULAS).map(([key, title]): Column => ({ key, title, kind: "formula" })),
];

export function stopsSheet({ kinds, routes }: PlanInputs): Sheet {
  const rows = kinds.flatMap((kind) =>
    kind.chain.flatMap((id, index): Row[] => {
      const route = routes.find((each) => each.id === id);
      return route === undefined ? [] : [stopRow(kind, route, index, routes)];
    }),
  );
  return { name: "Stops", columns: COLUMNS, rows };
}

function stopRow(kind: KindInputs, route: RouteInputs, index: number, routes: readonly RouteInputs[]): Row {
  const here = (column: Formula): Cell => of.stop(kind.kind, index, column);
  const earlier = (column: Formula): Cell => of.stop(kind.kind, index - 1, column);
  const first = index === 0;
  const last = index === kind.chain.length - 1;
  const deadlineMs = times(of.kind(kind.kind, "deadlineSeconds"), 1_000);
  const sameProviderBefore = kind.chain
    .slice(0, index)
    .some((id) => routes.find((each) => each.id === id)?.provider === route.provider);
  const failure = percent(of.route(route.id, "failurePercent"));
  const again = percent(of.input("repeatPercent"));
  const given = minus(UNSTREAMED_SHARE, times(STREAMED_LESS, percent(of.input("streamedPercent"))));
  const price = over(
    sum(
      times(of.kind(kind.kind, "inputTokens"), of.route(route.id, "inputPrice")),
      times(of.kind(kind.kind, "outputTokens"), of.route(route.id, "outputPrice")),
    ),
    1_000_000,
  );

  const formulas: Record<Formula, Expression> = {
    timeLeftMs: first ? deadlineMs : max(0, minus(earlier("timeLeftMs"), earlier("lostMs"))),
    limitMs: last ? here("timeLeftMs") : times(here("timeLeftMs"), given),
    tooSlow: slowerThan(here("limitMs"), route.id),
    error: sameProviderBefore ? max(failure, again) : failure,
    errorAgain: max(here("error"), again),
    retries: retriesAt(index, kind.chain.length),
    firstFails: either(here("error"), here("tooSlow")),
    stopFails: sum(times(minus(1, here("error")), here("tooSlow")), times(here("error"), failingOn(1, here))),
    tries: sum(1, times(here("error"), furtherTries(1, here))),
    lostMs: over(
      sum(
        times(minus(1, here("error")), here("tooSlow"), here("limitMs")),
        times(here("error"), min(here("limitMs"), sum(of.input("errorMs"), retryingMs(1, here)))),
      ),
      here("firstFails"),
    ),
    reached: reachedAt(index, kind.chain.length, first ? 1 : times(earlier("reached"), earlier("stopFails"))),
    answeredFirst: times(here("reached"), minus(1, here("firstFails"))),
    answeredLater: times(here("reached"), max(0, minus(here("firstFails"), here("stopFails")))),
    before: first ? 0 : sum(earlier("before"), earlier("answeredFirst"), earlier("answeredLater")),
    p95PartMs: p95Part(kind.kind, route.id, deadlineMs, here),
    attempts: times(of.kind(kind.kind, "walks"), here("reached"), here("tries")),
    answers: times(of.kind(kind.kind, "walks"), sum(here("answeredFirst"), here("answeredLater"))),
    usd: times(
      price,
      sum(
        here("answers"),
        times(percent(of.input("failedBilledPercent")), max(0, minus(here("attempts"), here("answers")))),
      ),
    ),
  };
  return {
    key: stopKey(kind.kind, index),
    cells: { kind: kind.kind, route: route.id, tier: route.tier, ...formulas },
  };
}

/** Chances that do not hang together: one of them, or both. */
function either(a: Expression, b: Expression): Expression {
  return sum(a, times(minus(1, a), b));
}

/** Latencies are log-logistic: a bell with a long tail, of which a p50 and a p95 say all. */
function slowerThan(limitMs: Expression, route: string): Expression {
  const distance = over(call("ln", over(max(limitMs, 1), of.route(route, "p50Ms"))), of.route(route, "tail"));
  return over(1, sum(1, call("exp", min(500, max(-500, distance)))));
}

/** The latency that this part (of one) of the answers stays within. */
function latencyOf(part: Expression, tooSlow: Expression, route: string): Expression {
  const share = min(NEARLY_ALL, max(1 - NEARLY_ALL, times(part, minus(1, tooSlow))));
  const odds = over(share, minus(1, share));
  return times(of.route(route, "p50Ms"), call("exp", times(of.route(route, "tail"), call("ln", odds))));
}

/** Retries are given in the order of the routes, while attempts are left over for all that are untried. */
function retriesAt(index: number, candidates: number): Expression {
  const most = of.input("sameRouteRetries");
  const extra = when(of.input("maxAttempts"), minus(of.input("maxAttempts"), candidates), EXTRA_ATTEMPTS);
  return min(MOST_RETRIES, most, max(0, minus(extra, times(most, index))));
}

/** Where `maxAttempts` is less than there are candidates, the last ones are never asked. */
function reachedAt(index: number, candidates: number, share: Expression): Expression {
  const budget = when(of.input("maxAttempts"), of.input("maxAttempts"), candidates);
  return times(call("atMost", index + 1, budget), share);
}

/** After an error: the chance that no further try answers. `retry` counts from 1. */
function failingOn(retry: number, here: (column: Formula) => Cell): Expression {
  if (retry > MOST_RETRIES) return 1;
  const retried = percent(of.input("retriedPercent"));
  const fails = sum(
    times(minus(1, here("errorAgain")), here("tooSlow")),
    times(here("errorAgain"), failingOn(retry + 1, here)),
  );
  return when(call("atMost", retry, here("retries")), sum(minus(1, retried), times(retried, fails)), 1);
}

/** After an error: how many tries follow on the same route. */
function furtherTries(retry: number, here: (column: Formula) => Cell): Expression {
  if (retry > MOST_RETRIES) return 0;
  const retried = percent(of.input("retriedPercent"));
  const more = sum(1, times(here("errorAgain"), furtherTries(retry + 1, here)));
  return when(call("atMost", retry, here("retries")), times(retried, more), 0);
}

/** After an error: the time that the tries take which follow, jitter included. */
function retryingMs(retry: number, here: (column: Formula) => Cell): Expression {
  if (retry > MOST_RETRIES) return 0;
  const retried = percent(of.input("retriedPercent"));
  const one = sum(meanBackoffMs(retry), of.input("errorMs"), times(here("errorAgain"), retryingMs(retry + 1, here)));
  return when(call("atMost", retry, here("retries")), times(retried, one), 0);
}

/** Full jitter: on average half of the most. `retry` counts from 1. */
function meanBackoffMs(retry: number): Expression {
  return times(0.5, min(MAX_BACKOFF_MS, times(of.input("backoffMs"), 2 ** (retry - 1))));
}

/**
 * The answers of a kind, put in the order of first tries, retries, next route:
 * the one that 95 of 100 come before is at one stop, and 0 elsewhere.
 */
function p95Part(kind: string, route: string, deadlineMs: Expression, here: (column: Formula) => Cell): Expression {
  const target = times(0.95, of.kind(kind, "answered"));
  const waitedMs = minus(deadlineMs, here("timeLeftMs"));
  const retried = sum(here("before"), here("answeredFirst"));
  const inFirst = between(here("before"), target, here("answeredFirst"));
  const inLater = between(retried, target, here("answeredLater"));
  const firstMs = latencyOf(over(minus(target, here("before")), here("answeredFirst")), here("tooSlow"), route);
  const laterMs = sum(
    of.input("errorMs"),
    meanBackoffMs(1),
    latencyOf(over(minus(target, retried), here("answeredLater")), here("tooSlow"), route),
  );
  const part = sum(when(inFirst, firstMs, 0), when(inLater, laterMs, 0));
  return when(sum(inFirst, inLater), min(deadlineMs, sum(waitedMs, part)), 0);
}

function between(start: Expression, target: Expression, length: Expression): Expression {
  return times(call("below", start, target), call("atMost", target, sum(start, length)));
}

/** The mean of the router's back-off, as the plan has it. */
export function plannedBackoffMs(retry: number, firstMs: number): number {
  return evaluate(meanBackoffMs(retry), () => firstMs);
}
