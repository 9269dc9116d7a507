/** Who changed what, and when. The last of them are kept. */
export interface AuditEntry {
  readonly atMs: number;
  /** `admin`, or the name that the admin gave; `link` for a notice's signed link. */
  readonly who: string;
  /** Such as `POST /admin/flags`. */
  readonly what: string;
  /** Of what was sent, as far as it is no prompt, answer or key. */
  readonly detail: string;
  /** The HTTP status: what came of it. */
  readonly status: number;
}

type AuditRow = { at_ms: number; who: string; what: string; detail: string; status: number };

const KEPT = 10_000;

export class AuditTrail {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL,
        who TEXT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL, status INTEGER NOT NULL
      );
    `);
  }

  note({ atMs, who, what, detail, status }: AuditEntry): void {
    const { id } = this.#sql
      .exec<{
        id: number;
      }>(
        "INSERT INTO audit (at_ms, who, what, detail, status) VALUES (?, ?, ?, ?, ?) RETURNING id",
        atMs,
        who,
        what,
        detail,
        status,
      )
      .one();
    this.#sql.exec("DELETE FROM audit WHERE id <= ?", id - KEPT);
  }

  /** The latest first. */
  list(most: number): readonly AuditEntry[] {
    return this.#sql
      .exec<AuditRow>("SELECT at_ms, who, what, detail, status FROM audit ORDER BY id DESC LIMIT ?", most)
      .toArray()
      .map(({ at_ms, ...entry }) => ({ atMs: at_ms, ...entry }));
  }
}
