/**
 * Each candidate in turn, within one budget of attempts and one deadline,
 * until one of them answers. What each failure means for the rest is in the
 * policy table (`domain/failure.ts`); this file only obeys it.
 */
import type { Deps } from "../deps.ts";
import type { SkipReason } from "../domain/attempt.ts";
import type { PlannedCall } from "../domain/call.ts";
import { policyOf, type Failure } from "../domain/failure.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Route } from "../domain/route.ts";
import { wait } from "../lib/clock.ts";
import { SUBREQUESTS_FREE_PLAN } from "../lib/platform-limits.ts";
import { fail, type Result } from "../lib/result.ts";
import { retryDelayMs } from "./may-retry.ts";
import type { Candidate } from "./plan-candidates.ts";
import { RuledOut } from "./ruled-out.ts";
import type { Trail } from "./trail.ts";
import { refusalOf } from "./why-nobody-answered.ts";

/** A call may also ask the switchboard: a snapshot, a report, and one of each again. */
const SWITCHBOARD_CALLS = 4;
const MOST_ATTEMPTS = SUBREQUESTS_FREE_PLAN - SWITCHBOARD_CALLS;

/** What is asked of each candidate in turn. `others`: who is left after it. */
export type Ask<T> = (route: Route, left: Left) => Promise<Result<T, Failure>>;

export interface Left {
  /** No other candidate may be asked: this one may take all of the time. */
  readonly last: boolean;
  readonly others: readonly Candidate[];
  /** Of what is being asked now. Set anew where the same route is asked for more than one thing. */
  startedAtMs: number;
}

/** What a call has been through so far. */
export interface Progress {
  readonly call: PlannedCall;
  readonly trail: Trail;
  /** Attempts that the call may make in all, an answer's continuation included. */
  readonly budget: number;
  readonly ruledOut: RuledOut;
  readonly failed: { readonly route: Route; readonly failure: Failure }[];
}

/** `plan`: a refusal has no candidates. */
export function newProgress(
  plan: Result<readonly Candidate[], Refusal>,
  call: PlannedCall,
  trail: Trail,
  { routing: { limits } }: Deps,
): Progress {
  const usable = plan.ok ? plan.value.filter(({ skip }) => skip === null).length : 0;
  const budget = Math.min(limits.maxAttempts ?? usable + 2, MOST_ATTEMPTS);
  return { call, trail, budget, ruledOut: new RuledOut(), failed: [] };
}

/** A further step of the same call: what it has learnt counts, and each of these candidates may have a try more. */
export function furtherProgress(
  before: Progress,
  candidates: readonly Candidate[],
  call: PlannedCall,
  { routing: { limits } }: Deps,
): Progress {
  const usable = candidates.filter(({ skip }) => skip === null).length;
  const budget = Math.min(limits.maxAttempts ?? before.failed.length + usable + 1, MOST_ATTEMPTS);
  return { ...before, call, budget };
}

export async function tryInTurn<T>(
  candidates: readonly Candidate[],
  ask: Ask<T>,
  progress: Progress,
  deps: Deps,
): Promise<Result<T, Refusal>> {
  const { call, trail, failed } = progress;
  for (const [place, candidate] of candidates.entries()) {
    if (isOver(progress, deps)) break;
    const why = whyNotNow(candidate, progress, deps);
    if (why !== null) {
      trail.add({ routeId: candidate.route.id, result: "skipped", why });
      continue;
    }
    const tried = await tryRoute(candidate.route, candidates.slice(place + 1), ask, progress, deps);
    if (tried !== "next") return tried;
  }
  return fail(refusalOf(failed, call, deps));
}

function isOver({ call, budget, failed }: Progress, { clock }: Deps): boolean {
  return failed.length >= budget || clock.now() >= call.deadlineAtMs;
}

function whyNotNow({ route, skip }: Candidate, { ruledOut }: Progress, { breakers }: Deps): SkipReason | null {
  return skip ?? ruledOut.why(route) ?? breakers.blocked(route)?.why ?? null;
}

/** One route, and rarely the same one again. `next`: the next candidate may be asked. */
async function tryRoute<T>(
  route: Route,
  others: readonly Candidate[],
  ask: Ask<T>,
  progress: Progress,
  deps: Deps,
): Promise<Result<T, Refusal> | "next"> {
  const { call, budget, failed } = progress;
  for (let tries = 1; ; tries++) {
    const mayBeAsked = (other: Candidate): boolean => whyNotNow(other, progress, deps) === null;
    const last = failed.length + 1 >= budget || !others.some(mayBeAsked);
    const left: Left = { last, others, startedAtMs: deps.clock.now() };
    const answer = await ask(route, left);
    if (answer.ok) return answer;

    const { failure } = answer;
    const attemptMs = noteFailure(route, left.startedAtMs, failure, progress, deps);
    if (call.callerSignal.aborted) return fail({ kind: "caller_gone" });
    if (policyOf(failure.kind).tryNext === "none") return fail(refusalOf(failed, call, deps));

    const question = {
      failure,
      attemptMs,
      triesOnRoute: tries,
      attemptsLeft: budget - failed.length,
      untriedCandidates: others.filter(mayBeAsked).length,
      recentFailures: deps.breakers.recentFailures(route.id),
      msToDeadline: call.deadlineAtMs - deps.clock.now(),
    };
    const delayMs = retryDelayMs(question, deps.routing.limits, deps.random);
    if (delayMs === null) return "next";
    await wait(deps.clock, delayMs, call.callerSignal);
    if (call.callerSignal.aborted) return fail({ kind: "caller_gone" });
    // While we waited, other calls may have found the route dead.
    const deadMeanwhile = deps.breakers.recentFailures(route.id) > tries || deps.breakers.blocked(route) !== null;
    if (deadMeanwhile || isOver(progress, deps)) return "next";
  }
}

/** A try that failed: for the trail, the breaker and the rest of this call. Returns how long it took. */
export function noteFailure(
  route: Route,
  startedAtMs: number,
  failure: Failure,
  { trail, ruledOut, failed }: Progress,
  { breakers, clock }: Deps,
): number {
  const attemptMs = clock.now() - startedAtMs;
  const status = failure.status === undefined ? {} : { status: failure.status };
  const check = failure.check === undefined ? {} : { check: failure.check };
  trail.add({ routeId: route.id, result: failure.kind, ms: attemptMs, ...status, ...check });
  breakers.record({ route, startedAtMs, durationMs: attemptMs, failure });
  failed.push({ route, failure });
  ruledOut.note(route, failure);
  return attemptMs;
}
