/** `docs/kinds.yaml`: what is protected, how long callers wait and who does what, for people who read no JSON. */
import { stringify } from "yaml";
import { DEFAULT_DEADLINE_SECONDS } from "../src/routing/map-defaults.ts";
import type { DegradeStep } from "../src/routing/map-kinds.ts";
import type { RoutingMap } from "../src/routing/routing-map.ts";

export function kindsPage(map: RoutingMap): string {
  const kinds = Object.entries(map.kinds ?? {}).map(([kind, entry]) => ({
    kind,
    protects: entry.protects ?? "(not written down)",
    maximum_time_to_answer: `${entry.deadlineSeconds ?? DEFAULT_DEADLINE_SECONDS} s`,
    when_hot_and_warm_fail: (entry.degrade ?? ["queue"]).map(stepText),
    what_a_human_does: entry.human ?? "(not written down)",
    owner: entry.owner ?? "(nobody yet)",
  }));
  const head =
    "# The kinds of work that Lisbon protects. Made from routes.prod.json by `npm run check`: edit that file.\n";
  return head + stringify({ kinds }, { lineWidth: 0 });
}

const STEP_TEXTS: Readonly<Record<Extract<DegradeStep, string>, string>> = {
  smaller_model: "a smaller model answers",
  shorter_context: "the answer is made from a shorter context",
  cached_answer: "an earlier answer to the same question is given, and marked so",
  queue: "the work is queued and finished later",
  human: "a human answers",
  error: "the caller gets an error that says when to try again",
};

function stepText(step: DegradeStep): string {
  if (typeof step === "string") return STEP_TEXTS[step];
  const text = STEP_TEXTS[step.step];
  if (step.step === "human") return `${text} within ${step.dueMinutes} minutes`;
  return step.timeoutSeconds === undefined ? text : `${text} within ${step.timeoutSeconds} seconds`;
}
