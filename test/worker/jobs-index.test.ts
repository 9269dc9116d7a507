/** The index of jobs as a Durable Object: its tables' rules are tested in `test/unit/jobs/index-tables.test.ts`. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { JobEntry } from "../../src/jobs/index-port.ts";
import type { JobIndexObject } from "../../src/jobs/job-index-object.ts";
import type { JobState } from "../../src/jobs/job.ts";

type Index = DurableObjectStub<JobIndexObject>;

/** Storage is isolated for each file only, so every test names its own object. */
function objectOf(name: string): Index {
  const namespace: DurableObjectNamespace<JobIndexObject> = Reflect.get(env, "JOB_INDEX");
  return namespace.getByName(name);
}

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
  it("answers what was reported, over RPC", async () => {
    const index = objectOf("rpc");
    const dead = entry("a", 1, "dead", { dueAtMs: 5 });
    await index.note(dead);
    await index.note(entry("b", 1, "queued", { createdAtMs: 900 }));

    expect(await index.list({ ...first, state: "dead" })).toEqual({ jobs: [dead], next: null });
    expect(await index.counts()).toEqual({
      byState: { stored: 0, queued: 1, running: 0, waiting_for_human: 0, answered: 0, dead: 1, cancelled: 0 },
      oldestMs: 900,
      oldestQueuedMs: 900,
    });
  });

  it("has lost nothing after an eviction, the removed ones included", async () => {
    const index = objectOf("eviction");
    await index.note(entry("a", 1, "queued"));
    await index.note(entry("b", 2, null));
    await evictDurableObject(index);
    await index.note(entry("b", 1, "queued"));

    expect((await index.list(first)).jobs).toMatchObject([{ id: "a" }]);
    expect((await index.counts()).byState.queued).toBe(1);
  });

  it("counts right under a crowd of reports that come twice and in any order", async () => {
    const index = objectOf("crowd");
    const reports = Array.from({ length: 60 }, (_none, place) =>
      (["queued", "running", "answered"] as const).map((state, step) => entry(`job_${place}`, step + 1, state)),
    ).flat();
    const shuffled = [...reports, ...reports].toSorted((one, other) => order(one) - order(other));
    await Promise.all(shuffled.map((report) => index.note(report)));

    const { byState, oldestMs } = await index.counts();
    expect(byState).toMatchObject({ queued: 0, running: 0, answered: 60 });
    expect(oldestMs).toBeNull();
    expect((await index.list(first)).jobs).toHaveLength(60);
  });

  it("reads a page and a count, not the whole list: what is read is what is paid", async () => {
    const index = objectOf("cost");
    await runInDurableObject(index, (_instance, state) => {
      for (let place = 0; place < 3000; place++) {
        state.storage.sql.exec(
          "INSERT INTO jobs VALUES (?, 1, ?, 'default', 'k', 'm', ?, ?, 0, NULL, NULL, '')",
          `job_${place}`,
          place % 3 === 0 ? "queued" : "answered",
          place,
          place,
        );
      }
    });

    const page = { limit: 50, after: "1500.job_1500" };
    expect(within(50, 60, await rowsReadBy(index, () => index.list({ state: null, ...page })))).toBe(true);
    expect(within(50, 60, await rowsReadBy(index, () => index.list({ state: "queued", ...page })))).toBe(true);
    expect(within(1, 10, await rowsReadBy(index, () => index.counts()))).toBe(true);
    expect(within(1, 10, await rowsReadBy(index, () => index.note(entry("job_7", 2, "dead"))))).toBe(true);
  });
});

/** Some order that is not the one in which they were made, and the same in every run. */
function order({ id, version }: JobEntry): number {
  return (Number(id.slice(4)) * 7919 + version * 104_729) % 1009;
}

function within(least: number, most: number, rows: number): boolean {
  return rows >= least && rows <= most;
}

async function rowsReadBy(index: Index, work: () => Promise<unknown>): Promise<number> {
  const cursors = await runInDurableObject(index, (_instance, state) => {
    const { sql } = state.storage;
    const seen: { readonly rowsRead: number }[] = [];
    const exec = sql.exec.bind(sql);
    Object.defineProperty(sql, "exec", {
      configurable: true,
      value: (query: string, ...bindings: unknown[]) => {
        const cursor = exec(query, ...bindings);
        seen.push(cursor);
        return cursor;
      },
    });
    return seen;
  });
  await work();
  return cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
}
