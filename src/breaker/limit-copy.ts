import type { Snapshot } from "./switchboard-port.ts";

type Limits = Snapshot["limits"] & object;

/** The ledger's limits as they were changed at run time: a copy, for the snapshot. */
export class LimitCopy {
  readonly #sql: SqlStorage;
  #all: Limits | null = null;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS limits (id INTEGER PRIMARY KEY, changes TEXT NOT NULL)");
  }

  all(): Limits {
    if (this.#all === null) {
      const [row] = this.#sql.exec<{ changes: string }>("SELECT changes FROM limits WHERE id = 1").toArray();
      this.#all = row === undefined ? {} : JSON.parse(row.changes);
    }
    return this.#all ?? {};
  }

  replace(limits: Limits): void {
    this.#sql.exec("INSERT OR REPLACE INTO limits VALUES (1, ?)", JSON.stringify(limits));
    this.#all = limits;
  }
}
