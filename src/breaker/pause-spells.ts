import type { PauseView } from "../budget/pause.ts";

/** A pause from its beginning to its end, for the month's review: the pause's own state knows only what lasts. */
export interface PauseSpell {
  /** `all`, or a canonical provider. */
  readonly scope: string;
  readonly by: PauseView["by"];
  readonly reason: string;
  /** What the alert said; null: no alert set it. */
  readonly percent: number | null;
  readonly sinceMs: number;
  /** Null: it lasts. */
  readonly endedAtMs: number | null;
}

type SpellRow = {
  scope: string;
  by: PauseView["by"];
  reason: string;
  percent: number | null;
  since_ms: number;
  ended_at_ms: number | null;
};

const KEPT_MS = 100 * 86_400_000;
const KEPT_MOST = 500;

/** The table of them: see `docs/storage.md`. */
export class PauseSpells {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS pause_spells (
        id INTEGER PRIMARY KEY AUTOINCREMENT, scope TEXT NOT NULL, "by" TEXT NOT NULL, reason TEXT NOT NULL,
        percent REAL, since_ms INTEGER NOT NULL, ended_at_ms INTEGER
      );
    `);
  }

  /** What is paused now: what is new begins, what is gone has ended. */
  follow(paused: readonly PauseView[], now: number): void {
    const last = this.#rows("WHERE ended_at_ms IS NULL");
    for (const { scope } of last) {
      if (paused.some((pause) => pause.scope === scope)) continue;
      this.#sql.exec("UPDATE pause_spells SET ended_at_ms = ? WHERE scope = ? AND ended_at_ms IS NULL", now, scope);
    }
    for (const { scope, by, reason, percent, sinceMs } of paused) {
      if (last.some((spell) => spell.scope === scope)) continue;
      this.#sql.exec(
        'INSERT INTO pause_spells (scope, "by", reason, percent, since_ms) VALUES (?, ?, ?, ?, ?)',
        scope,
        by,
        reason.slice(0, 500),
        percent,
        sinceMs,
      );
    }
    this.#sql.exec("DELETE FROM pause_spells WHERE ended_at_ms < ?", now - KEPT_MS);
  }

  /** The latest first, those that last too. */
  since(sinceMs: number): readonly PauseSpell[] {
    return this.#rows("WHERE ended_at_ms IS NULL OR ended_at_ms >= ? ORDER BY id DESC LIMIT ?", sinceMs, KEPT_MOST);
  }

  #rows(clause: string, ...values: number[]): readonly PauseSpell[] {
    return this.#sql
      .exec<SpellRow>(
        `SELECT scope, "by", reason, percent, since_ms, ended_at_ms FROM pause_spells ${clause}`,
        ...values,
      )
      .toArray()
      .map(({ since_ms: sinceMs, ended_at_ms: endedAtMs, ...spell }) => ({ ...spell, sinceMs, endedAtMs }));
  }
}
