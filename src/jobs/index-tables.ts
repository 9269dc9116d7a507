import type { JobCounts, JobEntry, JobFilter, JobList } from "./index-port.ts";
import { JOB_STATES, type JobState, SETTLED } from "./job.ts";

/**
 * The index's tables: see `docs/storage.md`. A job's own number of changes decides which report is the newer one, however
 * late or often it comes. Every question is answered by an index, so that a list of 100,000 jobs costs no more than a short one.
 */
export class IndexTables {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS jobs (
        id TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL, tenant TEXT NOT NULL, kind TEXT NOT NULL,
        model TEXT NOT NULL, created_at_ms INTEGER NOT NULL, updated_at_ms INTEGER NOT NULL, attempts INTEGER NOT NULL,
        next_run_at_ms INTEGER, due_at_ms INTEGER, reason TEXT NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS jobs_by_time ON jobs (updated_at_ms, id);
      CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, updated_at_ms, id);
      CREATE INDEX IF NOT EXISTS jobs_unsettled ON jobs (created_at_ms) WHERE ${UNSETTLED};
      CREATE TABLE IF NOT EXISTS counts (state TEXT PRIMARY KEY, jobs INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS gone (id TEXT PRIMARY KEY, version INTEGER NOT NULL, at_ms INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS gone_by_time ON gone (at_ms);
    `);
  }

  note(entry: JobEntry, nowMs: number): void {
    const known = this.#known(entry.id);
    if (known !== null && entry.version <= known.version) return;
    if (known?.state !== entry.state) {
      if (known?.state) this.#count(known.state, -1);
      if (entry.state !== null) this.#count(entry.state, 1);
    }
    if (entry.state === null) {
      this.#sql.exec("DELETE FROM jobs WHERE id = ?", entry.id);
      this.#sql.exec("INSERT OR REPLACE INTO gone VALUES (?, ?, ?)", entry.id, entry.version, nowMs);
      this.#sql.exec("DELETE FROM gone WHERE at_ms < ?", nowMs - GONE_KEPT_MS);
    } else {
      this.#save(entry, entry.state);
    }
  }

  /** The last changed first. A job that changes while somebody turns the pages moves to the first one. */
  list({ state, limit, after }: JobFilter): JobList {
    const most = Math.min(MOST_JOBS, Math.max(1, Math.trunc(limit) || 1));
    const from = after === null ? null : placeOf(after);
    const found = this.#sql
      .exec<JobRow>(
        `SELECT * FROM jobs WHERE (updated_at_ms, id) < (?, ?)${state === null ? "" : " AND state = ?"}
        ORDER BY updated_at_ms DESC, id DESC LIMIT ?`,
        from?.updatedAtMs ?? Number.MAX_SAFE_INTEGER,
        from?.id ?? "",
        ...(state === null ? [] : [state]),
        most + 1,
      )
      .toArray();
    const jobs = found.slice(0, most).map(entryOf);
    const last = jobs.at(-1);
    return { jobs, next: found.length > most && last ? `${last.updatedAtMs}.${last.id}` : null };
  }

  counts(): JobCounts {
    const rows = this.#sql.exec<{ state: string; jobs: number }>("SELECT state, jobs FROM counts").toArray();
    const count = (state: JobState): number => rows.find((row) => row.state === state)?.jobs ?? 0;
    return {
      byState: {
        stored: count("stored"),
        queued: count("queued"),
        running: count("running"),
        waiting_for_human: count("waiting_for_human"),
        answered: count("answered"),
        dead: count("dead"),
        cancelled: count("cancelled"),
      },
      oldestMs: this.#oldest(),
      oldestQueuedMs: count("queued") === 0 ? null : this.#oldest("AND state = 'queued'"),
    };
  }

  /** Of those that are not settled; `only`: SQL of our own. */
  #oldest(only = ""): number | null {
    // Named, for the planner would rather walk through all that are not settled.
    const [oldest] = this.#sql
      .exec<{ at: number }>(
        `SELECT created_at_ms AS at FROM jobs INDEXED BY jobs_unsettled WHERE ${UNSETTLED} ${only} ORDER BY created_at_ms LIMIT 1`,
      )
      .toArray();
    return oldest?.at ?? null;
  }

  /** What the last report that counted said; a null state: the job was removed. */
  #known(id: string): { readonly version: number; readonly state: string | null } | null {
    const [known] = this.#sql
      .exec<{ version: number; state: string | null }>(
        "SELECT version, state FROM jobs WHERE id = ? UNION ALL SELECT version, NULL FROM gone WHERE id = ? ORDER BY version DESC LIMIT 1",
        id,
        id,
      )
      .toArray();
    return known ?? null;
  }

  #count(state: string, more: 1 | -1): void {
    this.#sql.exec(
      "INSERT INTO counts VALUES (?, ?) ON CONFLICT (state) DO UPDATE SET jobs = MAX(0, jobs + excluded.jobs)",
      state,
      more,
    );
  }

  #save(entry: JobEntry, state: JobState): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      entry.id,
      entry.version,
      state,
      shortened(entry.tenant),
      shortened(entry.kind),
      shortened(entry.model),
      entry.createdAtMs,
      entry.updatedAtMs,
      entry.attempts,
      entry.nextRunAtMs,
      entry.dueAtMs,
      shortened(entry.reason),
    );
  }
}

/** A removed job's version, so that a report which was under way then does not bring it back. */
const GONE_KEPT_MS = 86_400_000;

const MOST_JOBS = 200;
/** Four texts of it and 200 jobs are at most 1.6 MB, well below what an RPC may answer (32 MiB). */
const MOST_TEXT_CHARS = 500;

/** As SQL: words of our own, and no caller's. */
const UNSETTLED = `state IN (${JOB_STATES.filter((state) => !SETTLED.has(state))
  .map((state) => `'${state}'`)
  .join(", ")})`;

function shortened(text: string): string {
  return text.length <= MOST_TEXT_CHARS ? text : `${text.slice(0, MOST_TEXT_CHARS - 1)}…`;
}

/** Where a page ended, as `next` has it. Null: nobody got this from us, and the first page is the answer. */
function placeOf(after: string): { readonly updatedAtMs: number; readonly id: string } | null {
  const [, updatedAtMs, id] = /^(\d{1,15})\.(.+)$/s.exec(after) ?? [];
  return updatedAtMs === undefined || id === undefined ? null : { updatedAtMs: Number(updatedAtMs), id };
}

function entryOf(row: JobRow): JobEntry {
  return {
    id: row.id,
    version: row.version,
    state: row.state,
    tenant: row.tenant,
    kind: row.kind,
    model: row.model,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
    attempts: row.attempts,
    nextRunAtMs: row.next_run_at_ms,
    dueAtMs: row.due_at_ms,
    reason: row.reason,
  };
}

type JobRow = {
  id: string;
  version: number;
  state: JobState;
  tenant: string;
  kind: string;
  model: string;
  created_at_ms: number;
  updated_at_ms: number;
  attempts: number;
  next_run_at_ms: number | null;
  due_at_ms: number | null;
  reason: string;
};
