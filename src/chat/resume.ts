/** A job's run was lost after its first words: the next one goes on with what was stored, as after any cut. */
import type { Deps } from "../deps.ts";
import type { SaidSoFar } from "../domain/call.ts";
import { estimateUsage } from "../domain/call-usage.ts";
import type { Failure } from "../domain/failure.ts";
import type { Refusal } from "../domain/refusal.ts";
import { ok, type Result } from "../lib/result.ts";
import { resumed } from "../stream/resumed.ts";
import type { Answer } from "./attempt-context.ts";
import { findLeg } from "./go-on.ts";
import type { Candidate } from "./plan-candidates.ts";
import { toldOf } from "./told-of.ts";
import type { Progress } from "./try-in-turn.ts";

const LOST: Failure = { kind: "stream_cut", detail: "the run was lost" };

export async function resume(
  { head, text }: SaidSoFar,
  candidates: readonly Candidate[],
  progress: Progress,
  deps: Deps,
): Promise<Result<Answer, Refusal>> {
  const { call, trail } = progress;
  // The job's time limit is for the first words of an answer, which have come.
  const endsAtMs = deps.clock.now() + Math.max(...call.routes.map(({ clocks }) => clocks.maxStreamMs));
  const leg = await findLeg({ said: text, endsAtMs }, candidates, progress, deps);
  if (!leg.ok) return leg;
  const route = call.routes.find(({ id }) => id === leg.value.routeId);
  if (route === undefined) throw new Error("a route that the call does not have went on with it");
  trail.told = toldOf(route, call, trail, deps);
  const usage = estimateUsage(JSON.stringify(call.native?.body ?? call.request).length, text.length);
  const running = resumed({
    given: { head, said: text, canBeContinued: true, usage, bytes: text.length },
    lost: LOST,
    leg: leg.value,
    callerSignal: call.callerSignal,
    clock: deps.clock,
  });
  deps.afterReply(running.ended);
  return ok({ kind: "stream", route, body: running.body, ended: running.ended });
}
