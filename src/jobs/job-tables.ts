import type { Line } from "./job-machine.ts";
import type { OwedNotice } from "./job-notices.ts";
import type { JobRecord } from "./job-record.ts";
import type { JobState } from "./job.ts";

/** One line of the history. `version` is the record's when it was written: it orders the lines and is what followers have seen. */
export interface HistoryLine {
  readonly version: number;
  readonly atMs: number;
  readonly state: JobState;
  readonly reason: string;
  readonly times: number;
  readonly run: number;
  readonly attempts: number;
  readonly nextRunAtMs: number | null;
}

export interface WaitingNotice {
  readonly id: number;
  readonly notice: OwedNotice;
}

/** What a Durable Object's storage does for these tables: `ctx.storage`, or `test/support/sql-storage.ts`. */
export interface JobStorage {
  readonly sql: SqlStorage;
  transactionSync<Value>(run: () => Value): Value;
}

/**
 * The tables of one job: see `docs/storage.md`. They are made with the job: asking an object that holds none writes
 * nothing. What is read here was written here, by this or an earlier version.
 */
export class JobTables {
  readonly #storage: JobStorage;
  #made: boolean;

  constructor(storage: JobStorage) {
    this.#storage = storage;
    this.#made = storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'job'").toArray().length > 0;
  }

  /** All of it or none. */
  together(write: () => void): void {
    this.#storage.transactionSync(() => {
      if (!this.#made) this.#make();
      write();
    });
    this.#made = true;
  }

  /** The storage was emptied from under the tables. */
  forget(): void {
    this.#made = false;
  }

  record(): JobRecord | null {
    if (!this.#made) return null;
    const [row] = this.#exec<{ record: string }>("SELECT record FROM job");
    return row ? JSON.parse(row.record) : null;
  }

  saveRecord(record: JobRecord): void {
    this.#exec("INSERT OR REPLACE INTO job VALUES (1, ?)", JSON.stringify(record));
  }

  /** The newest lines, oldest first. */
  history(): readonly HistoryLine[] {
    if (!this.#made) return [];
    return this.#exec<LineRow>("SELECT * FROM history ORDER BY version").map((row) => ({
      version: row.version,
      atMs: row.at_ms,
      state: row.state,
      reason: row.reason,
      times: row.times,
      run: row.run,
      attempts: row.attempts,
      nextRunAtMs: row.next_run_at_ms,
    }));
  }

  addLine({ state, reason, again, dropsRun }: Line, { version, updatedAtMs, runs, delivery }: JobRecord): void {
    if (dropsRun) this.#exec("DELETE FROM history WHERE state = 'running' AND run = ?", runs.run);
    const values = [version, updatedAtMs, runs.run, runs.attempts, delivery.dueAtMs];
    if (again) {
      this.#exec(
        `UPDATE history SET version = ?, at_ms = ?, run = ?, attempts = ?, next_run_at_ms = ?, times = times + 1
        WHERE version = (SELECT MAX(version) FROM history)`,
        ...values,
      );
    } else {
      this.#exec(
        `INSERT INTO history (version, at_ms, run, attempts, next_run_at_ms, state, reason, times)
        VALUES (?, ?, ?, ?, ?, ?, ?, 1)`,
        ...values,
        state,
        reason,
      );
    }
    // Where there are fewer lines the bound is NULL, and nothing is below that.
    this.#exec(
      "DELETE FROM history WHERE version <= (SELECT version FROM history ORDER BY version DESC LIMIT 1 OFFSET ?)",
      MOST_LINES,
    );
  }

  /** A new job under an old id begins with an empty history. */
  dropHistory(): void {
    this.#exec("DELETE FROM history");
  }

  body(name: BodyName): string | null {
    if (!this.#made) return null;
    const parts = this.#exec<{ text: string }>("SELECT text FROM bodies WHERE name = ? ORDER BY part", name);
    return parts.length === 0 ? null : parts.map(({ text }) => text).join("");
  }

  saveBody(name: BodyName, text: string): void {
    this.#exec("DELETE FROM bodies WHERE name = ?", name);
    for (const [part, piece] of inRows(text).entries()) {
      this.#exec("INSERT INTO bodies VALUES (?, ?, ?)", name, part, piece);
    }
  }

  /** Whole lines, one for each chunk: `chunk-log.ts`. */
  appendChunks(run: number, lines: string): void {
    for (const piece of inRows(lines)) this.#exec("INSERT INTO chunks (run, lines) VALUES (?, ?)", run, piece);
  }

  /** Of every run that had a part in the present text, in order. */
  chunks(): readonly { readonly run: number; readonly lines: string }[] {
    return this.#made ? this.#exec<{ run: number; lines: string }>("SELECT run, lines FROM chunks ORDER BY part") : [];
  }

  dropChunks(): void {
    this.#exec("DELETE FROM chunks");
  }

  /** Prompt, answer and text. */
  erase(): void {
    this.#exec("DELETE FROM bodies");
    this.dropChunks();
  }

  dropBodies(...names: readonly BodyName[]): void {
    for (const name of names) this.#exec("DELETE FROM bodies WHERE name = ?", name);
  }

  isLinkUsed(token: string): boolean {
    return this.#made && this.#exec("SELECT token FROM used_links WHERE token = ?", token).length > 0;
  }

  useLink(token: string, atMs: number): void {
    this.#exec("INSERT INTO used_links VALUES (?, ?)", token, atMs);
  }

  addNotice(notice: OwedNotice): void {
    this.#exec("INSERT INTO notices (notice) VALUES (?)", JSON.stringify(notice));
  }

  notices(): readonly WaitingNotice[] {
    if (!this.#made) return [];
    const rows = this.#exec<{ id: number; notice: string }>("SELECT id, notice FROM notices ORDER BY id");
    return rows.map(({ id, notice }) => ({ id, notice: JSON.parse(notice) }));
  }

  dropNotice(id: number): void {
    this.#exec("DELETE FROM notices WHERE id = ?", id);
  }

  tryToNote(name: "alarm_failure", value: string): void {
    try {
      this.#exec("INSERT OR REPLACE INTO notes VALUES (?, ?)", name, value);
    } catch {
      // Storage that cannot take a note cannot be helped here; the log has it.
    }
  }

  #exec<Row extends Record<string, SqlStorageValue>>(query: string, ...values: readonly SqlStorageValue[]): Row[] {
    return this.#storage.sql.exec<Row>(query, ...values).toArray();
  }

  #make(): void {
    this.#storage.sql.exec(`
      CREATE TABLE IF NOT EXISTS job (id INTEGER PRIMARY KEY, record TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS history (
        version INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
        times INTEGER NOT NULL, run INTEGER NOT NULL, attempts INTEGER NOT NULL, next_run_at_ms INTEGER
      );
      CREATE TABLE IF NOT EXISTS bodies (
        name TEXT NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (name, part)
      );
      CREATE TABLE IF NOT EXISTS chunks (part INTEGER PRIMARY KEY, run INTEGER NOT NULL, lines TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS used_links (token TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS notices (id INTEGER PRIMARY KEY, notice TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    `);
  }
}

/** `request`: the call. `answer`: the completion. `draft`: the text of a run that broke off, for a human to go on from. */
export type BodyName = "request" | "native" | "answer" | "draft";

/** A job that is sent back by hand again and again keeps its newest lines. */
const MOST_LINES = 200;

/** A UTF-16 unit is at most three bytes in SQLite's UTF-8, so a row stays below 1 MiB; the platform allows 2 MB. */
const ROW_UNITS = 349_000;

function inRows(text: string): readonly string[] {
  const rows: string[] = [];
  for (let from = 0; from < text.length;) {
    let to = Math.min(text.length, from + ROW_UNITS);
    // Half a surrogate pair is no UTF-8.
    if (to < text.length && isHighSurrogate(text.charCodeAt(to - 1))) to--;
    rows.push(text.slice(from, to));
    from = to;
  }
  return rows;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

type LineRow = {
  version: number;
  at_ms: number;
  state: JobState;
  reason: string;
  times: number;
  run: number;
  attempts: number;
  next_run_at_ms: number | null;
};
