/** Asks the candidates for an answer, and lets the rest of them go on with one that breaks off. */
import type { Deps } from "../deps.ts";
import type { Refusal } from "../domain/refusal.ts";
import { ok, type Result } from "../lib/result.ts";
import type { Answer } from "./attempt-context.ts";
import { type Asking, goodAnswer } from "./good-answer.ts";
import { mayBeContinued, whoGoesOn } from "./go-on.ts";
import type { Candidate } from "./plan-candidates.ts";
import { resume } from "./resume.ts";
import { type Progress, tryInTurn } from "./try-in-turn.ts";

export async function tryCandidates(
  candidates: readonly Candidate[],
  progress: Progress,
  deps: Deps,
): Promise<Result<Answer, Refusal>> {
  const { call, trail } = progress;
  const said = call.from.kind === "job" ? call.from.said : null;
  if (said !== null && mayBeContinued(call)) return await resume(said, candidates, progress, deps);
  const asking: Asking = { ...progress, cut: null };
  const answer = await tryInTurn(
    candidates,
    (route, left) => goodAnswer(route, left, whoGoesOn(route, left.others, asking, deps), asking, deps),
    asking,
    deps,
  );
  if (answer.ok || asking.cut === null || call.callerSignal.aborted) return answer;
  trail.note("Answer cut at the model's length limit");
  trail.told = asking.cut.told;
  return ok(asking.cut.answer);
}
