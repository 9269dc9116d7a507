import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { JobEntry } from "../../../src/jobs/index-port.ts";
import { IndexTables } from "../../../src/jobs/index-tables.ts";
import { JOB_STATES, type JobState, SETTLED } from "../../../src/jobs/job.ts";
import { createSqlStorage } from "../../support/sql-storage.ts";

const DAY_MS = 86_400_000;

let tables: IndexTables;
beforeEach(() => {
  tables = new IndexTables(createSqlStorage());
});

function entry(id: string, version: number, state: JobState | null, more: Partial<JobEntry> = {}): JobEntry {
  return {
    id,
    version,
    state,
    tenant: "default",
    kind: "summarize-call-notes",
    model: "auto",
    createdAtMs: 1000,
    updatedAtMs: 1000 + version,
    attempts: 0,
    nextRunAtMs: null,
    dueAtMs: null,
    reason: "providers_failed",
    ...more,
  };
}

const first = { state: null, limit: 200, after: null } as const;

describe("the index of jobs", () => {
  it("lists what was reported, word for word", () => {
    const queued = entry("a", 1, "queued", { nextRunAtMs: 5000, dueAtMs: 6000, attempts: 2 });
    tables.note(queued, 0);

    expect(tables.list(first)).toEqual({ jobs: [queued], next: null });
  });

  it("keeps the newest version whatever order the reports come in", () => {
    tables.note(entry("a", 3, "answered"), 0);
    tables.note(entry("a", 2, "running"), 0);
    tables.note(entry("a", 3, "dead"), 0);

    expect(tables.list(first).jobs).toMatchObject([{ version: 3, state: "answered" }]);
    expect(tables.counts().byState).toMatchObject({ answered: 1, running: 0, dead: 0 });
  });

  it("removes an erased job, and an older report does not bring it back", () => {
    tables.note(entry("a", 1, "answered"), 0);
    tables.note(entry("a", 3, null), 0);
    tables.note(entry("a", 2, "dead"), 1);
    tables.note(entry("a", 3, "dead"), 1);

    expect(tables.list(first).jobs).toEqual([]);
    expect(tables.counts().byState).toMatchObject({ answered: 0, dead: 0 });
  });

  it("knows of a removal that comes before any other report", () => {
    tables.note(entry("a", 3, null), 0);
    tables.note(entry("a", 2, "queued"), 0);

    expect(tables.list(first).jobs).toEqual([]);
  });

  it("lists a job anew whose report is younger than its removal", () => {
    tables.note(entry("a", 3, null), 0);
    tables.note(entry("a", 4, "queued"), 0);
    tables.note(entry("a", 5, null), 0);
    tables.note(entry("a", 6, "queued"), 0);

    expect(tables.list(first).jobs).toMatchObject([{ version: 6 }]);
    expect(tables.counts().byState.queued).toBe(1);
  });

  it("forgets a removal after a day", () => {
    tables.note(entry("a", 3, null), 0);
    tables.note(entry("b", 1, null), DAY_MS);
    tables.note(entry("a", 2, "queued"), DAY_MS);
    expect(tables.list(first).jobs).toEqual([]);

    tables.note(entry("c", 1, null), DAY_MS + 1);
    tables.note(entry("a", 2, "queued"), DAY_MS + 1);
    expect(tables.list(first).jobs).toMatchObject([{ id: "a" }]);
  });

  it("turns pages from the last changed to the first, each job once, though many changed at one moment", () => {
    const ids = Array.from({ length: 23 }, (_none, place) => `job_${String(place).padStart(2, "0")}`);
    for (const [place, id] of ids.entries()) {
      tables.note(entry(id, 1, "queued", { updatedAtMs: 1000 + Math.floor(place / 10) }), 0);
    }

    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = tables.list({ state: null, limit: 5, after });
      seen.push(...page.jobs.map(({ id }) => id));
      after = page.next;
    } while (after !== null);
    expect(seen).toEqual(ids.toReversed());
  });

  it("says that there is no further page where the last one is just full", () => {
    for (const id of ["a", "b"]) tables.note(entry(id, 1, "queued"), 0);

    expect(tables.list({ ...first, limit: 2 }).next).toBeNull();
  });

  it("lists one state, page by page", () => {
    for (let place = 0; place < 6; place++) {
      tables.note(entry(`job_${place}`, place + 1, place % 2 === 0 ? "dead" : "queued"), 0);
    }
    const page = tables.list({ state: "dead", limit: 2, after: null });

    expect(page.jobs.map(({ id }) => id)).toEqual(["job_4", "job_2"]);
    expect(tables.list({ state: "dead", limit: 2, after: page.next })).toMatchObject({
      jobs: [{ id: "job_0" }],
      next: null,
    });
  });

  it("lists at most 200 at a time, and a page at least of one", () => {
    for (let place = 0; place < 203; place++) tables.note(entry(`job_${place}`, 1, "queued"), 0);

    expect(tables.list({ ...first, limit: 100_000 }).jobs).toHaveLength(200);
    expect(tables.list({ ...first, limit: -1 }).jobs).toHaveLength(1);
    expect(tables.list({ ...first, limit: Number.NaN }).jobs).toHaveLength(1);
  });

  it.each(["", "x", "1.", ".a", "'; DROP TABLE jobs; --"])(
    "answers the first page to %j, which it never gave",
    (after) => {
      tables.note(entry("a", 1, "queued"), 0);

      expect(tables.list({ ...first, after }).jobs).toHaveLength(1);
    },
  );

  it("keeps long texts short, so that a full page stays far below what an answer may hold", () => {
    const long = "ü".repeat(100_000);
    for (let place = 0; place < 200; place++) {
      tables.note(entry(`job_${place}`, 1, "dead", { reason: long, kind: long, model: long, tenant: long }), 0);
    }
    const page = tables.list(first);

    expect(page.jobs).toHaveLength(200);
    expect(page.jobs[0]?.reason).toHaveLength(500);
    expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(8 * 1024 * 1024);
  });

  it("names the oldest of those that are not settled", () => {
    expect(tables.counts().oldestMs).toBeNull();
    tables.note(entry("answered", 1, "answered", { createdAtMs: 10 }), 0);
    expect(tables.counts().oldestMs).toBeNull();
    tables.note(entry("waiting", 1, "waiting_for_human", { createdAtMs: 30 }), 0);
    tables.note(entry("queued", 1, "queued", { createdAtMs: 20 }), 0);
    expect(tables.counts().oldestMs).toBe(20);

    tables.note(entry("queued", 2, "dead", { createdAtMs: 20 }), 0);
    expect(tables.counts()).toMatchObject({ oldestMs: 30, oldestQueuedMs: null });
  });

  it("names the oldest that waits for a route, however long another has waited for a human", () => {
    tables.note(entry("waiting", 1, "waiting_for_human", { createdAtMs: 10 }), 0);
    tables.note(entry("later", 1, "queued", { createdAtMs: 40 }), 0);
    tables.note(entry("queued", 1, "queued", { createdAtMs: 30 }), 0);
    expect(tables.counts()).toMatchObject({ oldestMs: 10, oldestQueuedMs: 30 });
  });

  it("counts as a plain map would, after any reports in any order", () => {
    const report = fc.record({
      id: fc.constantFrom("a", "b", "c"),
      version: fc.integer({ min: 1, max: 8 }),
      state: fc.constantFrom(...JOB_STATES, null),
      createdAtMs: fc.integer({ min: 1, max: 1_700_000_000_000 }),
    });
    fc.assert(
      fc.property(fc.array(report, { maxLength: 40 }), (reports) => {
        const subject = new IndexTables(createSqlStorage());
        const model = new Map<string, (typeof reports)[number]>();
        for (const one of reports) {
          subject.note(entry(one.id, one.version, one.state, { createdAtMs: one.createdAtMs }), 0);
          if (one.version > (model.get(one.id)?.version ?? 0)) model.set(one.id, one);
        }

        const there = [...model.values()].filter(({ state }) => state !== null);
        const open = there.filter(({ state }) => state !== null && !SETTLED.has(state));
        const counts = JOB_STATES.map((state): [JobState, number] => [
          state,
          there.filter((one) => one.state === state).length,
        ]);
        expect(subject.counts()).toEqual({
          byState: Object.fromEntries(counts),
          oldestMs: oldestOf(open),
          oldestQueuedMs: oldestOf(open.filter(({ state }) => state === "queued")),
        });
        expect(subject.list(first).jobs).toHaveLength(there.length);
      }),
    );
  });

  it("is there again for the next object over the same storage", () => {
    const sql = createSqlStorage();
    new IndexTables(sql).note(entry("a", 2, "queued"), 0);

    expect(new IndexTables(sql).counts().byState.queued).toBe(1);
  });
});

function oldestOf(jobs: readonly { readonly createdAtMs: number }[]): number | null {
  return jobs.length === 0 ? null : Math.min(...jobs.map(({ createdAtMs }) => createdAtMs));
}
