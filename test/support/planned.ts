/** Plans for tests: of a small map, with some inputs changed. */
import { changeInput } from "../../planner/change-input.ts";
import { inputsFromMap } from "../../planner/inputs-from-map.ts";
import type { PlanInputs } from "../../planner/inputs.ts";
import { planOf } from "../../planner/plan.ts";
import type { Plan } from "../../planner/plan.ts";
import type { RoutingMap } from "../../src/routing/routing-map.ts";

/** Two of one provider and one of another. */
export const plannedMap: RoutingMap = {
  hot: [
    { id: "first", provider: "anthropic", model: "claude-sonnet-4-6" },
    { id: "second", provider: "anthropic", model: "claude-haiku-4-5" },
  ],
  warm: [{ id: "third", provider: "openai", model: "gpt-4o-mini" }],
};

export function inputsWith(set: Readonly<Record<string, number>>, map: RoutingMap = plannedMap): PlanInputs {
  return Object.entries(set).reduce((inputs, [name, value]) => {
    const changed = changeInput(inputs, `${name}=${value}`);
    if (!changed.ok) throw new Error(changed.failure);
    return changed.value;
  }, inputsFromMap(map));
}

export function planWith(set: Readonly<Record<string, number>>, map: RoutingMap = plannedMap): Plan {
  return planOf(inputsWith(set, map));
}
