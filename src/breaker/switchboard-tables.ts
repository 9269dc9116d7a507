import type { FailureKind } from "../domain/failure.ts";
import type { BoardStore, Incident, IncidentCalls, NewIncident, RouteRecord, StoredBoard } from "./board-state.ts";
import { NO_CALLS } from "./board-state.ts";
import type { Exclusion } from "./exclusion.ts";
import type { WatchState } from "./service-watch.ts";

/** The switchboard's tables: see `docs/storage.md`. What is read here was written here, by this or an earlier version. */
export class SwitchboardTables implements BoardStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS routes (id TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS accounts (id TEXT PRIMARY KEY, exclusion TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS flags (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS killed (route TEXT PRIMARY KEY) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS incidents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        rule TEXT NOT NULL, target TEXT NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL,
        started_at_ms INTEGER NOT NULL, ended_at_ms INTEGER
      );
    `);
    // Of an earlier version: SQLite has no `ADD COLUMN IF NOT EXISTS`.
    const columns = sql.exec<{ name: string }>("PRAGMA table_info(incidents)").toArray();
    if (columns.some(({ name }) => name === "more")) return;
    sql.exec("ALTER TABLE incidents ADD COLUMN more TEXT NOT NULL DEFAULT '{}'");
  }

  load(): StoredBoard {
    return {
      version: this.#version(),
      routes: new Map(
        this.#sql
          .exec<{ id: string; record: string }>("SELECT id, record FROM routes")
          .toArray()
          .map((row): [string, RouteRecord] => [row.id, JSON.parse(row.record)]),
      ),
      accounts: new Map(
        this.#sql
          .exec<{ id: string; exclusion: string }>("SELECT id, exclusion FROM accounts")
          .toArray()
          .map((row): [string, Exclusion] => [row.id, JSON.parse(row.exclusion)]),
      ),
      flags: new Map(
        this.#sql
          .exec<{ name: string; value: number }>("SELECT name, value FROM flags")
          .toArray()
          .map((row): [string, boolean] => [row.name, row.value === 1]),
      ),
      killed: new Set(
        this.#sql
          .exec<{ route: string }>("SELECT route FROM killed")
          .toArray()
          .map((row) => row.route),
      ),
      openIncidents: this.#incidents("WHERE ended_at_ms IS NULL ORDER BY id"),
      watch: this.#watch(),
    };
  }

  saveVersion(version: string): void {
    this.saveNote("version", version);
  }

  saveRoute(routeId: string, record: RouteRecord): void {
    this.#sql.exec("INSERT OR REPLACE INTO routes VALUES (?, ?)", routeId, JSON.stringify(record));
  }

  saveAccount(account: string, exclusion: Exclusion): void {
    this.#sql.exec("INSERT OR REPLACE INTO accounts VALUES (?, ?)", account, JSON.stringify(exclusion));
  }

  saveFlag(name: string, value: boolean | null): void {
    if (value === null) this.#sql.exec("DELETE FROM flags WHERE name = ?", name);
    else this.#sql.exec("INSERT OR REPLACE INTO flags VALUES (?, ?)", name, value ? 1 : 0);
  }

  saveKill(routeId: string, killed: boolean): void {
    if (killed) this.#sql.exec("INSERT OR IGNORE INTO killed VALUES (?)", routeId);
    else this.#sql.exec("DELETE FROM killed WHERE route = ?", routeId);
  }

  startIncident(incident: NewIncident): Incident {
    const { rule, target, kind, detail, startedAtMs, firstFailureAtMs, provider, routes } = incident;
    const more: More = { firstFailureAtMs, provider, routes, calls: NO_CALLS };
    const { id } = this.#sql
      .exec<{ id: number }>(
        "INSERT INTO incidents (rule, target, kind, detail, started_at_ms, more) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        rule,
        target,
        kind,
        detail,
        startedAtMs,
        JSON.stringify(more),
      )
      .one();
    this.#sql.exec(
      "DELETE FROM incidents WHERE ended_at_ms IS NOT NULL AND (id <= ? OR ended_at_ms < ?)",
      id - INCIDENTS_KEPT,
      startedAtMs - INCIDENTS_KEPT_MS,
    );
    return { ...incident, id, endedAtMs: null, calls: NO_CALLS };
  }

  endIncident(id: number, endedAtMs: number): void {
    this.#sql.exec("UPDATE incidents SET ended_at_ms = ? WHERE id = ?", endedAtMs, id);
  }

  countIncident(id: number, calls: IncidentCalls): void {
    this.#sql.exec(
      "UPDATE incidents SET more = json_set(more, '$.calls', json(?)) WHERE id = ?",
      JSON.stringify(calls),
      id,
    );
  }

  incidentsSince(sinceMs: number): readonly Incident[] {
    return this.#incidents(
      "WHERE ended_at_ms IS NULL OR ended_at_ms >= ? ORDER BY id DESC LIMIT ?",
      sinceMs,
      INCIDENTS_KEPT,
    );
  }

  incidents(most: number): readonly Incident[] {
    return this.#incidents("ORDER BY id DESC LIMIT ?", most);
  }

  saveWatch(state: WatchState): void {
    this.saveNote("watch", JSON.stringify(state));
  }

  saveNote(name: NoteName, value: string): void {
    this.#sql.exec("INSERT OR REPLACE INTO notes VALUES (?, ?)", name, value);
  }

  /** A moment that counts from the first time that it was asked for. Milliseconds since 1970. */
  firstNoted(name: NoteName, now: number): number {
    const noted = this.note(name);
    if (noted !== null) return Number(noted);
    this.saveNote(name, String(now));
    return now;
  }

  note(name: NoteName): string | null {
    return (
      this.#sql.exec<{ value: string }>("SELECT value FROM notes WHERE name = ?", name).toArray()[0]?.value ?? null
    );
  }

  /** Its first half is new where the storage is new, so that an isolate never takes a new object's first version for a known one. */
  #version(): string {
    const stored = this.note("version");
    if (stored !== null) return stored;
    const made = `${crypto.randomUUID().slice(0, 8)}.0`;
    this.saveVersion(made);
    return made;
  }

  #watch(): WatchState | null {
    const stored = this.note("watch");
    return stored === null ? null : JSON.parse(stored);
  }

  #incidents(clause: string, ...values: number[]): readonly Incident[] {
    return this.#sql
      .exec<IncidentRow>(`SELECT * FROM incidents ${clause}`, ...values)
      .toArray()
      .map(({ id, rule, target, kind, detail, started_at_ms, ended_at_ms, more }) => ({
        id,
        rule,
        target,
        kind,
        detail,
        startedAtMs: started_at_ms,
        endedAtMs: ended_at_ms,
        ...NOT_KNOWN,
        firstFailureAtMs: started_at_ms,
        ...parsedMore(more),
      }));
  }
}

const INCIDENTS_KEPT = 1_000;
const INCIDENTS_KEPT_MS = 90 * 86_400_000;

/** What one column holds as JSON; rows of an earlier version have nothing in it. */
type More = Pick<Incident, "firstFailureAtMs" | "provider" | "routes" | "calls">;
const NOT_KNOWN: Omit<More, "firstFailureAtMs"> = { provider: "", routes: [], calls: NO_CALLS };

function parsedMore(text: string): Partial<More> {
  return JSON.parse(text);
}

type NoteName =
  | "version"
  | "alarm_failure"
  | "watch"
  | "setup_told"
  | "checks_since"
  | "watchers"
  | "watch_told"
  | "watch_held";

type IncidentRow = {
  id: number;
  rule: Incident["rule"];
  target: string;
  kind: FailureKind;
  detail: string;
  started_at_ms: number;
  ended_at_ms: number | null;
  more: string;
};
