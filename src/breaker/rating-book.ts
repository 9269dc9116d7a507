/** Which answers were rated: each counts once. Kept as long as an answer may be rated, and no more than so many. */
const KEPT = 10_000;

export class RatingBook {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS ratings (id INTEGER PRIMARY KEY AUTOINCREMENT, request TEXT NOT NULL UNIQUE);
    `);
  }

  /** False: this answer was rated before. */
  takes(requestId: string): boolean {
    const [row] = this.#sql
      .exec<{ id: number }>("INSERT OR IGNORE INTO ratings (request) VALUES (?) RETURNING id", requestId)
      .toArray();
    if (row === undefined) return false;
    this.#sql.exec("DELETE FROM ratings WHERE id <= ?", row.id - KEPT);
    return true;
  }
}
