/**
 * An answer broke off after its first words: who of the candidates that are
 * left goes on with it, within the same budget of attempts and the time that a
 * stream may last.
 */
import type { Deps } from "../deps.ts";
import type { PlannedCall } from "../domain/call.ts";
import type { Failure } from "../domain/failure.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Route } from "../domain/route.ts";
import { ok, type Result } from "../lib/result.ts";
import { takesPrefill } from "../providers/takes-prefill.ts";
import type { AnswerSource, GoOn, Leg } from "../stream/answer-source.ts";
import { askToContinue, askToContinueNative } from "./ask-to-continue.ts";
import { attemptToGoOn } from "./attempt.ts";
import type { Candidate } from "./plan-candidates.ts";
import { noteFailure, type Left, type Progress, tryInTurn } from "./try-in-turn.ts";

/** Null: an answer to this call is never gone on with. */
export function whoGoesOn(route: Route, others: readonly Candidate[], progress: Progress, deps: Deps): GoOn | null {
  const { call } = progress;
  if (!call.stream || !mayBeContinued(call)) return null;
  const askedAtMs = deps.clock.now();
  return (said, after) => {
    const broken: Broken = { route, said, after, askedAtMs, endsAtMs: askedAtMs + route.clocks.maxStreamMs };
    return goOn(broken, others, progress, deps);
  };
}

/** JSON that one model began is not what another goes on with, and of several answers only the first is known. */
export function mayBeContinued({ kind, request }: Pick<PlannedCall, "kind" | "request">): boolean {
  const format = request.response_format?.type ?? "text";
  return kind.continues && kind.commit !== "whole" && format === "text" && (request.n ?? 1) === 1;
}

interface Broken {
  readonly route: Route;
  readonly said: string;
  readonly after: Failure;
  readonly askedAtMs: number;
  /** When the whole stream must be over. */
  readonly endsAtMs: number;
}

async function goOn(broken: Broken, others: readonly Candidate[], progress: Progress, deps: Deps): Promise<Leg | null> {
  const { route, after, askedAtMs } = broken;
  progress.failed.push({ route, failure: after });
  progress.ruledOut.note(route, after);
  progress.trail.add({ routeId: route.id, result: after.kind, ms: deps.clock.now() - askedAtMs });
  const leg = await findLeg(broken, others, progress, deps);
  return leg.ok ? leg.value : null;
}

/** The first of these candidates that goes on with what was said, its words not seen by anybody yet. */
export function findLeg(
  { said, endsAtMs }: Pick<Broken, "said" | "endsAtMs">,
  candidates: readonly Candidate[],
  progress: Progress,
  deps: Deps,
): Promise<Result<Leg, Refusal>> {
  // The call's own deadline was for the first words, which have come long ago.
  const here: Progress = { ...progress, call: { ...progress.call, deadlineAtMs: endsAtMs } };
  return tryInTurn<Leg>(
    candidates,
    async (route, left) => {
      const askedAtMs = deps.clock.now();
      const begun = await begin(route, said, left, here, deps);
      if (!begun.ok) return begun;
      here.trail.add({ routeId: route.id, result: "continued", ms: deps.clock.now() - askedAtMs, at: said.length });
      const next: GoOn = (text, after) =>
        goOn({ route, said: text, after, askedAtMs, endsAtMs }, left.others, progress, deps);
      return ok({ ...begun.value, routeId: route.id, goOn: next });
    },
    here,
    deps,
  );
}

type Begun = AnswerSource & Pick<Leg, "prefilled">;

/** A route that does not go on with words of its own is asked in another way, and that is remembered. */
async function begin(
  route: Route,
  said: string,
  left: Left,
  progress: Progress,
  deps: Deps,
): Promise<Result<Begun, Failure>> {
  const startedAtMs = deps.clock.now();
  const prefill = takesPrefill(route, deps.prefillRefused);
  const begun = await ask(route, said, prefill, left, progress, deps);
  if (begun.ok || !prefill || begun.failure.kind !== "prefill_refused") return begun;
  deps.prefillRefused.add(route.id);
  if (progress.failed.length + 1 >= progress.budget) return begun;
  noteFailure(route, startedAtMs, begun.failure, progress, deps);
  return await ask(route, said, false, left, progress, deps);
}

async function ask(
  route: Route,
  said: string,
  prefill: boolean,
  { last }: Left,
  { call }: Progress,
  deps: Deps,
): Promise<Result<Begun, Failure>> {
  const asked: PlannedCall = {
    ...call,
    request: askToContinue(call.request, said, { prefill, provider: route.provider }),
    native: call.native && askToContinueNative(call.native, said, { prefill }),
  };
  const mostStreamMs = call.deadlineAtMs - deps.clock.now();
  const source = await attemptToGoOn(route, { call: asked, last, mostStreamMs, told: null }, deps);
  return source.ok ? ok({ ...source.value, prefilled: prefill }) : source;
}
