import { LedgerBook } from "../../src/ledger/ledger-book.ts";
import type {
  LedgerPort,
  LedgerReply,
  LedgerReport,
  MoneyAnswer,
  MoneyQuestion,
} from "../../src/ledger/ledger-port.ts";
import { LedgerTables } from "../../src/ledger/ledger-tables.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { createSqlStorage } from "../../test/support/sql-storage.ts";
import { LoadMeter } from "./load-meter.ts";

/** The real book and tables, with the thread that their Durable Object would have. */
export class SimulatedLedger implements LedgerPort {
  readonly load: LoadMeter;
  readonly sql = createSqlStorage();
  readonly tables = new LedgerTables(this.sql);
  readonly #book: LedgerBook;
  #ids = 0;

  constructor(clock: Clock) {
    this.load = new LoadMeter(clock);
    this.#book = new LedgerBook({ tables: this.tables, clock, newId: () => `slice-${(this.#ids += 1)}` });
  }

  async ask(question: MoneyQuestion): Promise<MoneyAnswer> {
    await this.load.turn();
    return this.#book.ask(question);
  }

  async report(report: LedgerReport): Promise<LedgerReply> {
    await this.load.turn();
    return this.#book.report(report);
  }
}
