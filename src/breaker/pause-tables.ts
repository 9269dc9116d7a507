import { pauseStateFromJson, pauseStateToJson, type PauseState } from "../budget/pause-state.ts";
import type { PauseStore } from "../budget/pause-keeper.ts";
import type { RedisAway } from "../budget/redis-away.ts";

/** The switchboard's copy of the pause: see `docs/storage.md`. One row, so that a change is there whole or not at all. */
export class PauseTables implements PauseStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS pause (id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL)");
    sql.exec("CREATE TABLE IF NOT EXISTS redis_away (id INTEGER PRIMARY KEY CHECK (id = 1), away TEXT NOT NULL)");
  }

  load(): PauseState | null {
    const [row] = this.#sql.exec<{ state: string }>("SELECT state FROM pause").toArray();
    return row === undefined ? null : pauseStateFromJson(row.state);
  }

  save(state: PauseState): void {
    this.#sql.exec("INSERT OR REPLACE INTO pause VALUES (1, ?)", pauseStateToJson(state));
  }

  loadAway(): RedisAway | null {
    const [row] = this.#sql.exec<{ away: string }>("SELECT away FROM redis_away").toArray();
    return row === undefined ? null : JSON.parse(row.away);
  }

  saveAway(away: RedisAway | null): void {
    if (away === null) this.#sql.exec("DELETE FROM redis_away");
    else this.#sql.exec("INSERT OR REPLACE INTO redis_away VALUES (1, ?)", JSON.stringify(away));
  }
}
