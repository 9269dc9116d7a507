import type { Notice } from "../domain/notice.ts";
import { loopNotice } from "./loop-notice.ts";
import { isBlocked, isForgotten, sawLoop, type LoopRecord } from "./loops.ts";
import { LOOPS_IN_SNAPSHOT } from "./snapshot.ts";
import type { Report } from "./switchboard-port.ts";

type Failing = Report["failing"] & object;

/** A request that is answered without any provider, as an operator sees it. */
export interface BlockedLoop {
  readonly id: string;
  readonly tenant: string;
  readonly kind: string;
  readonly error: string;
  readonly untilMs: number;
}

/** So many requests are counted at a time; those that failed longest ago are forgotten first. */
const MOST_COUNTED = 1_000;

/** The failing requests of all isolates, counted, in the switchboard's own table. */
export class LoopBook {
  readonly #sql: SqlStorage;
  readonly #tell: (notice: Notice) => void;
  /** In the order of their latest failure. */
  readonly #records: Map<string, LoopRecord>;

  constructor(sql: SqlStorage, tell: (notice: Notice) => void) {
    this.#sql = sql;
    this.#tell = tell;
    sql.exec("CREATE TABLE IF NOT EXISTS loops (key TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID");
    const rows = sql.exec<{ key: string; record: string }>("SELECT key, record FROM loops").toArray();
    const read = rows.map(({ key, record }): [string, LoopRecord] => [key, JSON.parse(record)]);
    this.#records = new Map(read.toSorted(([, one], [, other]) => latestMs(one) - latestMs(other)));
  }

  /** True: another one is blocked, and every isolate is to know. */
  note(isolate: string, failing: Failing, now: number): boolean {
    let isNews = false;
    for (const { n, agoMs, mark, id, tenant, kind, error } of failing) {
      const key = `${mark} ${id} ${error}`;
      const before = this.#records.get(key) ?? { mark, id, tenant, kind, error, seen: [], untilMs: null };
      const after = sawLoop(before, { by: `${isolate}.${n}`, atMs: now - agoMs }, now);
      if (after === before) continue;
      this.#keep(key, after);
      if (after.untilMs === null || !isBlocked(after, now)) continue;
      isNews = true;
      this.#tell(loopNotice(after, after.untilMs, now));
    }
    if (failing.length > 0) this.#forget(now);
    return isNews;
  }

  /** The latest first. */
  blocked(now: number): readonly LoopRecord[] {
    return [...this.#records.values()]
      .filter((record) => isBlocked(record, now))
      .toReversed()
      .slice(0, LOOPS_IN_SNAPSHOT);
  }

  overview(now: number): readonly BlockedLoop[] {
    return this.blocked(now).map(({ id, tenant, kind, error, untilMs }) => ({
      id,
      tenant,
      kind,
      error,
      untilMs: untilMs ?? now,
    }));
  }

  /** Null: every one, and what was counted towards one. False: there is nothing like it. */
  clear(id: string | null): boolean {
    const keys = [...this.#records].filter(([, record]) => id === null || record.id === id).map(([key]) => key);
    for (const key of keys) this.#drop(key);
    return keys.length > 0;
  }

  #keep(key: string, record: LoopRecord): void {
    this.#records.delete(key);
    this.#records.set(key, record);
    this.#sql.exec("INSERT OR REPLACE INTO loops VALUES (?, ?)", key, JSON.stringify(record));
  }

  #forget(now: number): void {
    for (const [key, record] of this.#records) {
      if (!isForgotten(record, now) && this.#records.size <= MOST_COUNTED) continue;
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    this.#records.delete(key);
    this.#sql.exec("DELETE FROM loops WHERE key = ?", key);
  }
}

function latestMs({ seen }: LoopRecord): number {
  return seen.at(-1)?.atMs ?? 0;
}
