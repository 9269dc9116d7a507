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
        span TEXT NOT NULL, at_ms INTEGER NOT NULL, part INTEGER NOT NULL, tally TEXT NOT NULL,
        PRIMARY KEY (span, at_ms, part)
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS batches (id INTEGER PRIMARY KEY, heard TEXT NOT NULL);
    `);
  }

  row(span: Span, atMs: number): Tally | null {
    const rows = this.#storage.sql
      .exec<{ tally: string }>("SELECT tally FROM aggregates WHERE span = ? AND at_ms = ? ORDER BY part", span, atMs)
      .toArray();
    return rows.length === 0 ? null : wholeOf(rows.map(({ tally }) => tally));
  }

  since(span: Span, sinceMs: number): readonly AggregateRow[] {
    const rows = this.#storage.sql
      .exec<{ at_ms: number; tally: string }>(
        "SELECT at_ms, tally FROM aggregates WHERE span = ? AND at_ms >= ? ORDER BY at_ms, part",
        span,
        sinceMs,
      )
      .toArray();
    const parts = Map.groupBy(rows, ({ at_ms: atMs }) => atMs);
    return [...parts].map(([atMs, of]) => ({ span, atMs, tally: wholeOf(of.map(({ tally }) => tally)) }));
  }

  heard(): ReadonlyMap<string, number> {
    const [row] = this.#storage.sql.exec<{ heard: string }>("SELECT heard FROM batches").toArray();
    return new Map(row === undefined ? [] : JSON.parse(row.heard));
  }

  save(rows: readonly AggregateRow[], heard: ReadonlyMap<string, number>): void {
    this.#storage.transactionSync(() => {
      const { sql } = this.#storage;
      for (const { span, atMs, tally } of rows) {
        const parts = partsOf(tally);
        for (const [part, text] of parts.entries()) {
          sql.exec("INSERT OR REPLACE INTO aggregates VALUES (?, ?, ?, ?)", span, atMs, part, text);
        }
        // Of a time when the map had more routes.
        sql.exec("DELETE FROM aggregates WHERE span = ? AND at_ms = ? AND part >= ?", span, atMs, parts.length);
      }
      sql.exec("INSERT OR REPLACE INTO batches VALUES (1, ?)", JSON.stringify([...heard]));
    });
  }

  deleteBefore(span: Span, beforeMs: number): void {
    if (beforeMs === -Infinity) return;
    this.#storage.sql.exec("DELETE FROM aggregates WHERE span = ? AND at_ms < ?", span, beforeMs);
  }
}

/** A row holds at most 2 MB, and a subject of which everything was counted that there is some 10 KB. */
const SUBJECTS_PER_ROW = 100;

function partsOf(tally: Tally): readonly string[] {
  const subjects = Object.entries(tally);
  const parts: string[] = [];
  for (let from = 0; from === 0 || from < subjects.length; from += SUBJECTS_PER_ROW) {
    parts.push(JSON.stringify(Object.fromEntries(subjects.slice(from, from + SUBJECTS_PER_ROW))));
  }
  return parts;
}

function wholeOf(parts: readonly string[]): Tally {
  return Object.assign({}, ...parts.map((part): Tally => JSON.parse(part)));
}
