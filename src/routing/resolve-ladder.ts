/** What a kind does when Hot and Warm have failed: its steps before the end, the time that is kept for them, and the end. */
import { type EndStep, LADDER_STEPS, type LadderStep, type LadderStepName } from "../domain/kind.ts";
import type { ColdSettings } from "../domain/routing.ts";
import type { DegradeStep, KindEntry } from "./map-kinds.ts";
import type { RoutingMap } from "./routing-map.ts";

const TIMEOUT_SECONDS: Readonly<Record<LadderStepName, number>> = {
  smaller_model: 15,
  shorter_context: 15,
  cached_answer: 2,
};

/** A step that could never do anything is left out: the map has no smaller routes, the kind keeps no answers. */
export function ladderOf(entry: KindEntry, map: RoutingMap): readonly LadderStep[] {
  // Queued at once, whoever could still answer: `"mode": "queue"` says so.
  if (entry.answeredBy === "human" || map.cold?.mode === "queue") return [];
  const asked: readonly DegradeStep[] = entry.degrade ?? LADDER_STEPS;
  return asked.flatMap((step): LadderStep[] => {
    const named = ladderStepOf(step);
    return named === null || CANNOT[named.step](entry, map) ? [] : [named];
  });
}

type Cannot = (entry: KindEntry, map: RoutingMap) => boolean;

const CANNOT: Readonly<Record<LadderStepName, Cannot>> = {
  smaller_model: (_entry, { smaller = [] }) => smaller.length === 0,
  shorter_context: () => false,
  cached_answer: ({ cache = false }) => cache === false,
};

function ladderStepOf(asked: DegradeStep): LadderStep | null {
  const { step, timeoutSeconds }: { step: string; timeoutSeconds?: number | undefined } =
    typeof asked === "string" ? { step: asked } : asked;
  const name = LADDER_STEPS.find((known) => known === step);
  return name === undefined ? null : { step: name, timeoutMs: (timeoutSeconds ?? TIMEOUT_SECONDS[name]) * 1000 };
}

/**
 * Hot and Warm would take all of the deadline, and a step that has no time left is none. A shorter prompt is for what
 * failed at once because of its length, so nothing is put by for it.
 */
export function reserveOf(ladder: readonly LadderStep[], deadlineMs: number): number {
  return ladder.reduce((sum, { step, timeoutMs }) => sum + Math.min(timeoutMs, deadlineMs * MOST_OF_DEADLINE[step]), 0);
}

const MOST_OF_DEADLINE: Readonly<Record<LadderStepName, number>> = {
  smaller_model: 0.25,
  shorter_context: 0,
  cached_answer: 0.05,
};

/** The first end step that the kind names. */
export function endStep({ degrade, answeredBy }: KindEntry, mode: ColdSettings["mode"]): EndStep {
  for (const step of degrade ?? []) {
    if (typeof step === "object" && step.step === "human") return { step: "human", dueMs: step.dueMinutes * 60_000 };
    if (step === "human") return { step, dueMs: null };
    if (step === "queue" || step === "error") return mode === "off" ? { step: "error" } : { step };
  }
  if (answeredBy === "human") return { step: "human", dueMs: null };
  return { step: mode === "off" ? "error" : "queue" };
}
