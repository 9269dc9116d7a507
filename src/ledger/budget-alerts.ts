/** Our own word on the month's spend, said before any webhook comes: by it the pause is flipped as by an alert. */
import type { BudgetAlert } from "../budget/pause-port.ts";
import { ALL_SCOPE } from "../domain/limits.ts";
import { MICROS } from "../domain/price.ts";
import type { Routing } from "../domain/routing.ts";
import { monthOf } from "./periods.ts";
import type { LimitChanges } from "./scopes.ts";
import { monthsSpend } from "./spend-tables.ts";

/** Of every monthly budget of the operator's own that has come to its percentage. */
export function budgetAlerts(
  { budget }: Routing,
  sql: SqlStorage,
  changes: LimitChanges,
  now: number,
): readonly BudgetAlert[] {
  const month = monthOf(now).key;
  const usdOf = (scope: string, given: number | null): number | null => {
    const changed = changes[scope]?.monthlyUsd;
    return changed === undefined ? given : changed;
  };
  const providers = new Set(
    [...budget.monthlyUsd.keys(), ...budget.providers.keys()].filter((name) => !name.includes(":")),
  );
  const budgets: (readonly [provider: string | null, usd: number | null])[] = [
    [null, usdOf(ALL_SCOPE, budget.limits.monthlyUsd)],
    ...[...providers].map((provider) => {
      const given = budget.providers.get(provider)?.monthlyUsd ?? budget.monthlyUsd.get(provider) ?? null;
      return [provider, usdOf(`account:${provider}`, given)] as const;
    }),
  ];
  return budgets.flatMap(([provider, usd]) => {
    if (usd === null || usd <= 0) return [];
    const percentUsed = Math.min(1000, (monthsSpend(sql, month, provider) / (usd * MICROS)) * 100);
    if (percentUsed < budget.pauseAtPercent) return [];
    const name = provider ?? "everything together";
    return [
      {
        provider: name,
        percentUsed,
        kind: "actual",
        period: `${month}-01T00:00:00.000Z`,
        message: null,
        source: `ledger:${provider ?? "all"}`,
        pauseOnly: false,
      } satisfies BudgetAlert,
    ];
  });
}
