/** What the switchboard is told about money, and answers. Never on the way of a call. */
import type { PauseView } from "./pause.ts";

export interface PauseOperator {
  /** An alert of whatever source, told by its percentage. */
  alert(alert: BudgetAlert): Promise<AlertOutcome>;
  /** By an operator: at once, and until somebody resumes. `provider` as anybody writes it; null: everything. */
  pause(provider: string | null, reason: string): Promise<void>;
  /** Null: every pause. */
  resume(provider: string | null): Promise<void>;
  pauses(): Promise<readonly PauseView[]>;
}

export interface BudgetAlert {
  /** As the sender writes it. */
  readonly provider: string;
  /** 0 to 1000. */
  readonly percentUsed: number;
  /** What has been spent may pause; what is forecast is noted and told. */
  readonly kind: "actual" | "forecast";
  /** The budget's own period, as its start in ISO form; null: the calendar month (UTC) in which it arrives. */
  readonly period: string | null;
  /** Tells repeats and old messages; null: the sender gives none. */
  readonly message: { readonly id: string; readonly atMs: number } | null;
  /** Which budget: a provider may have several. */
  readonly source: string;
  /** The sender's secret may pause and nothing else. */
  readonly pauseOnly: boolean;
  /** A person or a script has written the percentage: also below the threshold it is told, and 0.83 may be a mistake. */
  readonly stated?: boolean;
}

export type AlertOutcome = "paused" | "already_paused" | "noted" | "resumed_before" | "old" | "lifted";
