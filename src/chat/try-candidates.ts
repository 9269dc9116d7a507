/** Asks the candidates for an answer, and lets the rest of them go on with one that breaks off. */
import type { Deps } from "../deps.ts";
import type { PlannedCall } from "../domain/call.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Result } from "../lib/result.ts";
import { attempt } from "./attempt.ts";
import type { Answer } from "./attempt-context.ts";
import { mayBeContinued, whoGoesOn } from "./go-on.ts";
import type { Candidate } from "./plan-candidates.ts";
import { resume } from "./resume.ts";
import type { Trail } from "./trail.ts";
import { newProgress, tryInTurn } from "./try-in-turn.ts";

export function tryCandidates(
  candidates: readonly Candidate[],
  call: PlannedCall,
  trail: Trail,
  deps: Deps,
): Promise<Result<Answer, Refusal>> {
  const progress = newProgress(candidates, call, trail, deps);
  const said = call.from.kind === "job" ? call.from.said : null;
  if (said !== null && mayBeContinued(call)) return resume(said, candidates, progress, deps);
  return tryInTurn(
    candidates,
    async (route, { last, others }) => {
      const startedAtMs = deps.clock.now();
      const goOn = whoGoesOn(route, others, progress, deps);
      const answer = await attempt(route, { call, last, mostStreamMs: Infinity }, goOn, deps);
      if (!answer.ok) return answer;
      const ms = deps.clock.now() - startedAtMs;
      trail.add({ routeId: route.id, result: "answered", ms });
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
