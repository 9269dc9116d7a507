/** The most that is told apart: ten budgets. */
export const MAX_PERCENT = 1000;

/** A finite number from 0 to 1000, also written as text; 0.83 is 0.83 percent. Null: it is none. */
export function percentFrom(value: unknown): number | null {
  const percent = typeof value === "string" && /^\s*\d+(?:\.\d*)?\s*$/.test(value) ? Number(value) : value;
  if (typeof percent !== "number" || !Number.isFinite(percent)) return null;
  return percent >= 0 && percent <= MAX_PERCENT ? percent : null;
}

/** What was spent of a budget. A budget of nothing is used up by the first cent; a credit is not less than nothing. */
export function percentOfBudget(spent: number, budget: number): number {
  if (spent <= 0) return 0;
  return budget <= 0 ? MAX_PERCENT : Math.min(MAX_PERCENT, (spent / budget) * 100);
}
