/** A plan as numbers: what its sheets come to. */
import type { Tier } from "../src/domain/route.ts";
import { recordOf } from "./inputs.ts";
import type { PlanInputs } from "./inputs.ts";
import { OUTPUT_NAMES } from "./outputs.ts";
import type { OutputName } from "./outputs.ts";
import { planSheets } from "./plan-sheets.ts";
import { valuesOf } from "./sheets.ts";

export interface Plan {
  readonly outputs: Readonly<Record<OutputName, number>>;
  readonly routes: readonly PlannedRoute[];
  readonly kinds: readonly PlannedKind[];
}

export interface PlannedRoute {
  readonly id: string;
  readonly tier: Tier;
  readonly attempts: number;
  readonly answers: number;
  /** A month. */
  readonly usd: number;
}

export interface PlannedKind {
  readonly kind: string;
  readonly requests: number;
  /** 0 where only humans answer. */
  readonly p95Ms: number;
  readonly missedPercent: number;
  readonly jobs: number;
  /** What its providers cost a month. */
  readonly usd: number;
}

export function planOf(inputs: PlanInputs): Plan {
  const value = valuesOf(planSheets(inputs));
  return {
    outputs: recordOf(OUTPUT_NAMES, (name) => value("Outputs", name, "value")),
    routes: inputs.routes.map(({ id, tier }) => {
      const of = (column: string): number => value("Routes", id, column);
      return { id, tier, attempts: of("attempts"), answers: of("answers"), usd: of("usd") };
    }),
    kinds: inputs.kinds.map(({ kind }) => {
      const of = (column: string): number => value("Kinds", kind, column);
      const missedPercent = of("missedPercent");
      return { kind, requests: of("requests"), p95Ms: of("p95Ms"), missedPercent, jobs: of("jobs"), usd: of("usd") };
    }),
  };
}
