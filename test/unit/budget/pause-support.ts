/** A switchboard's pause as a story: alerts, hands and time, one after the other. */
import type { FlagReading } from "../../../src/budget/flag-store.ts";
import { step, type PauseEvent, type PauseRules, type Step } from "../../../src/budget/pause-machine.ts";
import { emptyPauseState, type PauseState } from "../../../src/budget/pause-state.ts";
import type { BudgetAlert } from "../../../src/budget/pause-port.ts";
import { canonicalProvider } from "../../../src/routing/provider-table.ts";
import type { Notice } from "../../../src/domain/notice.ts";

export const NOVEMBER = Date.UTC(2026, 10, 21, 12);
export const DECEMBER = Date.UTC(2026, 11, 1);

export const rules: PauseRules = {
  pauseAtPercent: 80,
  pauseScope: "all",
  repauseStep: 10,
  providers: new Set(["google", "anthropic"]),
  canonical: canonicalProvider,
};

export function alertOf(percentUsed: number, more: Partial<BudgetAlert> = {}): BudgetAlert {
  return {
    provider: "gemini",
    percentUsed,
    kind: "actual",
    period: null,
    message: null,
    source: "webhook:gemini",
    pauseOnly: false,
    ...more,
  };
}

/** One message of a Cloud Billing budget; `sent`: minutes after the period's beginning. */
export function pushOf(percentUsed: number, sent: number, period = "2026-11-01T08:00:00Z"): BudgetAlert {
  const message = { id: `${period}/${sent}`, atMs: Date.parse(period) + sent * 60_000 };
  return alertOf(percentUsed, { period, message, source: "budget:b1", provider: "google" });
}

export class Story {
  now = NOVEMBER;
  state: PauseState = emptyPauseState;
  readonly notices: Notice[] = [];
  readonly rules: PauseRules;

  constructor(more: Partial<PauseRules> = {}) {
    this.rules = { ...rules, ...more };
  }

  get paused(): readonly string[] {
    return [...this.state.pauses.keys()].toSorted();
  }

  get told(): readonly string[] {
    return this.notices.map(({ kind, key }) => `${kind} ${key}`);
  }

  take(event: PauseEvent): Step {
    const taken = step(this.state, event, this.now, this.rules);
    this.state = taken.state;
    this.notices.push(...taken.notices);
    return taken;
  }

  alert(alert: BudgetAlert): Step["outcome"] {
    return this.take({ kind: "alert", alert }).outcome;
  }

  resume(provider: string | null = null): void {
    this.take({ kind: "resume", provider });
  }

  /** Redis has confirmed all that was to be written. */
  written(): void {
    this.state = { ...this.state, unwritten: [] };
  }

  read(scopes: readonly string[], epoch: boolean): void {
    const reading: FlagReading = { scopes: new Set(scopes), epoch };
    this.take({ kind: "read", reading });
  }
}
