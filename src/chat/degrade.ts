/**
 * Hot and Warm have failed: the kind's own steps in its own order, each within
 * its own time and the call's deadline. None of them is the end: who gets
 * nothing here is queued or refused for the reason that there was before.
 */
import type { Deps } from "../deps.ts";
import type { PlannedCall } from "../domain/call.ts";
import type { LadderStep } from "../domain/kind.ts";
import type { Refusal } from "../domain/refusal.ts";
import { assertNever } from "../lib/assert-never.ts";
import { ok, type Result } from "../lib/result.ts";
import { cachedAnswer } from "./cached-answer.ts";
import type { Reply } from "./reply.ts";
import { shorterContext } from "./shorter-context.ts";
import { smallerModel } from "./smaller-model.ts";
import type { Progress } from "./try-in-turn.ts";

/** Null: no step had an answer. A failure: the caller is gone, or its request itself is to blame. */
export async function degrade(
  call: PlannedCall,
  refusal: Refusal,
  progress: Progress,
  deps: Deps,
): Promise<Result<Reply, Refusal> | null> {
  if (!MENDED_BY_OTHERS.has(refusal.kind)) return null;
  progress.trail.beforeLadder = progress.trail.all().length;
  const final = call.from.kind === "job" ? GONE : FINAL;
  for (const step of call.kind.ladder) {
    const now = deps.clock.now();
    if (call.callerSignal.aborted || now >= call.deadlineAtMs) return null;
    const here = { ...call, degraded: step.step, deadlineAtMs: Math.min(call.deadlineAtMs, now + step.timeoutMs) };
    const reply = await take(step, here, refusal, progress, deps);
    if (reply !== null && (reply.ok || final.has(reply.failure.kind))) return reply;
  }
  return null;
}

/** What a step was told that holds for all. What one small model finds wrong with a request may be the model's limit. */
const FINAL: ReadonlySet<Refusal["kind"]> = new Set(["caller_gone", "content_filtered"]);

/** A job can wait for Hot, which may find nothing wrong with it. */
const GONE: ReadonlySet<Refusal["kind"]> = new Set(["caller_gone"]);

/** What is no fault of the request, or one of its length alone. */
const MENDED_BY_OTHERS: ReadonlySet<Refusal["kind"]> = new Set([
  "providers_failed",
  "deadline_exceeded",
  "paused",
  "budget_exhausted",
  "context_too_long",
]);

function take(
  { step }: LadderStep,
  call: PlannedCall,
  refusal: Refusal,
  progress: Progress,
  deps: Deps,
): Promise<Result<Reply, Refusal> | null> | null {
  switch (step) {
    case "smaller_model":
      return smallerModel(call, progress, deps);
    case "shorter_context":
      return shorterContext(call, refusal, progress, deps);
    case "cached_answer":
      return fromCache(call, progress, deps);
    default:
      return assertNever(step);
  }
}

/** A job has the time to wait for an answer of its own, unless its end is an error. */
async function fromCache(call: PlannedCall, { trail }: Progress, deps: Deps): Promise<Result<Reply, Refusal> | null> {
  if (call.from.kind === "job" && call.kind.end.step !== "error") return null;
  const reply = await cachedAnswer(call, call.deadlineAtMs - deps.clock.now(), trail, deps);
  return reply && ok(reply);
}
