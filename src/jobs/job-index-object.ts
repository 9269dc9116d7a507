import { DurableObject } from "cloudflare:workers";
import type { Clock } from "../lib/clock.ts";
import { realClock } from "../lib/clock.ts";
import type { JobCounts, JobEntry, JobFilter, JobIndexPort, JobList } from "./index-port.ts";
import { IndexTables } from "./index-tables.ts";

/**
 * The list of jobs, as they report themselves: a thin shell round its tables. It has no alarm, for nothing in it is ever
 * due; what it no longer needs goes with the reports.
 */
export abstract class JobIndexObject<Env = unknown> extends DurableObject<Env> implements JobIndexPort {
  readonly #tables: IndexTables;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#tables = new IndexTables(state.storage.sql);
  }

  protected clock(): Clock {
    return realClock;
  }

  async note(entry: JobEntry): Promise<void> {
    // All of it or none: the counts are of these very rows.
    this.ctx.storage.transactionSync(() => this.#tables.note(entry, this.clock().now()));
  }

  async list(filter: JobFilter): Promise<JobList> {
    return this.#tables.list(filter);
  }

  async counts(): Promise<JobCounts> {
    return this.#tables.counts();
  }
}
