import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { QuietBook } from "../../../src/breaker/quiet-book.ts";
import { FORGOTTEN_MS } from "../../../src/breaker/quiet.ts";
import type { ReportedRun } from "../../../src/breaker/switchboard-port.ts";
import type { Kind } from "../../../src/domain/kind.ts";
import type { Notice } from "../../../src/domain/notice.ts";
import { createSqlStorage } from "../../support/sql-storage.ts";
import { standardRouting } from "../../support/standard-routing.ts";
import { routeOf } from "./support.ts";

const START = 1_763_000_000_000;
const QUIET_MS = 30_000;

let sql: SqlStorage;
let told: Notice[];
let changes: number;
let book: QuietBook;
let numbers: number;

beforeEach(() => {
  sql = createSqlStorage();
  told = [];
  changes = 0;
  numbers = 0;
  book = bookOf();
});

/** A second one over the same storage is the object after an eviction. */
function bookOf(breaker: Record<string, unknown> = {}): QuietBook {
  const routing = standardRouting({ breaker });
  const kindOf = (name: string, route: string): [string, Kind] => [
    name,
    { ...routing.defaultKind, name, routeIds: [route] },
  ];
  return new QuietBook({
    sql,
    routing: {
      ...routing,
      routes: [routeOf("a"), routeOf("b")],
      kinds: new Map([kindOf("draft", "a"), kindOf("other", "b")]),
    },
    changed: () => void (changes += 1),
    tell: (notice) => told.push(notice),
  });
}

function inVain(calls: number, now: number, { kind = "draft", isolate = "one", beganAgoMs = 0 } = {}): void {
  const first = numbers;
  numbers += calls;
  book.note(isolate, [{ kind, first, count: calls, beganAgoMs }], [], now);
}

function ok(route: string, now: number, beganAgoMs = 0): void {
  const run: ReportedRun = { route, first: 0, ok: 1, beganAgoMs, latenciesMs: [] };
  book.note("one", [], [run], now);
}

function isQuiet(kind = "draft"): boolean {
  return Object.hasOwn(book.moments(), kind);
}

function kinds(): string[] {
  return told.map(({ kind, closes }) => (closes ? `${kind}, closing` : kind));
}

describe("a kind of which nobody answers", () => {
  it("is quiet from the third call in vain on, whoever made it, and a human is told once", () => {
    inVain(1, START, { isolate: "one" });
    inVain(1, START + 1_000, { isolate: "two" });
    expect(isQuiet()).toBe(false);
    inVain(1, START + 2_000, { isolate: "three" });
    inVain(5, START + 3_000);

    expect(book.moments()).toEqual({ draft: START + 3_000 + QUIET_MS });
    expect(told).toMatchObject([{ kind: "everything_down", key: "everything_down" }]);
    expect(isQuiet("other")).toBe(false);
  });

  it("counts a report that comes twice once, and calls far apart as no row", () => {
    for (const _ of [1, 2, 3]) book.note("one", [{ kind: "draft", first: 0, count: 1, beganAgoMs: 0 }], [], START);
    expect(isQuiet()).toBe(false);

    numbers = 1;
    for (const at of [1, 2, 3, 4]) inVain(1, START + at * 181_000);
    expect(isQuiet()).toBe(false);
  });

  it("is ended by an answer of one of its routes that began after the first of them, and by nothing older", () => {
    inVain(3, START, { beganAgoMs: 5_000 });
    ok("b", START + 1_000);
    ok("a", START + 1_000, 60_000);
    expect(isQuiet()).toBe(true);

    ok("a", START + 1_000, 500);
    expect(isQuiet()).toBe(false);
    expect(kinds()).toEqual(["everything_down", "everything_back, closing"]);
  });

  it("is ended by a probe, and by a circuit, a switch or a pause that changes", () => {
    inVain(3, START);
    book.answered("a", START + 1_000, START + 1_010);
    expect(isQuiet()).toBe(false);

    inVain(3, START + 2_000);
    book.endAll(START + 3_000);
    expect(isQuiet()).toBe(false);
  });

  it("lets one call walk when its time is over, and after its failure waits as long again", () => {
    inVain(3, START);
    expect(book.lease(["draft"], START + QUIET_MS - 1)).toEqual([]);
    expect(book.lease(["draft", "other"], START + QUIET_MS)).toEqual(["draft"]);
    expect(book.lease(["draft"], START + QUIET_MS + 1)).toEqual([]);

    inVain(1, START + QUIET_MS + 5_000);
    expect(book.moments()).toEqual({ draft: START + 2 * QUIET_MS + 5_000 });
    expect(kinds()).toEqual(["everything_down"]);
  });

  it("survives the object, and is forgotten where nobody asks any more", () => {
    inVain(3, START);
    book = bookOf();
    expect(isQuiet()).toBe(true);
    const dueMs = book.dueMs() ?? 0;
    expect(dueMs).toBe(START + FORGOTTEN_MS);
    book.endPast(dueMs - 1);
    expect(isQuiet()).toBe(true);
    book.endPast(dueMs);

    expect(book.dueMs()).toBeNull();
    expect(kinds()).toEqual(["everything_down", "everything_back, closing"]);
  });

  it("is never quiet where the breaker is switched off, or where the map has no such kind", () => {
    book = bookOf({ enabled: false });
    inVain(9, START);
    book = bookOf();
    inVain(9, START, { kind: "gone" });

    expect(book.moments()).toEqual({});
  });

  it("is quiet only with three in a row and no answer since, tells in turns, and counts what isolates must know", () => {
    const step = fc.record({
      what: fc.constantFrom("vain", "ok", "switch"),
      gapMs: fc.integer({ min: 1, max: 20_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        sql = createSqlStorage();
        told = [];
        book = bookOf();
        let now = START;
        let row = 0;
        for (const { what, gapMs } of steps) {
          now += gapMs;
          const before = isQuiet();
          const changesBefore = changes;
          if (what === "vain") inVain(1, now);
          else if (what === "ok") ok("a", now);
          else book.endAll(now);
          row = what === "vain" ? row + 1 : 0;
          expect(isQuiet()).toBe(row >= 3);
          if (isQuiet() !== before) expect(changes).toBeGreaterThan(changesBefore);
        }
        expect(told.map(({ closes }) => closes)).toEqual(told.map((_notice, at) => at % 2 === 1));
      }),
      { numRuns: 200 },
    );
  });
});
