/** The ledger's tables: see `docs/storage.md`. */
import type { BudgetView } from "./ledger-operator.ts";

export interface SliceRow {
  readonly id: string;
  readonly isolate: string;
  readonly scope: string;
  readonly period: string;
  readonly micros: number;
  readonly usedMicros: number;
  readonly heardAtMs: number;
  /** By which message of its isolate's it was given. */
  readonly message: number;
}

type BudgetRow = {
  scope: string;
  period: string;
  limit_micros: number;
  settled_micros: number;
  given_micros: number;
  ends_at_ms: number;
};

type Row = {
  id: string;
  isolate: string;
  scope: string;
  period: string;
  micros: number;
  used_micros: number;
  heard_at_ms: number;
  message: number;
};

export class LedgerTables {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS budgets (
        scope TEXT, period TEXT, settled_micros INTEGER NOT NULL, limit_micros INTEGER NOT NULL,
        ends_at_ms INTEGER NOT NULL, PRIMARY KEY (scope, period)
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS slices (
        id TEXT PRIMARY KEY, isolate TEXT NOT NULL, scope TEXT NOT NULL, period TEXT NOT NULL,
        micros INTEGER NOT NULL, used_micros INTEGER NOT NULL, heard_at_ms INTEGER NOT NULL, message INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS slices_of_isolate ON slices (isolate);
      CREATE TABLE IF NOT EXISTS given (
        scope TEXT, period TEXT, micros INTEGER NOT NULL, PRIMARY KEY (scope, period)
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS slices_of_budget ON slices (scope, period);
      CREATE TABLE IF NOT EXISTS counters (counter TEXT PRIMARY KEY, value INTEGER NOT NULL, ends_at_ms INTEGER NOT NULL)
        WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS counters_by_end ON counters (ends_at_ms);
      CREATE TABLE IF NOT EXISTS isolates (id TEXT PRIMARY KEY, batch INTEGER NOT NULL, heard_at_ms INTEGER NOT NULL)
        WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS isolates_by_time ON isolates (heard_at_ms);
      CREATE TABLE IF NOT EXISTS limits (scope TEXT PRIMARY KEY, change TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS spent (
        day TEXT, tenant TEXT, kind TEXT, account TEXT, provider TEXT NOT NULL, requests INTEGER NOT NULL,
        prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL,
        micros INTEGER NOT NULL, estimated_micros INTEGER NOT NULL, PRIMARY KEY (day, tenant, kind, account)
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS spent_lately (
        minute TEXT, route TEXT, requests INTEGER NOT NULL, prompt_tokens INTEGER NOT NULL,
        completion_tokens INTEGER NOT NULL, micros INTEGER NOT NULL, estimated_micros INTEGER NOT NULL,
        PRIMARY KEY (minute, route)
      ) WITHOUT ROWID;
    `);
    // Anew with each start: a version that keeps no sum, deployed before or rolled back to, has given and settled slices.
    sql.exec(`
      DELETE FROM given;
      INSERT INTO given SELECT scope, period, SUM(MAX(micros, used_micros)) FROM slices GROUP BY scope, period;
    `);
  }

  /** What is settled and what is given of a budget. */
  takenOf(scope: string, period: string): number {
    const { taken } = this.#sql
      .exec<{ taken: number }>(
        `SELECT COALESCE((SELECT settled_micros FROM budgets WHERE scope = ?1 AND period = ?2), 0)
           + COALESCE((SELECT micros FROM given WHERE scope = ?1 AND period = ?2), 0) AS taken`,
        scope,
        period,
      )
      .one();
    return taken;
  }

  /** Remembers what the limit was when it was last looked at, for people. */
  noteBudget(scope: string, period: string, limitMicros: number, endsAtMs: number): void {
    this.#sql.exec(
      `INSERT INTO budgets VALUES (?, ?, 0, ?, ?)
       ON CONFLICT DO UPDATE SET limit_micros = excluded.limit_micros`,
      scope,
      period,
      limitMicros,
      endsAtMs,
    );
  }

  /** Those that have not ended, for people. */
  budgets(now: number): readonly BudgetView[] {
    return this.#sql
      .exec<BudgetRow>(
        `SELECT scope, period, limit_micros, settled_micros, ends_at_ms, COALESCE(given.micros, 0) AS given_micros
         FROM budgets LEFT JOIN given USING (scope, period) WHERE ends_at_ms > ? ORDER BY scope LIKE 'token:%', scope, period LIMIT 1000`,
        now,
      )
      .toArray()
      .map((row) => ({
        scope: row.scope,
        period: row.period,
        limitMicros: row.limit_micros,
        settledMicros: row.settled_micros,
        givenMicros: row.given_micros,
        endsAtMs: row.ends_at_ms,
      }));
  }

  addSlice({ id, isolate, scope, period, micros, usedMicros, heardAtMs, message }: SliceRow): void {
    this.#sql.exec(
      "INSERT INTO slices VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      id,
      isolate,
      scope,
      period,
      micros,
      usedMicros,
      heardAtMs,
      message,
    );
    this.#give(scope, period, Math.max(micros, usedMicros));
  }

  slice(id: string): SliceRow | null {
    return this.#sql.exec<Row>("SELECT * FROM slices WHERE id = ?", id).toArray().map(sliceOf)[0] ?? null;
  }

  slicesOf(isolate: string): readonly SliceRow[] {
    return this.#sql.exec<Row>("SELECT * FROM slices WHERE isolate = ?", isolate).toArray().map(sliceOf);
  }

  slices(): readonly SliceRow[] {
    return this.#sql.exec<Row>("SELECT * FROM slices ORDER BY heard_at_ms LIMIT 1000").toArray().map(sliceOf);
  }

  updateSlice(before: SliceRow, micros: number, usedMicros: number, heardAtMs: number): void {
    const { id, scope, period } = before;
    this.#give(scope, period, Math.max(micros, usedMicros) - takenBy(before));
    this.#sql.exec(
      "UPDATE slices SET micros = ?, used_micros = ?, heard_at_ms = ? WHERE id = ?",
      micros,
      usedMicros,
      heardAtMs,
      id,
    );
  }

  /** Its used part is settled, and it is no more. */
  closeSlice(slice: SliceRow, usedMicros: number): void {
    const { id, scope, period } = slice;
    this.#sql.exec(
      "UPDATE budgets SET settled_micros = settled_micros + ? WHERE scope = ? AND period = ?",
      usedMicros,
      scope,
      period,
    );
    this.#sql.exec("DELETE FROM slices WHERE id = ?", id);
    this.#give(scope, period, -takenBy(slice));
  }

  /** What is given of a budget, kept as a sum: a question costs the same with ten isolates and with ten thousand. */
  #give(scope: string, period: string, micros: number): void {
    this.#sql.exec(
      "INSERT INTO given VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET micros = micros + excluded.micros",
      scope,
      period,
      micros,
    );
  }

  heard(isolate: string, now: number): void {
    this.#sql.exec(
      "INSERT INTO isolates VALUES (?, 0, ?) ON CONFLICT DO UPDATE SET heard_at_ms = excluded.heard_at_ms",
      isolate,
      now,
    );
  }

  /** Its isolate has it still. */
  sliceLives(id: string, now: number): void {
    this.#sql.exec("UPDATE slices SET heard_at_ms = ? WHERE id = ?", now, id);
  }

  isolatesSince(sinceMs: number): number {
    return this.#sql.exec<{ n: number }>("SELECT COUNT(*) AS n FROM isolates WHERE heard_at_ms >= ?", sinceMs).one().n;
  }

  /** False: this batch was counted before. */
  takeBatch(isolate: string, number: number): boolean {
    const { batch } = this.#sql.exec<{ batch: number }>("SELECT batch FROM isolates WHERE id = ?", isolate).one();
    if (number <= batch) return false;
    this.#sql.exec("UPDATE isolates SET batch = ? WHERE id = ?", number, isolate);
    return true;
  }

  count(counter: string, by: number, endsAtMs: number): void {
    this.#sql.exec(
      "INSERT INTO counters VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value",
      counter,
      by,
      endsAtMs,
    );
  }

  counterValue(counter: string): number {
    const [row] = this.#sql.exec<{ value: number }>("SELECT value FROM counters WHERE counter = ?", counter).toArray();
    return row?.value ?? 0;
  }

  /** What ended before this is of no use to anybody; isolates that were silent for so long are gone. */
  forgetBefore(endedMs: number, silentMs: number, budgetsMs: number): void {
    this.#sql.exec("DELETE FROM counters WHERE ends_at_ms < ?", endedMs);
    this.#sql.exec(
      "DELETE FROM budgets WHERE ends_at_ms < ? AND NOT EXISTS (SELECT 1 FROM slices WHERE slices.scope = budgets.scope)",
      budgetsMs,
    );
    this.#sql.exec(
      "DELETE FROM given WHERE micros = 0 AND NOT EXISTS (SELECT 1 FROM budgets WHERE budgets.scope = given.scope AND budgets.period = given.period)",
    );
    this.#sql.exec("DELETE FROM isolates WHERE heard_at_ms < ? AND id NOT IN (SELECT isolate FROM slices)", silentMs);
  }

  limits(): Readonly<Record<string, string>> {
    const rows = this.#sql.exec<{ scope: string; change: string }>("SELECT * FROM limits ORDER BY scope").toArray();
    return Object.fromEntries(rows.map(({ scope, change }) => [scope, change]));
  }

  /** Null: the map's own limits count again. */
  saveLimits(scope: string, change: string | null): void {
    if (change === null) this.#sql.exec("DELETE FROM limits WHERE scope = ?", scope);
    else this.#sql.exec("INSERT OR REPLACE INTO limits VALUES (?, ?)", scope, change);
  }

  get sql(): SqlStorage {
    return this.#sql;
  }
}

function takenBy({ micros, usedMicros }: SliceRow): number {
  return Math.max(micros, usedMicros);
}

function sliceOf({ used_micros, heard_at_ms, ...row }: Row): SliceRow {
  return { ...row, usedMicros: used_micros, heardAtMs: heard_at_ms };
}
