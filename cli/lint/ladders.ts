/** Ladders without a last step that always has an answer, and steps that never have one. */
import { coldSettings } from "../../src/routing/map-defaults.ts";
import type { DegradeStep } from "../../src/routing/map-kinds.ts";
import type { RoutingMap } from "../../src/routing/routing-map.ts";
import type { Found } from "./finding.ts";

const END_STEPS: ReadonlySet<string> = new Set(["queue", "human", "error"]);

/** A kind that lists no steps has the default ladder, which ends in the queue. */
export function endlessLadders({ kinds = {}, cold = {} }: RoutingMap): readonly Found[] {
  const { mode } = coldSettings(cold);
  return Object.entries(kinds).flatMap(([name, { degrade = [] }]): Found[] => {
    const index = degrade.length - 1;
    const last = degrade[index];
    if (last === undefined) return [];
    const path = ["kinds", name, "degrade", index];
    const step = nameOf(last);
    if (!END_STEPS.has(step)) {
      const found = `the last step is ${step}, which may have no answer`;
      const instead = 'End the list with "queue", "human" or "error".';
      return [{ code: "ladder_ends_in_nothing", path, found, instead }];
    }
    if (step !== "queue" || mode !== "off") return [];
    const found = 'the last step is queue, and there is none: cold.mode is "off"';
    const instead = 'End the list with "human" or "error", or take "mode": "off" out of cold.';
    return [{ code: "ladder_ends_in_nothing", path, found, instead }];
  });
}

/** Such a step never finds anything. */
export function idleSteps({ kinds = {}, smaller = [] }: RoutingMap): readonly Found[] {
  return Object.entries(kinds).flatMap(([name, { degrade = [], cache = false }]): Found[] =>
    degrade.flatMap((step, index): Found[] => {
      const path = ["kinds", name, "degrade", index];
      if (nameOf(step) === "cached_answer" && cache === false) {
        const instead = 'Write "cache": true in the kind, or take the step out.';
        return [{ code: "cached_answer_without_cache", path, found: "the kind keeps no answers", instead }];
      }
      if (nameOf(step) === "smaller_model" && smaller.length === 0) {
        const instead = 'Write "smaller": [{ "provider": …, "model": … }] at the top, or take the step out.';
        return [{ code: "smaller_model_without_routes", path, found: "the map has no smaller routes", instead }];
      }
      return [];
    }),
  );
}

function nameOf(step: DegradeStep): string {
  return typeof step === "string" ? step : step.step;
}
