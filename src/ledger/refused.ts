import type { LedgerState } from "./ledger-state.ts";
import type { Budget } from "./scopes.ts";
import { budgetKey } from "./supply.ts";

/** So long a refusal is believed: who hammers an exhausted budget must not hammer the ledger of everybody. */
const REFUSED_MS = 1_000;
const MOST_REFUSED = 1_000;

export function wasRefused({ refused: known }: LedgerState, budget: Budget, micros: number, now: number): boolean {
  const refused = known.get(budgetKey(budget));
  return refused !== undefined && now < refused.untilMs && micros >= refused.micros;
}

export function noteRefused(
  { refused }: LedgerState,
  budgets: readonly Budget[],
  scope: string,
  micros: number,
  now: number,
): void {
  const budget = budgets.find((one) => one.scope === scope);
  if (budget === undefined) return;
  if (refused.size >= MOST_REFUSED) refused.clear();
  refused.set(budgetKey(budget), { micros, untilMs: now + REFUSED_MS });
}
