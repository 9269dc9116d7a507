/**
 * What all isolates have counted, kept by minute, ten minutes, day and since
 * the beginning. Pure: the clock and the storage are passed in. One row for
 * each span holds a hundred subjects, because what is paid for is rows: with as
 * many routes as people have, a flush writes four of them and the batches heard of.
 */
import type { CountBatch } from "./call-tally.ts";
import { merged, type Tally } from "./series.ts";

export const SPANS = {
  minute: { ms: 60_000, keptMs: 2 * 3_600_000 },
  ten: { ms: 600_000, keptMs: 26 * 3_600_000 },
  day: { ms: 86_400_000, keptMs: 100 * 86_400_000 },
  /** Since the object began to count: one row, at 0. */
  total: { ms: Infinity, keptMs: Infinity },
} as const;
export type Span = keyof typeof SPANS;
// eslint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the table above, which TypeScript widens
const SPAN_NAMES = Object.keys(SPANS) as readonly Span[];

export interface AggregateRow {
  readonly span: Span;
  /** When it begins. */
  readonly atMs: number;
  readonly tally: Tally;
}

export interface AggregateStore {
  row(span: Span, atMs: number): Tally | null;
  since(span: Span, sinceMs: number): readonly AggregateRow[];
  /** The latest batch of each isolate that was counted, as of the last flush. */
  heard(): ReadonlyMap<string, number>;
  /** All of it or nothing. */
  save(rows: readonly AggregateRow[], heard: ReadonlyMap<string, number>): void;
  deleteBefore(span: Span, beforeMs: number): void;
}

/** What was counted and not written is lost with the object: at most so much. */
const WRITE_WITHIN_MS = 10_000;

/** In memory, and of these the latest in storage: a batch is sent again within seconds, or when its isolate is next called. */
const HEARD_MOST = 20_000;
const HEARD_STORED = 1_000;

export class Aggregates {
  readonly #store: AggregateStore;
  /** Of a route or account that the map has. */
  readonly #isKnown: (subject: string) => boolean;
  readonly #rows = new Map<Span, AggregateRow>();
  readonly #unwritten = new Set<Span>();
  #heard: Map<string, number>;
  #dueMs: number | null = null;

  constructor(store: AggregateStore, isKnown: (subject: string) => boolean) {
    this.#store = store;
    this.#isKnown = isKnown;
    this.#heard = new Map(store.heard());
  }

  /** When to write; null: everything is written. */
  get dueMs(): number | null {
    return this.#dueMs;
  }

  /** What of it was new, as far as the map knows it; null: nothing was. */
  take(isolate: string, batch: CountBatch, now: number): Tally | null {
    if ((this.#heard.get(isolate) ?? 0) >= batch.number) return null;
    // First of all: what is written says which batches are in it, and this one is not yet.
    this.#turn(now);
    // Deleting first keeps the map in the order of last use.
    this.#heard.delete(isolate);
    this.#heard.set(isolate, batch.number);
    if (this.#heard.size > HEARD_MOST) this.#heard.delete(this.#heard.keys().next().value ?? "");
    const known = Object.fromEntries(Object.entries(batch.of).filter(([subject]) => this.#isKnown(subject)));
    this.add(known, now);
    return known;
  }

  add(tally: Tally, now: number): void {
    this.#turn(now);
    for (const span of SPAN_NAMES) {
      const row = this.#rows.get(span);
      if (row !== undefined) this.#rows.set(span, { ...row, tally: merged(row.tally, tally) });
      this.#unwritten.add(span);
    }
    this.#dueMs ??= now + WRITE_WITHIN_MS;
  }

  flush(now: number): void {
    if (this.#dueMs === null) return;
    this.#write();
    this.#dueMs = null;
    for (const span of SPAN_NAMES) this.#store.deleteBefore(span, now - SPANS[span].keptMs);
  }

  /** The earliest first; what is not written yet is in it. */
  since(span: Span, sinceMs: number): readonly AggregateRow[] {
    const stored = new Map(this.#store.since(span, sinceMs).map((row) => [row.atMs, row]));
    const current = this.#rows.get(span);
    if (current !== undefined && current.atMs >= sinceMs) stored.set(current.atMs, current);
    return [...stored.values()].toSorted((left, right) => left.atMs - right.atMs);
  }

  /** Every span's row of this moment is at hand. */
  #turn(now: number): void {
    for (const span of SPAN_NAMES) {
      const { ms } = SPANS[span];
      const current = this.#rows.get(span);
      const atMs = ms === Infinity ? 0 : Math.floor(now / ms) * ms;
      // A clock that was set back goes on with the row that there is.
      if (current !== undefined && atMs <= current.atMs) continue;
      if (this.#unwritten.has(span)) this.#write();
      const stored = this.#store.row(span, atMs) ?? {};
      // What has left the map would make the one row that never ends grow for ever.
      this.#rows.set(span, { span, atMs, tally: span === "total" ? this.#withoutGone(stored) : stored });
    }
  }

  /** All spans and the batches heard of together: what is counted is known to be counted, after an eviction too. */
  #write(): void {
    const rows = [...this.#unwritten].flatMap((span) => this.#rows.get(span) ?? []);
    this.#store.save(rows, new Map([...this.#heard].slice(-HEARD_STORED)));
    this.#unwritten.clear();
  }

  #withoutGone(tally: Tally): Tally {
    return Object.fromEntries(Object.entries(tally).filter(([subject]) => this.#isKnown(subject)));
  }
}
