/** What a plan starts from: the deployed map, and the last 30 days as this deployment has measured them. */
import { inputsFromMap } from "../../../planner/inputs-from-map.ts";
import type { PlanInputs } from "../../../planner/inputs.ts";
import { withMeasurements } from "../../../planner/measured.ts";
import type { RoutingMap } from "../../../src/routing/routing-map.ts";
import type { Api } from "../api.ts";

export interface Start {
  readonly inputs: PlanInputs;
  /** Why nothing measured is in it; null: it is. */
  readonly unmeasured: string | null;
}

const DAYS = 30;
const DAY_MS = 86_400_000;

/** Rejects where there is no map or no route to plan with. */
export async function startingInputs(api: Api): Promise<Start> {
  const inputs = inputsFromMap(await api.get<RoutingMap>("/admin/map"));
  if (inputs.routes.length === 0) throw new Error("no route is switched on.");
  const [from, today] = [dayOf(Date.now() - (DAYS - 1) * DAY_MS), dayOf(Date.now())];
  try {
    const [breakers, spend] = await Promise.all([
      api.get<unknown>("/admin/breakers"),
      api.get<unknown>(`/admin/spend?by=day,kind&from=${from}&to=${today}`),
    ]);
    const measured = withMeasurements(inputs, { breakers, spend, today });
    return measured.ok ? { inputs: measured.value, unmeasured: null } : { inputs, unmeasured: measured.failure };
  } catch (cause) {
    return { inputs, unmeasured: cause instanceof Error ? cause.message : String(cause) };
  }
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
