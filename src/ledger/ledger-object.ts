import { DurableObject } from "cloudflare:workers";
import type { BudgetAlert } from "../budget/pause-port.ts";
import type { Routing } from "../domain/routing.ts";
import { realClock, type Clock } from "../lib/clock.ts";
import { LedgerBook } from "./ledger-book.ts";
import type { LedgerOperator, LedgerView } from "./ledger-operator.ts";
import {
  SILENT_MS,
  type LedgerPort,
  type LedgerReply,
  type LedgerReport,
  type MoneyAnswer,
  type MoneyQuestion,
} from "./ledger-port.ts";
import { LedgerTables } from "./ledger-tables.ts";
import { budgetAlerts } from "./budget-alerts.ts";
import type { LimitChanges } from "./scopes.ts";
import { spentBy, type SpendQuestion, type SpendRow } from "./spend-tables.ts";

/** The ledger's Durable Object: a thin shell around the book. It has no alarm, for nothing in it ends by time. */
export abstract class LedgerObject<Env = unknown> extends DurableObject<Env> implements LedgerPort, LedgerOperator {
  readonly #tables: LedgerTables;
  readonly #told = new Map<string, number>();
  #book: LedgerBook | null = null;
  #map: Routing | null = null;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#tables = new LedgerTables(state.storage.sql);
  }

  /** The map that the isolates have too. Asked once for each life of the object. */
  protected abstract routing(): Routing;

  /** A budget's percentage is reached. It must not throw, and not wait. */
  protected abstract alert(alert: BudgetAlert): void;

  protected clock(): Clock {
    return realClock;
  }

  async ask(question: MoneyQuestion): Promise<MoneyAnswer> {
    return this.#open().ask(question);
  }

  async report(report: LedgerReport): Promise<LedgerReply> {
    const reply = this.#open().report(report);
    if (report.batch !== null && report.batch.spent.length > 0) this.#lookAtBudgets();
    return reply;
  }

  async changeLimits(scope: string, change: LimitChanges[string] | null): Promise<LimitChanges> {
    return this.#open().changeLimits(scope, change);
  }

  async settleUnaccounted(slice: string, usedMicros: number): Promise<boolean> {
    return this.#open().settleUnaccounted(slice, usedMicros);
  }

  async spent(question: SpendQuestion): Promise<readonly SpendRow[]> {
    return spentBy(this.#tables.sql, question);
  }

  async view(): Promise<LedgerView> {
    const now = this.clock().now();
    const slices = this.#tables.slices();
    return {
      changes: this.#open().changes,
      budgets: this.#tables.budgets(now),
      unaccounted: slices
        .filter(({ heardAtMs, micros, usedMicros }) => now - heardAtMs > SILENT_MS && micros > usedMicros)
        .map(({ id, scope, period, micros, usedMicros, heardAtMs }) => {
          return { slice: id, scope, period, micros, usedMicros, heardAtMs };
        }),
    };
  }

  #open(): LedgerBook {
    this.#book ??= new LedgerBook({
      tables: this.#tables,
      clock: this.clock(),
      newId: () => crypto.randomUUID().slice(0, 18),
    });
    return this.#book;
  }

  #lookAtBudgets(): void {
    this.#map ??= this.routing();
    for (const alert of budgetAlerts(this.#map, this.#tables.sql, this.#open().changes, this.clock().now())) {
      const percent = Math.floor(alert.percentUsed);
      const of = `${alert.source} ${alert.period}`;
      if (percent <= (this.#told.get(of) ?? -1)) continue;
      this.#told.set(of, percent);
      this.alert(alert);
    }
  }
}
