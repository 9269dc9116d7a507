/**
 * Each candidate in turn, within one budget of attempts and one deadline,
 * until one of them answers. What each failure means for the rest is in the
 * policy table (`domain/failure.ts`); this file only obeys it.
 */
import type { Deps } from "../deps.ts";
import type { PlannedCall } from "../domain/call.ts";
import { policyOf, type Failure } from "../domain/failure.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Route } from "../domain/route.ts";
import { wait } from "../lib/clock.ts";
import { SUBREQUESTS_FREE_PLAN } from "../lib/platform-limits.ts";
import { fail, type Result } from "../lib/result.ts";
import { attempt } from "./attempt.ts";
import type { Answer } from "./attempt-context.ts";
import { retryDelayMs } from "./may-retry.ts";
import { RuledOut } from "./ruled-out.ts";
import type { Trail } from "./trail.ts";
import { refusalOf } from "./why-nobody-answered.ts";

/** A call may also ask the switchboard: a snapshot, a report, and one of each again. */
const SWITCHBOARD_CALLS = 4;
const MOST_ATTEMPTS = SUBREQUESTS_FREE_PLAN - SWITCHBOARD_CALLS;

export async function tryCandidates(
  candidates: readonly Route[],
  call: PlannedCall,
  trail: Trail,
  deps: Deps,
): Promise<Result<Answer, Refusal>> {
  const budget = Math.min(deps.routing.limits.maxAttempts ?? candidates.length + 2, MOST_ATTEMPTS);
  const ruledOut = new RuledOut();
  const failures: { readonly route: Route; readonly failure: Failure }[] = [];

  for (const [place, route] of candidates.entries()) {
    if (failures.length >= budget || deps.clock.now() >= call.deadlineAtMs) break;
    const why = ruledOut.why(route) ?? deps.breakers.blocked(route)?.why ?? null;
    if (why !== null) {
      trail.add({ routeId: route.id, result: "skipped", why });
      continue;
    }
    for (let tries = 1; ; tries++) {
      const untried = candidates.slice(place + 1).filter((other) => ruledOut.why(other) === null).length;
      const startedAtMs = deps.clock.now();
      const answer = await attempt(route, { call, last: untried === 0 }, deps);
      const attemptMs = deps.clock.now() - startedAtMs;
      if (answer.ok) {
        trail.add({ routeId: route.id, result: "answered", ms: attemptMs });
        // A stream is a success only at its end, which tells the breaker by itself.
        if (answer.value.kind === "completion") {
          deps.breakers.record({ route, startedAtMs, durationMs: attemptMs, failure: null });
        }
        return answer;
      }

      const { failure } = answer;
      const status = failure.status === undefined ? {} : { status: failure.status };
      trail.add({ routeId: route.id, result: failure.kind, ms: attemptMs, ...status });
      deps.breakers.record({ route, startedAtMs, durationMs: attemptMs, failure });
      failures.push({ route, failure });
      ruledOut.note(route, failure);
      if (policyOf(failure.kind).tryNext === "none") return fail(refusalOf(failures, call, deps));

      const delayMs = retryDelayMs(
        {
          failure,
          attemptMs,
          triesOnRoute: tries,
          attemptsLeft: budget - failures.length,
          untriedCandidates: untried,
          recentFailures: deps.breakers.recentFailures(route.id),
          msToDeadline: call.deadlineAtMs - deps.clock.now(),
        },
        deps.routing.limits,
        deps.random,
      );
      if (delayMs === null) break;
      await wait(deps.clock, delayMs, call.callerSignal);
      // While we waited, other calls may have found the route dead.
      const moreFailures = deps.breakers.recentFailures(route.id) > tries;
      if (call.callerSignal.aborted || moreFailures || deps.breakers.blocked(route) !== null) break;
    }
    if (call.callerSignal.aborted) return fail({ kind: "caller_gone" });
  }
  return fail(refusalOf(failures, call, deps));
}
