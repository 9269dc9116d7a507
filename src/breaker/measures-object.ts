import type { Routing } from "../domain/routing.ts";
import type { PauseView } from "../budget/pause.ts";
import type { Clock } from "../lib/clock.ts";
import { Aggregates, type AggregateRow, type Span } from "./aggregates.ts";
import { AggregateTables } from "./aggregate-tables.ts";
import type { BreakerNotice, Incident } from "./board-state.ts";
import type { CountBatch } from "./call-tally.ts";
import type { Incidents } from "./incidents.ts";
import { PauseSpells, type PauseSpell } from "./pause-spells.ts";
import { RecordsObject } from "./records-object.ts";
import { accountSubject, CALLS, routeSubject } from "./series.ts";

/** What the switchboard's object keeps of everybody's counts: for charts, for Prometheus, for incidents, for the month's review. */
export abstract class MeasuresObject<Env> extends RecordsObject<Env> {
  readonly #tables: AggregateTables;
  readonly #spells: PauseSpells;
  #kept: Aggregates | null = null;
  #depthAskedMs = -Infinity;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#tables = new AggregateTables(state.storage);
    this.#spells = new PauseSpells(state.storage.sql);
  }

  protected abstract clock(): Clock;

  protected abstract incidentBook(): Incidents;

  /** The map, asked for once. */
  protected abstract knownRouting(): Routing;

  /** Jobs that are not settled, and since when the oldest waits for a route; null: nobody can say. It must not throw. */
  protected queue(): Promise<{ readonly waiting: number; readonly oldestMs: number | null } | null> {
    return Promise.resolve(null);
  }

  async aggregates(span: Span, sinceMs: number): Promise<readonly AggregateRow[]> {
    return this.#aggregates().since(span, sinceMs);
  }

  async incidents(sinceMs: number): Promise<readonly Incident[]> {
    return this.incidentBook().since(sinceMs);
  }

  async pauseSpells(sinceMs: number): Promise<readonly PauseSpell[]> {
    return this.#spells.since(sinceMs);
  }

  protected followPauses(paused: readonly PauseView[]): void {
    this.#spells.follow(paused, this.clock().now());
  }

  protected takeCounts(isolate: string, batch: CountBatch): void {
    const now = this.clock().now();
    const fresh = this.#aggregates().take(isolate, batch, now);
    if (fresh === null) return;
    this.incidentBook().count(fresh);
    this.#aggregates().add({ [CALLS]: { "max:open": this.incidentBook().open().length } }, now);
  }

  protected countOpening({ event, incident: { rule, target } }: BreakerNotice): void {
    if (event !== "opened") return;
    const subject = rule === "account" ? accountSubject(target) : routeSubject(target);
    const now = this.clock().now();
    this.#aggregates().add({ [subject]: { opened: 1 } }, now);
    // Rare, and worth more than the row that it costs.
    this.#aggregates().flush(now);
  }

  protected countsDueMs(): number | null {
    return this.#aggregates().dueMs;
  }

  /** Where it is due, with what only others know. */
  protected async writeCounts(): Promise<void> {
    const aggregates = this.#aggregates();
    const now = this.clock().now();
    if ((aggregates.dueMs ?? Infinity) > now) return;
    if (now - this.#depthAskedMs >= ASK_DEPTH_MS) {
      this.#depthAskedMs = now;
      const queue = await this.queue();
      if (queue !== null) aggregates.add({ [CALLS]: { "max:queue": queue.waiting } }, now);
    }
    this.incidentBook().write();
    aggregates.flush(now);
  }

  #aggregates(): Aggregates {
    if (this.#kept !== null) return this.#kept;
    const ofMap = this.knownRouting().routes.flatMap(({ id, account }) => [routeSubject(id), accountSubject(account)]);
    const known = new Set([CALLS, ...ofMap]);
    this.#kept = new Aggregates(this.#tables, (subject) => known.has(subject));
    return this.#kept;
  }
}

/** The list of jobs is asked no more often, and only while there is something to write. */
const ASK_DEPTH_MS = 60_000;
