/** One route's answer, once it is good enough for its kind: JSON that is none is asked for again, once. */
import type { Deps } from "../deps.ts";
import type { PlannedCall } from "../domain/call.ts";
import type { Failure, FailureKind } from "../domain/failure.ts";
import type { Route } from "../domain/route.ts";
import { fail, type Result } from "../lib/result.ts";
import type { GoOn } from "../stream/answer-source.ts";
import type { LisbonNote } from "../openai/chat-chunk.ts";
import { askToRepair } from "./ask-to-repair.ts";
import { attempt } from "./attempt.ts";
import type { Answer, Attempted, Flawed } from "./attempt-context.ts";
import { lowQuality } from "./judge-answer.ts";
import { toldOf } from "./told-of.ts";
import { type Left, noteFailure, type Progress } from "./try-in-turn.ts";

/** `cut`: the first answer whose only flaw is its length; it is better than none. */
export type Asking = Progress & { cut: { readonly answer: Answer; readonly told: LisbonNote | null } | null };

export async function goodAnswer(
  route: Route,
  left: Left,
  goOn: GoOn | null,
  asking: Asking,
  deps: Deps,
): Promise<Result<Answer, Failure>> {
  const { call } = asking;
  const first = await answerOf(route, call, left, goOn, asking, deps);
  const flawed = flawIn(first);
  if (!first.ok || flawed === null) return first;

  const failure = lowQuality(flawed.flaw);
  if (flawed.flaw.check === "length")
    asking.cut ??= { answer: first.value, told: toldOf(route, call, asking.trail, deps) };
  const repair = mayRepair(flawed, left, asking, deps) ? askToRepair(call, flawed) : null;
  if (repair === null) return fail(failure);
  noteFailure(route, left.startedAtMs, failure, asking, deps);
  left.startedAtMs = deps.clock.now();
  const again = await answerOf(route, repair, left, null, asking, deps);
  if (!again.ok && OF_THE_REQUEST.has(again.failure.kind)) {
    // What is wrong with a request that we wrote is no fault of the route's, and says nothing of the caller's.
    return fail({ kind: "internal_error", detail: `the repair was refused: ${again.failure.kind}` });
  }
  const still = flawIn(again);
  return still === null ? again : fail(lowQuality(still.flaw));
}

const OF_THE_REQUEST: ReadonlySet<FailureKind> = new Set([
  "request_rejected",
  "content_filtered",
  "context_overflow",
  "prefill_refused",
]);

async function answerOf(
  route: Route,
  call: PlannedCall,
  { last }: Left,
  goOn: GoOn | null,
  { trail }: Asking,
  deps: Deps,
): Promise<Result<Attempted, Failure>> {
  const startedAtMs = deps.clock.now();
  const foundLate = ({ check }: Flawed["flaw"]): void => trail.add({ routeId: route.id, result: "flawed", check });
  const told = toldOf(route, call, trail, deps);
  const answer = await attempt(route, { call, last, mostStreamMs: Infinity, told, foundLate }, goOn, deps);
  if (!answer.ok || flawIn(answer) !== null) return answer;
  const ms = deps.clock.now() - startedAtMs;
  trail.add({ routeId: route.id, result: "answered", ms });
  trail.told = told;
  // A stream is a success only at its end, which tells the breaker by itself.
  if (answer.value.kind === "completion") deps.breakers.record({ route, startedAtMs, durationMs: ms, failure: null });
  return answer;
}

function flawIn(answer: Result<Attempted, Failure>): Flawed | null {
  return answer.ok ? (answer.value.flawed ?? null) : null;
}

/** Once, where there is time, and never at the cost of a candidate that is untried. What was cut would be cut again. */
function mayRepair({ flaw }: Flawed, { others }: Left, { call, budget, failed }: Asking, { clock }: Deps): boolean {
  if (flaw.check !== "json" || call.kind.quality?.repair !== true) return false;
  const untried = others.filter(({ skip }) => skip === null).length;
  return failed.length + 1 + untried < budget && clock.now() < call.deadlineAtMs && !call.callerSignal.aborted;
}
