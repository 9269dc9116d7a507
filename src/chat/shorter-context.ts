import type { Deps } from "../deps.ts";
import type { PlannedCall } from "../domain/call.ts";
import type { FailureKind } from "../domain/failure.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Route } from "../domain/route.ts";
import { estimateCallTokens } from "../ledger/estimate-call.ts";
import type { Result } from "../lib/result.ts";
import { whatCannot } from "../providers/capabilities.ts";
import type { Answer } from "./attempt-context.ts";
import { contextFit } from "./fit-context.ts";
import { planCandidates } from "./plan-candidates.ts";
import { shortenCall } from "./shorten-call.ts";
import { tryCandidates } from "./try-candidates.ts";
import { furtherProgress, type Progress } from "./try-in-turn.ts";

/** A provider that still finds it too long is asked again with half of that. */
const MOST_ROUNDS = 3;

/**
 * The call's own routes again, with the oldest turns left out; only where its
 * length or its time was the trouble. Null: that is not so, or nothing can be left out.
 */
export async function shorterContext(
  call: PlannedCall,
  refusal: Refusal,
  before: Progress,
  deps: Deps,
): Promise<Result<Answer, Refusal> | null> {
  if (!isTooMuch(refusal, before)) return null;
  const route = roomiest(call);
  if (route === undefined) return null;
  let progress: Progress = { ...before, ruledOut: before.ruledOut.forShorterPrompt() };
  let asked: PlannedCall = { ...call, context: null };
  let answer: Result<Answer, Refusal> | null = null;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const shorter = shortenCall(asked, route, mostTokens(asked, route));
    if (shorter === null) return answer;
    asked = shorter;
    const plan = planCandidates({ ...asked, context: contextFit(asked) }, deps);
    if (!plan.ok) continue;
    progress = furtherProgress(progress, plan.value, asked, deps);
    answer = await tryCandidates(plan.value, progress, deps);
    if (answer.ok || !stillTooLong(progress)) return answer;
    progress = { ...progress, ruledOut: progress.ruledOut.forShorterPrompt() };
  }
  return answer;
}

const OUT_OF_TIME: ReadonlySet<FailureKind> = new Set(["timed_out", "out_of_time", "stream_stalled"]);

function isTooMuch(refusal: Refusal, { failed }: Progress): boolean {
  if (refusal.kind === "context_too_long" || refusal.kind === "deadline_exceeded") return true;
  return failed.some(({ failure: { kind } }) => kind === "context_overflow" || OUT_OF_TIME.has(kind));
}

/** Others may have failed for other reasons before. */
function stillTooLong({ failed }: Progress): boolean {
  return failed.at(-1)?.failure.kind === "context_overflow";
}

/** Of those that can take the call the one with the largest window; without any that is known, the first. */
function roomiest(call: PlannedCall): Route | undefined {
  const able = call.routes.filter((route) => whatCannot(call, route) === null);
  return able.toSorted((one, other) => (other.contextTokens ?? 0) - (one.contextTokens ?? 0))[0];
}

/** The rest of the window is for the answer, and for what a provider puts around a prompt. */
const MOST_OF_WINDOW = 0.96;

/** In tokens. What fits and was still too much is halved, for then the estimate or the window is not to be relied on. */
function mostTokens(call: PlannedCall, route: Route): number {
  const tokens = estimateCallTokens(call, route);
  const window = route.contextTokens ?? Infinity;
  const answer = call.request.max_completion_tokens ?? call.request.max_tokens ?? 0;
  const room = Math.min(window * MOST_OF_WINDOW, window - Math.min(answer, window / 2));
  return tokens > room ? room : tokens / 2;
}
