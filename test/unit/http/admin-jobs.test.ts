/** The operator's list, and the one press that sends every dead job back. */
import { describe, expect, it } from "vitest";
import { listJobs, retryDead } from "../../../src/http/admin-jobs.ts";
import type { JobEntry, JobFilter, JobIndexPort } from "../../../src/jobs/index-port.ts";
import type { JobPort } from "../../../src/jobs/job-port.ts";
import { JOB_STATES, type JobState } from "../../../src/jobs/job.ts";
import { fakeJob } from "../../support/fake-jobs.ts";
import { operatorDeps } from "../../support/operator-deps.ts";
import { JOB_ID, NIGHT_MS, WAITING } from "../../support/parked-job.ts";

const ORIGIN = "https://lisbon.test";

function entry(id: string, state: JobState = "dead"): JobEntry {
  return {
    id,
    version: 1,
    state,
    tenant: "default",
    kind: "auto",
    model: "auto",
    createdAtMs: NIGHT_MS,
    updatedAtMs: NIGHT_MS,
    attempts: 5,
    nextRunAtMs: null,
    dueAtMs: null,
    reason: "5 of 5 attempts failed",
  };
}

/** A list in memory; like the true one it hears of changes late: what was retried stays in it. */
function listOf(entries: readonly JobEntry[]): { readonly index: JobIndexPort; readonly asked: JobFilter[] } {
  const asked: JobFilter[] = [];
  const counted = JOB_STATES.map((state) => [state, entries.filter((one) => one.state === state).length] as const);
  const byState = { ...NONE, ...Object.fromEntries(counted) };
  const index: JobIndexPort = {
    note: () => Promise.resolve(),
    list(filter) {
      asked.push(filter);
      const all = entries.filter(({ state }) => filter.state === null || state === filter.state);
      const from = filter.after === null ? 0 : all.findIndex(({ id }) => id === filter.after) + 1;
      const jobs = all.slice(from, from + filter.limit);
      const next = from + filter.limit < all.length ? (jobs.at(-1)?.id ?? null) : null;
      return Promise.resolve({ jobs, next });
    },
    counts: () => Promise.resolve({ byState, oldestMs: NIGHT_MS }),
  };
  return { index, asked };
}

const NONE: Record<JobState, number> = {
  stored: 0,
  queued: 0,
  running: 0,
  waiting_for_human: 0,
  answered: 0,
  dead: 0,
  cancelled: 0,
};

function ids(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `job_${at.toString(16).padStart(32, "0")}`);
}

describe("GET /admin/jobs", () => {
  const { index, asked } = listOf([entry("job_a"), entry("job_b", "queued"), entry("job_c")]);
  const ask = async (query: string): Promise<Response> =>
    await listJobs(new Request(`${ORIGIN}/admin/jobs${query}`), operatorDeps({ jobIndex: () => index }));

  it("lists one state, with the counts of all, and where the next page begins", async () => {
    const answer = await ask("?state=dead&limit=1");

    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      counts: { ...NONE, dead: 2, queued: 1 },
      oldestMs: NIGHT_MS,
      jobs: [entry("job_a")],
      next: "job_a",
    });
    expect(await (await ask("?state=dead&limit=1&after=job_a")).json()).toMatchObject({
      jobs: [entry("job_c")],
      next: null,
    });
  });

  it("without a state lists all, 50 at a time", async () => {
    expect(await (await ask("")).json()).toMatchObject({ jobs: [{ id: "job_a" }, { id: "job_b" }, { id: "job_c" }] });
    expect(asked.at(-1)).toEqual({ state: null, limit: 50, after: null });
  });

  it("names the states that there are", async () => {
    const answer = await ask("?state=lost");

    expect(answer.status).toBe(400);
    const text = await answer.text();
    for (const state of JOB_STATES) expect(text).toContain(state);
    expect(text).toContain('"param":"state"');
  });

  it.each(["0", "201", "1.5", "many", ""])("refuses a limit of %j", async (limit) => {
    expect((await ask(`?limit=${limit}`)).status).toBe(400);
  });
});

describe("POST /admin/jobs/retry-dead", () => {
  it("sends every dead job back once, page by page, at most 6 at a time, and no other", async () => {
    const dead = ids(130);
    const all = crowd();
    const { end } = await retryAll([...dead.map((id) => entry(id)), entry(JOB_ID, "answered")], all);

    expect(end).toEqual({ retried: 130, failed: 0, left: 0 });
    expect([...all.retried].toSorted()).toEqual([...dead].toSorted());
    expect(all.mostAtOnce()).toBe(6);
  });

  it("counts those that would not, and goes on", async () => {
    const [one = "", two = "", ...rest] = ids(50);
    const { end } = await retryAll(
      [one, two, ...rest].map((id) => entry(id)),
      crowd({ [one]: "settled", [two]: "settled" }),
    );

    expect(end).toEqual({ retried: 48, failed: 2, left: 0 });
  });

  it("says how many are left where the platform takes no more calls, and stops asking", async () => {
    const { end, logged } = await retryAll(
      ids(130).map((id) => entry(id)),
      crowd({}, 47),
    );

    expect(end).toEqual({ retried: 47, failed: 0, left: 83 });
    expect(logged).toBeLessThanOrEqual(40);
  });

  it("goes past one broken job, as far as its page reaches", async () => {
    const [broken = "", ...rest] = ids(30);
    const { end, logged } = await retryAll(
      [broken, ...rest].map((id) => entry(id)),
      crowd({ [broken]: "throws" }),
    );

    expect(end).toEqual({ retried: 29, failed: 0, left: 1 });
    expect(logged).toBe(1);
  });

  it("stops after a thousand, and says that there are more", async () => {
    const { end } = await retryAll(
      ids(1100).map((id) => entry(id)),
      crowd(),
    );

    expect(end).toEqual({ retried: 1000, failed: 0, left: 100 });
  });

  it("with none dead does nothing", async () => {
    expect((await retryAll([], crowd())).end).toEqual({ retried: 0, failed: 0, left: 0 });
  });
});

interface Crowd {
  readonly retried: readonly string[];
  readonly mostAtOnce: () => number;
  readonly jobs: (jobId: string) => JobPort;
}

/** Every job goes back, but those of which `ends` says otherwise. */
function crowd(ends: Readonly<Record<string, "settled" | "throws">> = {}, callsAllowed = Infinity): Crowd {
  const retried: string[] = [];
  let calls = 0;
  let now = 0;
  let most = 0;
  const jobs = (jobId: string): JobPort =>
    fakeJob({
      async retry(by, token) {
        expect([by, token]).toEqual(["the operator", null]);
        calls += 1;
        if (calls > callsAllowed || ends[jobId] === "throws") throw new Error("Too many subrequests.");
        now += 1;
        most = Math.max(most, now);
        await Promise.resolve();
        now -= 1;
        if (ends[jobId] === "settled") return { ok: false, failure: { kind: "job_settled", state: "answered" } };
        retried.push(jobId);
        return { ok: true, value: WAITING };
      },
    });
  return { retried, jobs, mostAtOnce: () => most };
}

async function retryAll(entries: readonly JobEntry[], { jobs }: Crowd): Promise<{ end: unknown; logged: number }> {
  let logged = 0;
  const { index } = listOf(entries);
  const deps = operatorDeps({ jobs, jobIndex: () => index, logError: () => (logged += 1) });
  const answer = await retryDead(new Request(`${ORIGIN}/admin/jobs/retry-dead`, { method: "POST" }), deps, "id");
  return { end: await answer.json(), logged };
}
