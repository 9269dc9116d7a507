import type { AggregateRow, AggregateStore, Span } from "./aggregates.ts";
import type { Tally } from "./series.ts";

/** Of the object's storage. */
export interface AggregateStorage {
  readonly sql: SqlStorage;
  transactionSync(work: () => void): void;
}

/** The aggregates' tables: see `docs/storage.md`. What is read here was written here. */
export class AggregateTables implements AggregateStore {
  readonly #storage: AggregateStorage;

  constructor(storage: AggregateStorage) {
    this.#storage = storage;
    storage.sql.exec(`
      CREATE TABLE IF NOT EXISTS aggregates (
        span TEXT NOT NULL, at_ms INTEGER NOT NULL, tally TEXT NOT NULL, PRIMARY KEY (span, at_ms)
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS batches (id INTEGER PRIMARY KEY, heard TEXT NOT NULL);
    `);
  }

  row(span: Span, atMs: number): Tally | null {
    const [row] = this.#storage.sql
      .exec<{ tally: string }>("SELECT tally FROM aggregates WHERE span = ? AND at_ms = ?", span, atMs)
      .toArray();
    return row === undefined ? null : JSON.parse(row.tally);
  }

  since(span: Span, sinceMs: number): readonly AggregateRow[] {
    return this.#storage.sql
      .exec<{ at_ms: number; tally: string }>(
        "SELECT at_ms, tally FROM aggregates WHERE span = ? AND at_ms >= ? ORDER BY at_ms",
        span,
        sinceMs,
      )
      .toArray()
      .map(({ at_ms: atMs, tally }) => ({ span, atMs, tally: JSON.parse(tally) }));
  }

  heard(): ReadonlyMap<string, number> {
    const [row] = this.#storage.sql.exec<{ heard: string }>("SELECT heard FROM batches").toArray();
    return new Map(row === undefined ? [] : JSON.parse(row.heard));
  }

  save(rows: readonly AggregateRow[], heard: ReadonlyMap<string, number>): void {
    this.#storage.transactionSync(() => {
      const { sql } = this.#storage;
      for (const { span, atMs, tally } of rows) {
        sql.exec("INSERT OR REPLACE INTO aggregates VALUES (?, ?, ?)", span, atMs, JSON.stringify(tally));
      }
      sql.exec("INSERT OR REPLACE INTO batches VALUES (1, ?)", JSON.stringify([...heard]));
    });
  }

  deleteBefore(span: Span, beforeMs: number): void {
    if (beforeMs === -Infinity) return;
    this.#storage.sql.exec("DELETE FROM aggregates WHERE span = ? AND at_ms < ?", span, beforeMs);
  }
}
