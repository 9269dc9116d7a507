import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Aggregates, SPANS, type AggregateRow, type Span } from "../../../src/breaker/aggregates.ts";
import { AggregateTables } from "../../../src/breaker/aggregate-tables.ts";
import { histogramOf, MS_BOUNDS, bucketOf, quantileOf, together, type Tally } from "../../../src/breaker/series.ts";
import { FAILURE_KINDS } from "../../../src/domain/failure.ts";
import { createSqlStorage } from "../../support/sql-storage.ts";

const START_MS = Date.UTC(2026, 10, 21, 10);
const known = (subject: string): boolean => subject !== "route:gone";

function stored() {
  const sql = createSqlStorage();
  return new AggregateTables({ sql, transactionSync: (work) => work() });
}

function sumOf(rows: readonly AggregateRow[], subject: string, name: string): number {
  return rows.reduce((sum, { tally }) => sum + (tally[subject]?.[name] ?? 0), 0);
}

const step = fc.record({
  isolate: fc.constantFrom("one", "two", "three"),
  afterMs: fc.integer({ min: -5_000, max: 90_000 }),
  by: fc.integer({ min: 1, max: 9 }),
  again: fc.integer({ min: 0, max: 2 }),
  end: fc.constantFrom("goes on", "goes on", "is written", "is written and evicted"),
});

describe("aggregates", () => {
  it("of every span hold each batch once, however often it comes, over rows, writes and evictions", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const tables = stored();
        let aggregates = new Aggregates(tables, known);
        const numbers = new Map<string, number>();
        let now = START_MS;
        let sum = 0;
        let largest = 0;
        for (const { isolate, afterMs, by, again, end } of steps) {
          now += afterMs;
          const number = (numbers.get(isolate) ?? 0) + 1;
          numbers.set(isolate, number);
          const of: Tally = { calls: { n: by, "max:w": by }, "route:gone": { n: by } };
          for (let times = 0; times <= again; times++) aggregates.take(isolate, { number, of }, now);
          sum += by;
          largest = Math.max(largest, by);
          if (end === "goes on") continue;
          aggregates.flush(now);
          if (end === "is written") continue;
          aggregates = new Aggregates(tables, known);
          expect(aggregates.take(isolate, { number, of }, now)).toBeNull();
        }
        for (const span of ["minute", "ten", "day", "total"] as const) {
          const rows = aggregates.since(span, 0);
          expect(sumOf(rows, "calls", "n")).toBe(sum);
          expect(Math.max(0, ...rows.map(({ tally }) => tally["calls"]?.["max:w"] ?? 0))).toBe(largest);
          expect(sumOf(rows, "route:gone", "n")).toBe(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("that were not written are gone with their batches, so that these count when they come again", () => {
    const tables = stored();
    new Aggregates(tables, known).take("one", { number: 1, of: { calls: { n: 1 } } }, START_MS);

    const after = new Aggregates(tables, known);
    expect(after.since("total", 0)).toEqual([]);
    expect(after.take("one", { number: 1, of: { calls: { n: 1 } } }, START_MS)).toEqual({ calls: { n: 1 } });
  });

  it("never write that a batch is counted without its counts, when a row ends between them", () => {
    const tables = stored();
    const before = new Aggregates(tables, known);
    before.take("one", { number: 1, of: { calls: { n: 1 } } }, START_MS);
    before.take("one", { number: 2, of: { calls: { n: 10 } } }, START_MS + 60_000);

    const after = new Aggregates(tables, known);
    expect(sumOf(after.since("total", 0), "calls", "n")).toBe(1);
    after.take("one", { number: 2, of: { calls: { n: 10 } } }, START_MS + 60_000);
    expect(sumOf(after.since("total", 0), "calls", "n")).toBe(11);
  });

  it("of 200 routes with all that can be counted fit into rows, and shrink with the map", () => {
    const storage = createSqlStorage();
    const tables = new AggregateTables({ sql: storage, transactionSync: (work) => work() });
    const names = ["a", "t", "i", "o", ...FAILURE_KINDS.map((kind) => `f:${kind}`)];
    const all = names.flatMap((name) => [name, ...MS_BOUNDS.map((_bound, bucket) => `${name}:${bucket}`)]);
    const counts = Object.fromEntries(all.map((name) => [name, 123_456]));
    const routes = Array.from({ length: 200 }, (_none, route) => `route:hot/provider/model-${route}`);
    const aggregates = new Aggregates(tables, known);
    aggregates.add(Object.fromEntries(routes.map((route) => [route, counts])), START_MS);
    aggregates.flush(START_MS);

    const sizes = storage
      .exec<{ size: number }>("SELECT length(tally) AS size FROM aggregates")
      .toArray()
      .map(({ size }) => size);
    expect(sizes).toHaveLength(8);
    expect(Math.max(...sizes)).toBeLessThan(2_000_000);
    const one = new Aggregates(tables, (subject) => subject === routes[0]);
    expect(Object.keys(one.since("total", 0)[0]?.tally ?? {})).toEqual(routes);
    one.add({ [routes[0] ?? ""]: { a: 1 } }, START_MS);
    one.flush(START_MS);
    expect(Object.keys(new Aggregates(tables, known).since("total", 0)[0]?.tally ?? {})).toEqual([routes[0]]);
  });

  it("are due ten seconds after the first that is not written, and keep no more rows than they promise", () => {
    const tables = stored();
    const aggregates = new Aggregates(tables, known);
    for (let at = START_MS; at < START_MS + 3 * 3_600_000; at += 60_000) {
      aggregates.take("one", { number: at, of: { calls: { n: 1 } } }, at);
      expect(aggregates.dueMs).toBe(at + 10_000);
      aggregates.flush(at + 10_000);
      expect(aggregates.dueMs).toBeNull();
    }
    const rows = (span: Span) => tables.since(span, 0).length;
    expect([rows("minute"), rows("ten"), rows("day"), rows("total")]).toEqual([
      SPANS.minute.keptMs / SPANS.minute.ms,
      18,
      1,
      1,
    ]);
  });
});

describe("quantiles of buckets", () => {
  it("lie in the bucket of the true one", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 60 }),
        fc.constantFrom(0.5, 0.95),
        (values, share) => {
          const counts: Record<string, number> = {};
          for (const value of values) {
            const name = `a:${bucketOf(value, MS_BOUNDS)}`;
            counts[name] = (counts[name] ?? 0) + 1;
          }
          const exact = values.toSorted((left, right) => left - right)[Math.ceil(share * values.length) - 1] ?? 0;
          const found = quantileOf(together([histogramOf(counts, "a", MS_BOUNDS)]), share, MS_BOUNDS) ?? 0;
          const bucket = bucketOf(exact, MS_BOUNDS);
          expect(found).toBeGreaterThanOrEqual(MS_BOUNDS[bucket - 1] ?? (bucket === 0 ? 0 : 81_920));
          expect(found).toBeLessThanOrEqual(MS_BOUNDS[bucket] ?? 81_920);
        },
      ),
    );
    expect(quantileOf(histogramOf({}, "a", MS_BOUNDS), 0.5, MS_BOUNDS)).toBeNull();
  });
});
