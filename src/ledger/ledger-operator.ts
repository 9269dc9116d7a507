import type { LimitChanges } from "./scopes.ts";
import type { SpendQuestion, SpendRow } from "./spend-tables.ts";

/** What an operator says to the ledger, and hears from it. Never on the way of a call. */
export interface LedgerOperator {
  /** All changes, this one included. Null: the map's own limits count again for this scope. */
  changeLimits(scope: string, change: LimitChanges[string] | null): Promise<LimitChanges>;
  /** False: there is no such slice, or its isolate was heard of a moment ago. */
  settleUnaccounted(slice: string, usedMicros: number): Promise<boolean>;
  spent(question: SpendQuestion): Promise<readonly SpendRow[]>;
  view(): Promise<LedgerView>;
}

export interface LedgerView {
  readonly changes: LimitChanges;
  /** Those whose period has not ended. */
  readonly budgets: readonly BudgetView[];
  /** Given, and not heard of again: spent until an operator says how much of it really was. */
  readonly unaccounted: readonly UnaccountedView[];
}

export interface BudgetView {
  readonly scope: string;
  readonly period: string;
  readonly limitMicros: number;
  readonly settledMicros: number;
  /** In slices that isolates hold. */
  readonly givenMicros: number;
  readonly endsAtMs: number;
}

export interface UnaccountedView {
  readonly slice: string;
  readonly scope: string;
  readonly period: string;
  readonly micros: number;
  readonly usedMicros: number;
  readonly heardAtMs: number;
}
