import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { LoopBook } from "../../../src/breaker/loop-book.ts";
import { LOOP_WINDOW_MS } from "../../../src/breaker/loops.ts";
import { buildSnapshot, type SnapshotParts } from "../../../src/breaker/snapshot.ts";
import { SNAPSHOT_BYTES } from "../../../src/breaker/switchboard-port.ts";
import type { Notice } from "../../../src/domain/notice.ts";
import { createSqlStorage } from "../../support/sql-storage.ts";

const START = 1_763_000_000_000;

let sql: SqlStorage;
let told: Notice[];
let book: LoopBook;
let numbers: number;

beforeEach(() => {
  sql = createSqlStorage();
  told = [];
  numbers = 0;
  book = new LoopBook(sql, (notice) => told.push(notice));
});

function failing(id = "0123456789ab", more: { agoMs?: number; error?: string; n?: number } = {}) {
  const n = more.n ?? (numbers += 1);
  return {
    n,
    mark: "abc",
    id,
    tenant: "acme",
    kind: "draft",
    error: more.error ?? "request_rejected - #1",
    agoMs: more.agoMs ?? 0,
  };
}

function blockedIds(now: number): string[] {
  return book.blocked(now).map(({ id }) => id);
}

describe("a request that fails by its own fault", () => {
  it("is blocked at the third time within 180 s, for 180 s from then on, and a human is told once", () => {
    expect(book.note("one", [failing()], START)).toBe(false);
    expect(book.note("two", [failing()], START + 90_000)).toBe(false);
    expect(book.note("three", [failing()], START + 180_000)).toBe(true);

    expect(blockedIds(START + 180_000)).toEqual(["0123456789ab"]);
    expect(blockedIds(START + 180_000 + LOOP_WINDOW_MS - 1)).toHaveLength(1);
    expect(blockedIds(START + 180_000 + LOOP_WINDOW_MS)).toEqual([]);
    expect(told).toMatchObject([{ kind: "request_loop", key: "request_loop:acme:draft", tenant: "acme" }]);
  });

  it("is not blocked where the first and the third are 181 s apart, nor by other requests or other errors", () => {
    book.note("one", [failing()], START);
    book.note("one", [failing()], START + 90_000);
    book.note("one", [failing()], START + 181_000);
    book.note("one", [failing("another")], START + 181_000);
    book.note("one", [failing("0123456789ab", { error: "content_filtered - #2" })], START + 181_000);

    expect(blockedIds(START + 181_000)).toEqual([]);
  });

  it("counts once in a report that comes twice, and not at all where it is told too late", () => {
    const once = failing();
    book.note("one", [once], START);
    book.note("one", [once], START);
    book.note("one", [once], START);
    book.note("one", [failing("0123456789ab", { agoMs: 181_000 }), failing("0123456789ab", { agoMs: 181_000 })], START);

    expect(blockedIds(START)).toEqual([]);
  });

  it("survives the object, and is cleared by name or with all", () => {
    book.note("one", [failing("a"), failing("b"), failing("a"), failing("b")], START);
    book = new LoopBook(sql, (notice) => told.push(notice));
    book.note("one", [failing("a"), failing("b")], START + 1_000);
    book = new LoopBook(sql, (notice) => told.push(notice));
    expect(blockedIds(START + 1_000).toSorted()).toEqual(["a", "b"]);

    expect(book.clear("a")).toBe(true);
    expect(book.clear("nobody")).toBe(false);
    expect(blockedIds(START + 1_000)).toEqual(["b"]);
    book.clear(null);
    expect(new LoopBook(sql, () => undefined).blocked(START + 1_000)).toEqual([]);
  });

  it("is blocked if and only if three of its failures lie within 180 s of another, at whatever isolates", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 12 }), (gaps) => {
        const own = new LoopBook(createSqlStorage(), () => undefined);
        let now = START;
        let counted: number[] = [];
        let untilMs = 0;
        gaps.forEach((gap, place) => {
          now += gap;
          own.note(`isolate-${place % 3}`, [failing()], now);
          if (now >= untilMs) {
            counted = [...counted.filter((at) => now - at <= LOOP_WINDOW_MS), now];
            if (counted.length === 3) {
              untilMs = now + LOOP_WINDOW_MS;
              counted = [];
            }
          }
          expect(own.blocked(now).length === 1).toBe(now < untilMs);
        });
      }),
      { numRuns: 200 },
    );
  });

  it("keeps no more than 1,000 counts, the latest", () => {
    for (let at = 0; at < 1_100; at++) book.note("one", [failing(`id-${at}`)], START + at);
    book.note("one", [failing("id-0"), failing("id-0"), failing("id-1099"), failing("id-1099")], START + 1_100);

    expect(blockedIds(START + 1_100)).toEqual(["id-1099"]);
    expect(sql.exec("SELECT key FROM loops").toArray().length).toBeLessThanOrEqual(1_000);
  });
});

describe("blocked requests in the snapshot", () => {
  const parts: SnapshotParts = {
    version: "12345678.1",
    atMs: START,
    open: [],
    routesOut: [],
    accountsOut: [],
    killed: [],
    flags: {},
    paused: [],
    near: [],
    reached: [],
    slow: [],
    lowQuality: [],
    prefer: [],
    faults: {},
    revoked: [],
    limits: {},
    loops: [],
    quiet: {},
  };
  const loops = Array.from({ length: 300 }, (_loop, at) => ({
    mark: `t${at % 7}`,
    id: String(at).padStart(12, "0"),
    tenant: "acme",
    kind: "draft",
    error: "request_rejected - #12345678",
    seen: [],
    untilMs: START + 180_000,
  }));

  it("are 200 at most, the latest, and none leaves no trace", () => {
    const { loops: blocked = {} } = buildSnapshot({ ...parts, loops });
    const ids = Object.values(blocked).flatMap((errors) => Object.keys(errors["request_rejected"] ?? {}));

    expect(ids.toSorted()).toEqual(loops.slice(0, 200).map(({ id }) => id));
    expect(buildSnapshot(parts)).not.toHaveProperty("loops");
  });

  it("leave room for what the watchdog prefers, which never makes it larger than 8 KiB", () => {
    const prefer = Array.from(
      { length: 300 },
      (_kind, at) => [`kind-${at} warm/ollama/some-model`, START + at] as const,
    );
    const snapshot = buildSnapshot({ ...parts, prefer, loops });

    expect(buildSnapshot({ ...parts, prefer: prefer.slice(0, 2), loops }).prefer).toEqual(
      Object.fromEntries(prefer.slice(0, 2)),
    );
    expect(new TextEncoder().encode(JSON.stringify(snapshot)).byteLength).toBeLessThanOrEqual(SNAPSHOT_BYTES);
    expect(buildSnapshot(parts)).not.toHaveProperty("prefer");
  });

  it("take only what open routes leave: with 200 of these and 300 of them it is at most 8 KiB", () => {
    const open = Array.from(
      { length: 200 },
      (_route, at) => [`warm/openai/a-model-of-some-name-${at}`, START] as const,
    );
    const snapshot = buildSnapshot({ ...parts, open, loops });
    const alone = buildSnapshot({ ...parts, open });

    expect(new TextEncoder().encode(JSON.stringify(snapshot)).byteLength).toBeLessThanOrEqual(SNAPSHOT_BYTES);
    expect(snapshot.open).toEqual(alone.open);
    const many = loops.map((loop, at) => ({ ...loop, mark: `tenant${at}` }));
    const crowded = JSON.stringify(buildSnapshot({ ...parts, loops: many }));
    expect(new TextEncoder().encode(crowded).byteLength).toBeLessThanOrEqual(SNAPSHOT_BYTES);
  });
});
