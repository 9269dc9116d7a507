/**
 * The ledger without its Durable Object: who owns how much of which budget.
 * A slice is spent when it is given. It shrinks and ends by the word of the
 * isolate that holds it, or of an operator, and never by time.
 */
import type { Clock } from "../lib/clock.ts";
import {
  SILENT_MS,
  type LedgerReply,
  type LedgerReport,
  type MoneyAnswer,
  type MoneyQuestion,
  type Slice,
  type SliceReport,
  type Want,
} from "./ledger-port.ts";
import type { LedgerTables, SliceRow } from "./ledger-tables.ts";
import type { LimitChanges } from "./scopes.ts";
import { MICROS } from "../domain/price.ts";
import { forgetSpentLately, noteSpent } from "./spend-tables.ts";

export interface LedgerBookOptions {
  readonly tables: LedgerTables;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** An isolate gets at most this part of what is left for each of the isolates heard of in the last minute. */
const SHARES = 4;
/** Counters are kept so long after their period, for reports that come late. */
const KEEP_COUNTERS_MS = 300_000;
const FORGET_ISOLATE_MS = 3_600_000;
const FORGET_EVERY_MS = 60_000;
/** Longer than a job is kept: a parked call's token must not have its money anew. */
const KEEP_BUDGETS_MS = 40 * 86_400_000;

export class LedgerBook {
  readonly #options: LedgerBookOptions;
  #changes: LimitChanges;
  #forgotAtMs = -Infinity;

  constructor(options: LedgerBookOptions) {
    this.#options = options;
    const stored = Object.entries(options.tables.limits());
    this.#changes = Object.fromEntries(stored.map(([scope, change]) => [scope, JSON.parse(change)]));
  }

  get changes(): LimitChanges {
    return this.#changes;
  }

  /** Null takes a scope's changes back. */
  changeLimits(scope: string, change: LimitChanges[string] | null): LimitChanges {
    this.#options.tables.saveLimits(scope, change === null ? null : JSON.stringify(change));
    const { [scope]: _, ...others } = this.#changes;
    this.#changes = change === null ? others : { ...others, [scope]: change };
    return this.#changes;
  }

  /** Of every budget or of none. */
  ask({ isolate, message, slices, wants }: MoneyQuestion): MoneyAnswer {
    const { tables } = this.#options;
    const now = this.#options.clock.now();
    tables.heard(isolate, now);
    for (const slice of slices) this.#heardOf(isolate, slice, now);
    const rooms = wants.map((want) => ({ want, left: this.#leftOf(want, now) }));
    const lacking = rooms.find(({ want, left }) => left < want.needMicros);
    if (lacking !== undefined) return { ok: false, scope: lacking.want.scope, forMs: lacking.want.forMs };
    return { ok: true, slices: rooms.flatMap(({ want, left }) => this.#give({ isolate, message }, want, left, now)) };
  }

  report(report: LedgerReport): LedgerReply {
    const { isolate, message, slices, batch, wants } = report;
    const { tables } = this.#options;
    const now = this.#options.clock.now();
    tables.heard(isolate, now);
    for (const slice of slices) this.#heardOf(isolate, slice, now);
    this.#takeBack(report, now);
    const counts: Record<string, number> = {};
    if (batch !== null) {
      const isNew = tables.takeBatch(isolate, batch.number);
      if (isNew) for (const line of batch.spent) noteSpent(tables.sql, line, now);
      for (const { counter, by, forMs } of batch.counts) {
        if (isNew) tables.count(counter, by, now + forMs);
        counts[counter] = tables.counterValue(counter);
      }
    }
    this.#forget(now);
    const given = wants.flatMap((want) => this.#give({ isolate, message }, want, this.#leftOf(want, now), now));
    return { slices: given, counts };
  }

  /** Looks through all isolates, so not with each of their reports. */
  #forget(now: number): void {
    if (now - this.#forgotAtMs < FORGET_EVERY_MS) return;
    this.#forgotAtMs = now;
    const { tables } = this.#options;
    tables.forgetBefore(now - KEEP_COUNTERS_MS, now - FORGET_ISOLATE_MS, now - KEEP_BUDGETS_MS);
    forgetSpentLately(tables.sql, now);
  }

  /** An operator says how much of a slice that nobody accounts for was really used. False: there is no such slice. */
  settleUnaccounted(id: string, usedMicros: number): boolean {
    const { tables, clock } = this.#options;
    const slice = tables.slice(id);
    if (slice === null || clock.now() - slice.heardAtMs < SILENT_MS) return false;
    tables.closeSlice(slice, usedMicros);
    return true;
  }

  /** Given in an answer that its isolate never heard and never will: its own word that it has none of it. */
  #takeBack({ isolate, message, ...report }: LedgerReport, now: number): void {
    const { tables } = this.#options;
    const [held, awaited] = [new Set(report.held), new Set(report.awaited)];
    for (const slice of tables.slicesOf(isolate)) {
      if (held.has(slice.id)) tables.sliceLives(slice.id, now);
      else if (slice.message < message && !awaited.has(slice.message)) tables.closeSlice(slice, slice.usedMicros);
    }
  }

  #give(to: Pick<SliceRow, "isolate" | "message">, want: Want, left: number, now: number): readonly Slice[] {
    const { tables, newId } = this.#options;
    const { scope, period, forMs, needMicros, wantMicros } = want;
    const sharers = Math.max(1, tables.isolatesSince(now - SILENT_MS));
    const supplyMicros = Math.max(0, Math.floor((left - needMicros) / (SHARES * sharers)));
    const micros = needMicros + Math.min(Math.max(0, wantMicros - needMicros), supplyMicros);
    if (micros <= 0) return [];
    const id = newId();
    tables.addSlice({ ...to, id, scope, period, micros, usedMicros: 0, heardAtMs: now });
    return [{ id, scope, period, micros, forMs, supplyMicros }];
  }

  #leftOf({ scope, period, limitMicros, forMs }: Want, now: number): number {
    const { tables } = this.#options;
    const limit = this.#limitOf(scope) ?? limitMicros;
    tables.noteBudget(scope, period, limit, now + forMs);
    return limit - tables.takenOf(scope, period);
  }

  /** As it was changed at run time; null: it was not. */
  #limitOf(scope: string): number | null {
    const ofUsers = /^user:([^/]+)\//.exec(scope)?.[1];
    const changed = [this.#changes[scope], this.#changes[`perUser:${ofUsers}`]].find(
      (change) => change?.monthlyUsd !== undefined,
    );
    // Lifted: an isolate that does not know yet still asks, and is given.
    if (changed?.monthlyUsd === null) return Infinity;
    return changed?.monthlyUsd === undefined ? null : Math.floor(changed.monthlyUsd * MICROS);
  }

  #heardOf(isolate: string, { id, micros, usedMicros, done }: SliceReport, now: number): void {
    const { tables } = this.#options;
    const slice = tables.slice(id);
    // Closed before: a report that came twice, or a slice that an operator has settled.
    if (slice === null || slice.isolate !== isolate) return;
    const used = Math.max(slice.usedMicros, usedMicros);
    if (done) tables.closeSlice(slice, used);
    else tables.updateSlice(slice, Math.min(slice.micros, Math.max(micros, used)), used, now);
  }
}
