/**
 * The tables of a tenant's cache: see `docs/storage.md`. Answers and vectors are apart, for a search reads all vectors
 * once in the object's life and an answer only when it is given.
 */
import type { CachedAnswer, CacheEntry, CacheOwner, CacheVector, CacheView } from "./cache-port.ts";

export interface KeptAnswer {
  readonly id: number;
  readonly question: string | null;
  readonly answer: CachedAnswer;
  readonly keptAtMs: number;
}

export interface KeptVector {
  readonly id: number;
  readonly context: string;
  readonly bytes: Int8Array;
}

export class CacheTables {
  readonly #sql: SqlStorage;
  /** The latest use's number: uses are ordered by it, for two of them may share a millisecond. */
  #uses: number;
  #entries: number;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS answers (
        id INTEGER PRIMARY KEY AUTOINCREMENT, exact TEXT NOT NULL UNIQUE, user TEXT, question TEXT, text TEXT NOT NULL,
        model TEXT NOT NULL, route TEXT NOT NULL, usage TEXT, kept_at_ms INTEGER NOT NULL, ends_at_ms INTEGER NOT NULL,
        used INTEGER NOT NULL
      );
      CREATE INDEX IF NOT EXISTS answers_by_use ON answers (used);
      CREATE INDEX IF NOT EXISTS answers_by_end ON answers (ends_at_ms);
      CREATE INDEX IF NOT EXISTS answers_of_user ON answers (user) WHERE user IS NOT NULL;
      CREATE TABLE IF NOT EXISTS vectors (
        id INTEGER NOT NULL, vectoriser TEXT NOT NULL, context TEXT NOT NULL, bytes BLOB NOT NULL,
        PRIMARY KEY (id, vectoriser)
      );
    `);
    const { uses, entries } = sql
      .exec<{ uses: number; entries: number }>(
        "SELECT COALESCE(MAX(used), 0) AS uses, COUNT(*) AS entries FROM answers",
      )
      .one();
    this.#uses = uses;
    this.#entries = entries;
  }

  byExact(exact: string): KeptAnswer | null {
    return this.#sql.exec<Row>(`${SELECT} WHERE exact = ?`, exact).toArray().map(keptOf)[0] ?? null;
  }

  byId(id: number): KeptAnswer | null {
    return this.#sql.exec<Row>(`${SELECT} WHERE id = ?`, id).toArray().map(keptOf)[0] ?? null;
  }

  use(id: number): void {
    this.#uses += 1;
    this.#sql.exec("UPDATE answers SET used = ? WHERE id = ?", this.#uses, id);
  }

  /** Its id. What was kept of the same request must be removed before. */
  add({ exact, user, question, answer, maxAgeMs }: CacheEntry, nowMs: number): number {
    this.#uses += 1;
    const { id } = this.#sql
      .exec<{ id: number }>(
        `INSERT INTO answers (exact, user, question, text, model, route, usage, kept_at_ms, ends_at_ms, used)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
        exact,
        user,
        question,
        answer.text,
        answer.model,
        answer.route,
        answer.usage === null ? null : JSON.stringify(answer.usage),
        nowMs,
        nowMs + maxAgeMs,
        this.#uses,
      )
      .one();
    this.#entries += 1;
    return id;
  }

  /** One of each vectoriser. */
  addVector(id: number, context: string, { by, bytes }: CacheVector): void {
    this.#sql.exec("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", id, by, context, bufferOf(bytes));
  }

  /** Which of them leave so that at most `most` are left: those that were not used for longest. */
  beyond(most: number): readonly number[] {
    const tooMany = this.#entries - most;
    return tooMany <= 0 ? [] : this.#ids("ORDER BY used LIMIT ?", tooMany);
  }

  ended(nowMs: number, most: number): readonly number[] {
    return this.#ids("WHERE ends_at_ms <= ? ORDER BY ends_at_ms LIMIT ?", nowMs, most);
  }

  of(owner: CacheOwner): readonly number[] {
    return owner.of === "tenant" ? this.#ids("") : this.#ids("WHERE user = ?", owner.user);
  }

  remove(ids: readonly number[]): void {
    for (const id of ids) {
      this.#sql.exec("DELETE FROM answers WHERE id = ?", id);
      this.#sql.exec("DELETE FROM vectors WHERE id = ?", id);
    }
    this.#entries -= ids.length;
  }

  /** A thousand at a time, so that they are never in memory twice. */
  *vectorsOf(vectoriser: string): Generator<KeptVector> {
    for (let after = 0; ;) {
      const rows = this.#sql
        .exec<{ id: number; context: string; bytes: ArrayBuffer }>(
          "SELECT id, context, bytes FROM vectors WHERE id > ? AND vectoriser = ? ORDER BY id LIMIT 1000",
          after,
          vectoriser,
        )
        .toArray();
      for (const { id, context, bytes } of rows) yield { id, context, bytes: new Int8Array(bytes) };
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.id;
    }
  }

  firstEndMs(): number | null {
    return this.#sql.exec<{ end: number | null }>("SELECT MIN(ends_at_ms) AS end FROM answers").one().end;
  }

  view(): CacheView {
    const { oldest, compared } = this.#sql
      .exec<{ oldest: number | null; compared: number }>(
        "SELECT (SELECT MIN(kept_at_ms) FROM answers) AS oldest, (SELECT COUNT(DISTINCT id) FROM vectors) AS compared",
      )
      .one();
    return { entries: this.#entries, compared, oldestAtMs: oldest };
  }

  #ids(where: string, ...values: readonly (string | number)[]): readonly number[] {
    return this.#sql
      .exec<{ id: number }>(`SELECT id FROM answers ${where}`, ...values)
      .toArray()
      .map(({ id }) => id);
  }
}

const SELECT = "SELECT id, question, text, model, route, usage, kept_at_ms FROM answers";

type Row = {
  id: number;
  question: string | null;
  text: string;
  model: string;
  route: string;
  usage: string | null;
  kept_at_ms: number;
};

function keptOf({ id, question, text, model, route, usage, kept_at_ms: keptAtMs }: Row): KeptAnswer {
  return { id, question, answer: { text, model, route, usage: usage === null ? null : JSON.parse(usage) }, keptAtMs };
}

/** Only its own bytes, where it is a view of something larger. */
function bufferOf(bytes: Int8Array): ArrayBuffer {
  return new Int8Array(bytes).buffer;
}
