import { describe, expect, it } from "vitest";
import type { Begun, JobPort, Parked, ParkHow } from "../../../src/jobs/job-port.ts";
import type { JobView, JobWork } from "../../../src/jobs/job.ts";
import { fakeJob } from "../../support/fake-jobs.ts";
import { answers, fails, route, spine, type SpineOptions } from "../../support/spine.ts";
import { WAITING } from "../../support/parked-job.ts";

const hot = route("hot/a/one");
const DOWN: SpineOptions = { routes: [hot], providers: {} };
const JOB_ID = /^job_[\da-f]{32}$/;

/** Every job's object in one, as if each id led to it. */
function jobs(answer: Partial<JobPort> = {}) {
  const parked: { readonly work: JobWork; readonly how: ParkHow }[] = [];
  const begun: { readonly work: JobWork; readonly resumeAfter: string | null }[] = [];
  const job = fakeJob({
    park(work, how) {
      parked.push({ work, how });
      return Promise.resolve(standing(work.jobId));
    },
    follow: () => answer.begin?.(NOBODYS_WORK, null) ?? Promise.reject(new Error("not foreseen")),
    ...answer,
    begin(work, resumeAfter) {
      begun.push({ work, resumeAfter });
      return answer.begin?.(work, resumeAfter) ?? Promise.reject(new Error("not foreseen"));
    },
  });
  return { parked, begun, of: () => job };
}

/** To follow a job says nothing of the call. */
const NOBODYS_WORK: JobWork = JSON.parse("{}");

function standing(jobId: string, more: Partial<Parked> = {}): Parked {
  return { jobId, state: "queued", retryAfterMs: 5_000, isNew: true, ...more };
}

const completion = (body: string): Begun => ({
  kind: "completion",
  body,
  from: { route: "hot/a/one", told: null },
  by: "provider",
});

/** What the spine reads of a view. */
function viewIn(state: JobView["state"]): JobView {
  return { ...WAITING, id: "job", state };
}

describe("a call that no provider could answer", () => {
  it("goes to its job, which is given what a later run needs and nothing of this one", async () => {
    const at = jobs();
    const reply = await spine({ ...DOWN, jobs: at.of }).ask();

    expect(at.parked).toEqual([
      {
        work: {
          jobId: expect.stringMatching(JOB_ID),
          requestId: "id",
          tenant: "default",
          user: null,
          token: null,
          kind: "auto",
          dialect: "openai",
          request: { model: "auto", messages: [{ role: "user", content: "hello" }] },
          native: null,
          bodyHash: expect.stringMatching(/^[\da-f]{64}$/),
          callbackUrl: null,
          onCold: "accepted",
          end: { step: "queue" },
          deadlineMs: 30_000,
          origin: "https://lisbon.test",
        },
        how: { reason: "providers_failed", retryAfterMs: 5_000, human: null },
      },
    ]);
    expect(reply).toMatchObject({ ok: true, value: { kind: "queued", onCold: "accepted" } });
  });

  it("is refused where its job cannot be reached: the caller must know that nobody has it", async () => {
    const away = jobs({ park: () => Promise.reject(new Error("the object is away")) });

    expect(await spine({ ...DOWN, jobs: away.of }).ask()).toMatchObject({
      ok: false,
      failure: { kind: "providers_failed" },
    });
  });

  it("is not parked while enable_cold_queue is off, nor where its kind ends in an error", async () => {
    const at = jobs();
    const off = spine({ ...DOWN, jobs: at.of, flags: { enable_cold_queue: false } });
    const kind = spine({ ...DOWN, jobs: at.of, kinds: { strict: { degrade: ["error"] } } });

    expect(await off.ask()).toMatchObject({ ok: false });
    expect(await kind.ask({ model: "strict" })).toMatchObject({ ok: false });
    expect(at.parked).toEqual([]);
  });

  it("is not parked where the request itself is at fault", async () => {
    const at = jobs();
    const rejecting = fails(400, { message: "no", type: "invalid_request_error", code: "invalid_value" });
    const reply = await spine({ routes: [hot], providers: { "a.test": rejecting }, jobs: at.of }).ask();

    expect(reply).toMatchObject({ ok: false, failure: { kind: "request_rejected" } });
    expect(at.parked).toEqual([]);
  });

  it("waits for a human where its kind says so, and no provider is asked where humans answer it anyway", async () => {
    const at = jobs();
    const kinds = {
      late: { degrade: [{ step: "human", dueMinutes: 120 }] },
      people: { answeredBy: "human" },
    };
    await spine({ ...DOWN, jobs: at.of, kinds }).ask({ model: "late" });
    const people = spine({ routes: [hot], providers: { "a.test": () => answers() }, jobs: at.of, kinds });
    await people.ask({ model: "people" });

    expect(at.parked.map(({ how }) => how.human)).toEqual([{ dueMs: 7_200_000 }, { dueMs: null }]);
    expect(people.trail.asked()).toBe(0);
  });
});

describe("what a caller gets on Cold", () => {
  it("is what the request wishes, before what its kind says", async () => {
    const kinds = { draft: { onCold: "error" } };
    const asKind = spine({ ...DOWN, jobs: jobs().of, kinds });
    const asWished = spine({ ...DOWN, jobs: jobs().of, kinds, wishes: { onCold: "accepted" } });

    expect(await asKind.ask({ model: "draft" })).toMatchObject({ value: { onCold: "error" } });
    expect(await asWished.ask({ model: "draft" })).toMatchObject({ value: { onCold: "accepted" } });
  });

  it("is the answer itself, for one who waits and whose answer comes before the deadline", async () => {
    const waited: number[] = [];
    const at = jobs({
      settled(ms) {
        waited.push(ms);
        return Promise.resolve(viewIn("answered"));
      },
      begin: () => Promise.resolve(completion("whole")),
    });
    const reply = await spine({ ...DOWN, jobs: at.of, wishes: { onCold: "wait" } }).ask();

    expect(waited).toEqual([30_000]);
    expect(reply).toMatchObject({ ok: true, value: { kind: "job_answer", body: "whole" } });
  });

  it("is 202 for one who waits in vain", async () => {
    const at = jobs({ settled: () => Promise.resolve(viewIn("queued")) });

    expect(await spine({ ...DOWN, jobs: at.of, wishes: { onCold: "wait" } }).ask()).toMatchObject({
      value: { kind: "queued", onCold: "accepted" },
    });
  });
});

describe("a call that waits and is cancelled meanwhile", () => {
  it("does not bring its job back: it is followed, never begun again", async () => {
    const at = jobs({
      settled: () => Promise.resolve(viewIn("cancelled")),
      follow: () => Promise.resolve({ kind: "refused", refusal: { kind: "job_erased" } }),
      begin: () => Promise.reject(new Error("it was begun again")),
    });
    const unkeyed = spine({ ...DOWN, jobs: at.of, wishes: { onCold: "wait" } });

    expect(await unkeyed.ask()).toMatchObject({ ok: false, failure: { kind: "job_erased" } });
    expect(at.begun).toEqual([]);
  });
});

describe("a repeated call", () => {
  it("gets what it wishes now, whatever its first try wished", async () => {
    const at = jobs({
      find: () => Promise.resolve(standing("job_of_first_try", { isNew: false })),
      follow: () => Promise.resolve({ kind: "parked", parked: standing("job_of_first_try"), onCold: "accepted" }),
    });
    const now = spine({ ...DOWN, jobs: at.of, wishes: { isRetry: true, onCold: "error" } });

    expect(await now.ask()).toMatchObject({ value: { kind: "queued", onCold: "error" } });
  });

  const found = { find: () => Promise.resolve(standing("job_of_first_try", { isNew: false })) };

  it("that says it is one finds its job before any provider is asked", async () => {
    const at = jobs({ ...found, begin: () => Promise.resolve(completion("the first try's answer")) });
    const well: SpineOptions = { routes: [hot], providers: { "a.test": () => answers() } };
    const retry = spine({ ...well, jobs: at.of, wishes: { isRetry: true } });

    expect(await retry.ask()).toMatchObject({ value: { kind: "job_answer", body: "the first try's answer" } });
    expect(retry.trail.asked()).toBe(0);
  });

  it("that says it is one and finds no job goes its own way", async () => {
    const well: SpineOptions = { routes: [hot], providers: { "a.test": () => answers() } };
    const retry = spine({ ...well, jobs: jobs().of, wishes: { isRetry: true } });

    expect(await retry.ask()).toMatchObject({ value: { kind: "completion" } });
  });

  it("without a word of it finds its job where this isolate parked the first try within the window", async () => {
    const providers: Record<string, () => Promise<Response>> = {};
    let isThere = false;
    const at = jobs({
      find: () => Promise.resolve(isThere ? standing("job_of_first_try", { isNew: false }) : null),
      begin: () => Promise.resolve(completion("the first try's answer")),
    });
    const call = spine({ routes: [hot], providers, jobs: at.of });
    await call.ask();
    isThere = true;
    providers["a.test"] = () => answers();

    await call.clock.advance(100_000);
    expect(await call.ask()).toMatchObject({ value: { kind: "job_answer" } });
    await call.clock.advance(21_000);
    expect(await call.ask()).toMatchObject({ value: { kind: "completion" } });
  });

  it("is the same call however its keys are ordered, and another one with another word", async () => {
    const at = jobs();
    const call = spine({ ...DOWN, jobs: at.of });
    await call.ask({ temperature: 0.5, seed: 1 });
    await call.ask({ seed: 1, temperature: 0.5 });
    await call.ask({ seed: 2, temperature: 0.5 });
    const [first, second, third] = at.parked.map(({ work }) => work.jobId);

    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });
});

function keyedCall(more: Partial<JobPort>, wishes = {}) {
  const at = jobs(more);
  const call = spine({
    routes: [hot],
    providers: { "a.test": () => answers() },
    jobs: at.of,
    wishes: { key: "k1", ...wishes },
    logError: () => undefined,
  });
  return { at, call };
}

describe("a call with an Idempotency-Key", () => {
  it("is run by its job from the start", async () => {
    const { at, call } = keyedCall({ begin: () => Promise.resolve(completion("the job's")) }, { resumeAfter: "1.7" });

    expect(await call.ask()).toMatchObject({
      value: { kind: "job_answer", body: "the job's", from: { route: "hot/a/one" } },
    });
    expect(call.trail.asked()).toBe(0);
    expect(at.begun).toMatchObject([{ work: { jobId: expect.stringMatching(JOB_ID) }, resumeAfter: "1.7" }]);
  });

  it.each<[string, Begun, unknown]>([
    ["422 with another body", { kind: "other_body" }, { kind: "idempotency_key_reused" }],
    [
      "its refusal, kept",
      { kind: "refused", refusal: { kind: "content_filtered", reason: "no" } },
      { kind: "content_filtered" },
    ],
  ])("gets %s", async (_what, begun, failure) => {
    const { call } = keyedCall({ begin: () => Promise.resolve(begun) });

    expect(await call.ask()).toMatchObject({ ok: false, failure });
  });

  it("is never answered past its job: that could bill twice", async () => {
    const { call } = keyedCall({ begin: () => Promise.reject(new Error("the object is away")) });

    expect(await call.ask()).toMatchObject({
      ok: false,
      failure: { kind: "jobs_unavailable", retryAfterMs: 5_000 },
    });
    expect(call.trail.asked()).toBe(0);
  });

  it("is not kept by its job either while enable_cold_queue is off", async () => {
    const at = jobs({ begin: () => Promise.resolve(completion("the job's")) });
    await spine({ ...DOWN, jobs: at.of, wishes: { key: "k1" }, flags: { enable_cold_queue: false } }).ask();

    expect(at.begun).toMatchObject([{ work: { end: { step: "error" } } }]);
  });

  it("of an unknown model makes no job", async () => {
    const { at, call } = keyedCall({});

    expect(await call.ask({ model: "nope" })).toMatchObject({ ok: false, failure: { kind: "model_not_found" } });
    expect(at.begun).toEqual([]);
  });
});
