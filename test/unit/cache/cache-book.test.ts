import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { CacheBook } from "../../../src/cache/cache-book.ts";
import type { CacheEntry, CacheQuestion } from "../../../src/cache/cache-port.ts";
import { CacheTables } from "../../../src/cache/cache-tables.ts";
import { createSqlStorage } from "../../support/sql-storage.ts";
import { asked, entryOf } from "./support.ts";

let sql: SqlStorage;
let book: CacheBook;
beforeEach(() => {
  sql = createSqlStorage();
  book = reopened();
});

/** As after an eviction: the tables stay, the memory does not. */
function reopened(): CacheBook {
  return new CacheBook(new CacheTables(sql));
}

function found(question: CacheQuestion, nowMs = 0): string | undefined {
  return book.find(question, nowMs)?.answer.text;
}

const alone = (question: string): CacheQuestion => asked(question, { similar: null });

describe("a tenant's cache", () => {
  it("gives the very same request its answer, with its model, route, usage and age", () => {
    const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };
    const answer = { text: "blue light scatters", model: "gpt-5", route: "openai/gpt-5", usage };
    book.keep(entryOf("Why is the sky blue?", { answer }), 1000);

    expect(book.find(asked("Why is the sky blue?"), 61_000)).toEqual({
      answer,
      ageMs: 60_000,
      similarity: 1,
      match: "exact",
    });
  });

  it("gives a similar question the nearest answer, and says how near", () => {
    book.keep(entryOf("How do I bake bread?"), 0);
    book.keep(entryOf("How do I reset my password?"), 0);
    const near = book.find(asked("please, how can I reset my password"), 5);

    expect(near).toMatchObject({ answer: { text: "the answer to How do I reset my password?" }, match: "similar" });
    expect(near?.similarity).toBeGreaterThan(0.9);
  });

  it("has nothing for another context, a stricter threshold, or who wants the same alone", () => {
    book.keep(entryOf("How do I reset my password?"), 0);
    const { similar, ...rest } = asked("how can I reset my password");
    if (similar === null) throw new Error("it can be compared");

    expect(found({ ...rest, similar })).toBeDefined();
    expect(found({ ...rest, similar: { ...similar, context: "another" } })).toBeUndefined();
    expect(found({ ...rest, similar: { ...similar, threshold: 1 } })).toBeUndefined();
    expect(found({ ...rest, similar: null })).toBeUndefined();
    expect(found({ ...rest, similar })).toBeDefined();
  });

  it("compares a route's vectors with those of the same route only, and never with its own", () => {
    const similar = { context: "context", question: "Which way is quickest home?", threshold: 0.9 };
    const near = (by: string, more: readonly number[] = [1, 2, 3]): string | undefined =>
      book.findNear(similar, { by, bytes: Int8Array.from(more) }, false, 1000, 0)?.answer.text;
    const id = book.keep(entryOf("How do I get back fastest?"), 0) ?? -1;
    book.addVector(id, "context", { by: "host/model", bytes: Int8Array.from([1, 2, 3]) });

    for (const fresh of [false, true]) {
      if (fresh) book = reopened();
      expect(near("host/model")).toBe("the answer to How do I get back fastest?");
      expect(near("host/another")).toBeUndefined();
      expect(near("embedded-1")).toBeUndefined();
      expect(near("host/model", [1, 2, 3, 4])).toBeUndefined();
    }
    expect(book.view()).toMatchObject({ entries: 1, compared: 1 });
    book.erase({ of: "tenant" });
    expect(near("host/model")).toBeUndefined();
    book.addVector(id, "context", { by: "host/model", bytes: Int8Array.from([1, 2, 3]) });
    expect(book.view()).toMatchObject({ entries: 0, compared: 0 });
  });

  it("gives no answer by a route's vectors where a number or a name differs", () => {
    const id = book.keep(entryOf("Is Lisbon 2 hours away?"), 0) ?? -1;
    const vector = { by: "host/model", bytes: Int8Array.from([1, 2, 3]) };
    book.addVector(id, "context", vector);
    const near = (question: string): boolean =>
      book.findNear({ context: "context", question, threshold: 0.9 }, vector, false, 1000, 0) !== null;

    expect(near("Is Lisbon 2 hours off?")).toBe(true);
    expect(near("Is Lisbon 3 hours off?")).toBe(false);
    expect(near("Is Madrid 2 hours off?")).toBe(false);
  });

  it("looks past a nearer one that differs in what must not differ", () => {
    book.keep(entryOf("Is the sun larger than the moon?"), 0);
    book.keep(entryOf("Is the moon larger than the sun?"), 0);

    expect(found(asked("is the moon larger than the sun"))).toBe("the answer to Is the moon larger than the sun?");
  });

  it("leaves whom nobody used for longest out first, and a question is a use", () => {
    for (const question of ["one", "two", "three"]) book.keep(entryOf(question, { most: 3 }), 0);
    book.find(alone("one"), 0);
    book.keep(entryOf("four", { most: 3 }), 0);

    expect(["one", "two", "three", "four"].map((question) => found(alone(question)) !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it("gives the newer of two answers to the same request, and holds one", () => {
    book.keep(entryOf("one"), 0);
    book.keep({ ...entryOf("one"), answer: { text: "new", model: "m", route: "r", usage: null } }, 1);

    expect(found(alone("one"))).toBe("new");
    expect(book.view()).toEqual({ entries: 1, compared: 1, oldestAtMs: 1 });
  });

  it("gives nothing that is too old for who asks, and erases what is too old for who kept it", () => {
    book.keep(entryOf("one", { maxAgeMs: 1000 }), 0);
    book.keep(entryOf("two", { maxAgeMs: 9000 }), 0);

    expect(found({ ...asked("one"), maxAgeMs: 10 }, 11)).toBeUndefined();
    expect(book.firstEndMs()).toBe(1000);
    book.eraseEnded(1000);
    expect(book.view()).toMatchObject({ entries: 1, compared: 1 });
    book.keep(entryOf("three"), 9000);
    expect(book.view()).toMatchObject({ entries: 1 });
    expect(found(alone("two"), 9000)).toBeUndefined();
  });

  it("keeps nothing where nothing may be kept", () => {
    book.keep(entryOf("one", { most: 0 }), 0);
    book.keep(entryOf("two", { maxAgeMs: 0 }), 0);

    expect(book.view()).toEqual({ entries: 0, compared: 0, oldestAtMs: null });
    expect(book.firstEndMs()).toBeNull();
  });

  it("finds the very same of what is not compared", () => {
    book.keep(entryOf("one", { question: null }), 0);

    expect(found(asked("one"))).toBeDefined();
    expect(found(asked("please, one"))).toBeUndefined();
  });

  it("erases a user's, or all", () => {
    book.keep(entryOf("one", { user: "ana" }), 0);
    book.keep(entryOf("two", { user: "bob" }), 0);
    book.keep(entryOf("three"), 0);

    expect(book.erase({ of: "user", user: "ana" })).toBe(1);
    expect(book.erase({ of: "user", user: "ana" })).toBe(0);
    expect(found(alone("one"))).toBeUndefined();
    expect(found(asked("please, one"))).toBeUndefined();
    expect(book.erase({ of: "tenant" })).toBe(2);
    expect(book.view().entries).toBe(0);
  });

  it("knows after an eviction what it knew before", () => {
    book.keep(entryOf("How do I reset my password?", { most: 2 }), 0);
    book.keep(entryOf("two", { most: 2 }), 0);
    book.find(alone("How do I reset my password?"), 0);
    book = reopened();
    book.keep(entryOf("three", { most: 2 }), 0);

    expect(found(alone("two"))).toBeUndefined();
    expect(book.find(asked("how can I reset my password"), 0)).toMatchObject({ match: "similar" });
  });
});

const DISTINCT = Array.from({ length: 12 }, (_none, place) => `question ${"abcdefghijkl"[place]}`);
const action = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("keep"), at: fc.nat(11) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("find"), at: fc.nat(11) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("evict"), at: fc.nat(11) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("similar"), at: fc.nat(11) }) },
);

describe("whatever is kept and asked", () => {
  it("never is more than may be, and is the last that was used", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), fc.integer({ min: 1, max: 6 }), (actions, most) => {
        sql = createSqlStorage();
        book = reopened();
        let held: string[] = [];
        for (const { do: what, at } of actions) {
          const question = DISTINCT[at] ?? "";
          if (what === "evict") book = reopened();
          if (what === "similar") book.find(asked(question, { exact: "none" }), 0);
          if (what === "keep") book.keep(entryOf(question, { most }), 0);
          if (what === "find") expect(found(alone(question)) !== undefined).toBe(held.includes(question));
          if (what === "keep" || (held.includes(question) && what !== "evict")) {
            held = [...held.filter((one) => one !== question), question].slice(-most);
          }
          expect(book.view().entries).toBe(held.length);
          expect(book.view().compared).toBe(held.length);
        }
        for (const question of held) expect(found(alone(question))).toBe(`the answer to ${question}`);
      }),
      { numRuns: 60 },
    );
  });

  it("is found again exactly, whatever it says", () => {
    const text = fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
      .map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(text, text), { selector: ([key]) => key, maxLength: 12 }), (pairs) => {
        sql = createSqlStorage();
        book = reopened();
        for (const [key, said] of pairs) book.keep(saidOf(key, said), 0);
        book = reopened();
        for (const [key, said] of pairs) {
          const { exact, answer } = saidOf(key, said);
          expect(book.find({ exact, maxAgeMs: 1, similar: null, mayAskRoute: false }, 0)).toMatchObject({
            answer,
            match: "exact",
          });
        }
      }),
      { numRuns: 40 },
    );
  });
});

function saidOf(key: string, said: string): CacheEntry {
  return {
    ...entryOf(key),
    exact: Buffer.from(key, "utf16le").toString("hex"),
    answer: { text: said.toWellFormed().replaceAll("\u0000", ""), model: "m", route: "r", usage: null },
  };
}
