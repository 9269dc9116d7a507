/** Asks the candidates for an answer, and lets the rest of them go on with one that breaks off. */
import type { Deps } from "../deps.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Result } from "../lib/result.ts";
import { attempt } from "./attempt.ts";
import type { Answer } from "./attempt-context.ts";
import { mayBeContinued, whoGoesOn } from "./go-on.ts";
import type { Candidate } from "./plan-candidates.ts";
import { resume } from "./resume.ts";
import { toldOf } from "./told-of.ts";
import { type Progress, tryInTurn } from "./try-in-turn.ts";

export function tryCandidates(
  candidates: readonly Candidate[],
  progress: Progress,
  deps: Deps,
): Promise<Result<Answer, Refusal>> {
  const { call, trail } = progress;
  const said = call.from.kind === "job" ? call.from.said : null;
  if (said !== null && mayBeContinued(call)) return resume(said, candidates, progress, deps);
  return tryInTurn(
    candidates,
    async (route, { last, others }) => {
      const startedAtMs = deps.clock.now();
      const goOn = whoGoesOn(route, others, progress, deps);
      const told = toldOf(route, call, trail, deps);
      const answer = await attempt(route, { call, last, mostStreamMs: Infinity, told }, goOn, deps);
      if (!answer.ok) return answer;
      const ms = deps.clock.now() - startedAtMs;
      trail.add({ routeId: route.id, result: "answered", ms });
      trail.told = told;
      // A stream is a success only at its end, which tells the breaker by itself.
      if (answer.value.kind === "completion") {
        deps.breakers.record({ route, startedAtMs, durationMs: ms, failure: null });
      }
      return answer;
    },
    progress,
    deps,
  );
}
