import type { Breakers } from "../breaker/breakers.ts";
import type { PlannedCall } from "../domain/call.ts";
import type { Failure } from "../domain/failure.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Route } from "../domain/route.ts";
import type { Clock } from "../lib/clock.ts";
import { whatCannot } from "../providers/capabilities.ts";

interface Outside {
  readonly breakers: Breakers;
  readonly clock: Clock;
}

interface Failed {
  readonly route: Route;
  readonly failure: Failure;
}

/** What the caller is told when nobody answered: its own mistake where it made one, else what failed and when to come back. */
export function refusalOf(failed: readonly Failed[], call: PlannedCall, deps: Outside): Refusal {
  const last = failed.at(-1)?.failure;
  if (last === undefined && isPaused(call, deps)) return { kind: "paused", retryAfterMs: RETRY_UNKNOWN_MS };
  switch (last?.kind) {
    case "caller_gone":
      return { kind: "caller_gone" };
    case "request_rejected":
      return { kind: "request_rejected", reason: last.reason ?? UNEXPLAINED, param: last.param ?? null };
    case "prefill_refused":
      return failed.every(({ failure }) => failure.kind === "prefill_refused")
        ? { kind: "not_capable", what: ["messages (the last is the assistant's)"] }
        : unanswered(failed, call, deps);
    case "content_filtered":
      return { kind: "content_filtered", reason: last.reason ?? UNEXPLAINED };
    case "over_budget":
      return budgetRefusal(failed) ?? unanswered(failed, call, deps);
    case "context_overflow":
      // Where something else failed too, a route with the room for it may only be away.
      if (!failed.every(({ failure }) => failure.kind === "context_overflow")) return unanswered(failed, call, deps);
      return { kind: "context_too_long", reason: last.reason ?? UNEXPLAINED };
    case "routing_loop":
      return onlyLoops(failed, call) ? { kind: "routing_loop" } : unanswered(failed, call, deps);
    default:
      return unanswered(failed, call, deps);
  }
}

/** Every route leads back here: no outage, and nothing that time mends. */
function onlyLoops(failed: readonly Failed[], { routes }: PlannedCall): boolean {
  const looped = failed.flatMap(({ route, failure }) => (failure.kind === "routing_loop" ? [route.id] : []));
  return routes.every(({ id }) => looped.includes(id));
}

/** Money alone stood in the way; null: something else did too, or nobody knows a price. */
function budgetRefusal(failed: readonly Failed[]): Refusal | null {
  const budgets = failed.flatMap(({ failure }) => (failure.kind === "over_budget" ? [failure.budget] : []));
  const [first] = budgets;
  if (first === undefined || budgets.length < failed.length) return null;
  const { scope, resetsInMs } = first;
  if (scope === "") return { kind: "unavailable", what: "The ledger of budgets", retryAfterMs: resetsInMs };
  const life = scope.startsWith("token:");
  return { kind: "budget_exhausted", scope, resetsInMs: life ? null : resetsInMs, retryAfterMs: resetsInMs };
}

/** Nobody was asked: does a budget keep a route back that could have taken this call? */
function isPaused(call: PlannedCall, { breakers }: Outside): boolean {
  return call.routes.some((route) => breakers.paused(route) && couldTake(call, route));
}

function couldTake(call: PlannedCall, route: Route): boolean {
  return whatCannot(call, route) === null && call.context?.tooSmall.has(route.id) !== true;
}

function unanswered(failed: readonly Failed[], call: PlannedCall, deps: Outside): Refusal {
  return {
    kind: deps.clock.now() >= call.deadlineAtMs ? "deadline_exceeded" : "providers_failed",
    failures: failed.map(({ failure }) => failure.kind),
    retryAfterMs: retryAfterMs(failed, call, deps),
  };
}

const UNEXPLAINED = "The provider gave no reason.";

/** For a route that failed and is not open: it may be back at once, but nobody knows; do not hammer it. */
const RETRY_SOON_MS = 5_000;
/** Where only an operator can bring a route back. */
const RETRY_UNKNOWN_MS = 60_000;

/** Until the soonest moment a route that could take this call may be back. */
function retryAfterMs(failed: readonly Failed[], call: PlannedCall, { breakers, clock }: Outside): number {
  const capable = call.routes.filter((route) => couldTake(call, route));
  const waits = capable.map((route) => {
    if (route.tier === "warm" && !breakers.flags().enable_warm_fallback) return RETRY_UNKNOWN_MS;
    if (breakers.paused(route)) return RETRY_UNKNOWN_MS;
    const blocked = breakers.blocked(route);
    if (blocked) return blocked.untilMs === null ? RETRY_UNKNOWN_MS : Math.max(0, blocked.untilMs - clock.now());
    const told = failed.findLast((one) => one.route.id === route.id)?.failure.retryAfterMs;
    return told ?? RETRY_SOON_MS;
  });
  const soonest = waits.length === 0 ? RETRY_UNKNOWN_MS : Math.min(...waits);
  // What was asked has walked; what was not may have been held back because nobody answers.
  const quietMs = failed.length > 0 || call.from.kind === "job" ? null : breakers.quietUntil(call.kind.name);
  return quietMs === null ? soonest : Math.max(soonest, quietMs - clock.now());
}
