import type { Clock } from "../lib/clock.ts";
import type { Change } from "./job-machine.ts";
import { type OwedNotice, owedFor } from "./job-notices.ts";
import type { JobRecord } from "./job-record.ts";
import type { HistoryLine, JobTables } from "./job-tables.ts";
import { nextDueMs } from "./next-due.ts";
import { Wake } from "./wake.ts";

export interface BookOptions {
  readonly tables: JobTables;
  readonly clock: Clock;
  /** Never waited for: the platform lets no answer out before it is written. */
  readonly setAlarm: (atMs: number) => void;
}

/**
 * The job's record in memory and in its tables: whoever changes it writes it
 * here, with what belongs to the same change, and sets the alarm in the same
 * breath, so that a kill finds all of it or nothing.
 */
export class JobBook {
  readonly tables: JobTables;
  /** The record, its history or its text has changed. */
  readonly changed = new Wake();
  readonly #options: BookOptions;
  #record: JobRecord | null;
  #history: readonly HistoryLine[] | null = null;
  /** What the platform was last told; null: nothing by this life of the object. */
  #alarmAtMs: number | null = null;

  constructor(options: BookOptions) {
    this.#options = options;
    this.tables = options.tables;
    this.#record = options.tables.record();
  }

  get record(): JobRecord | null {
    return this.#record;
  }

  get history(): readonly HistoryLine[] {
    this.#history ??= this.tables.history();
    return this.#history;
  }

  /** A change that others are told of: the list owes an acknowledgement, followers wake up. */
  save(change: Change, also: () => void = () => undefined, owed: OwedNotice | null = owedFor(change)): JobRecord {
    const now = this.#options.clock.now();
    const record: JobRecord = { ...change.record, index: { dueAtMs: now + INDEX_AFTER_MS, tries: 0 } };
    this.#write(record, owed, () => {
      also();
      if (change.line !== null) this.tables.addLine(change.line, record);
    });
    this.#history = null;
    this.changed.fire();
    return record;
  }

  /** The job's own bookkeeping: only who is owed a notice is told. */
  keep(record: JobRecord, owed: OwedNotice | null = null): void {
    this.#write(record, owed, () => undefined);
  }

  #write(record: JobRecord, owed: OwedNotice | null, also: () => void): void {
    const notices = record.notices ?? (owed && { dueAtMs: this.#options.clock.now(), tries: 0 });
    const marked = { ...record, notices };
    this.tables.together(() => {
      also();
      if (owed !== null) this.tables.addNotice(owed);
      this.tables.saveRecord(marked);
    });
    this.#record = marked;
    this.setAlarm();
  }

  /** The alarm is the earliest of what is due. Asked at every request: a missing one is set again. */
  setAlarm(): void {
    if (this.#record === null) return;
    const dueAtMs = nextDueMs(this.#record);
    if (dueAtMs === Infinity || dueAtMs === this.#alarmAtMs) return;
    this.#alarmAtMs = dueAtMs;
    this.#options.setAlarm(dueAtMs);
  }

  /** The alarm has gone off: first of all the next one, for the work may die with the object. */
  alarmFired(againMs: number): void {
    this.#alarmAtMs = this.#options.clock.now() + againMs;
    this.#options.setAlarm(this.#alarmAtMs);
  }

  /** Everything was deleted. */
  forget(): void {
    this.#record = null;
    this.#history = null;
    this.#alarmAtMs = null;
    this.tables.forget();
    this.changed.fire();
  }
}

/** It is told right after the change; this is the alarm behind it. */
const INDEX_AFTER_MS = 5_000;
