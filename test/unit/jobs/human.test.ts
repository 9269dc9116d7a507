/** What people do to a job, and what everybody else is told of it. */
import { describe, expect, it } from "vitest";
import { completes, heldRun, heldStream, jobStage, type JobStage, putOff, BY } from "../../support/job-stage.ts";
import { jobWork, STAGE_JOB_ID, streamWork } from "../../support/job-work.ts";
import { eventsIn, reading } from "./support.ts";

const HOUR_MS = 3_600_000;
const QUEUED = { reason: "providers_failed", retryAfterMs: 10_000, human: null };
const HUMAN = { ...QUEUED, human: { dueMs: 2 * HOUR_MS } };
const BY_HAND = { text: "by hand", by: "Ana", token: null };

async function parked(how = QUEUED as typeof QUEUED | typeof HUMAN, more = {}): Promise<JobStage> {
  const stage = jobStage();
  await stage.clock.run(stage.job.park(jobWork(more), how));
  return stage;
}

describe("a call for a human", () => {
  it("is not published, and the notice says by when", async () => {
    const stage = await parked(HUMAN);
    await stage.clock.advance(0);

    expect(stage.published).toEqual([]);
    expect(await stage.job.view()).toMatchObject({
      state: "waiting_for_human",
      dueAtMs: stage.clock.now() + 2 * HOUR_MS,
      nextRunAtMs: null,
    });
    expect(stage.notices).toMatchObject([
      { kind: "job_waiting", jobIds: [STAGE_JOB_ID], dueAtMs: stage.clock.now() + 2 * HOUR_MS, reminders: 0 },
    ]);
    expect(stage.notices[0]?.links[0]?.url).toBe(`https://lisbon.example.com/admin/act?answer=${STAGE_JOB_ID}`);
  });

  it("that is overdue is told to the next person, each time the same span passes", async () => {
    const stage = await parked(HUMAN);
    await stage.clock.advance(2 * HOUR_MS - 1);
    expect(stage.notices).toHaveLength(1);
    await stage.clock.advance(4 * HOUR_MS + 1);

    const reminders = stage.notices.slice(1);
    expect(reminders.map((notice) => [notice.kind, notice.reminders])).toEqual([
      ["job_overdue", 1],
      ["job_overdue", 2],
      ["job_overdue", 3],
    ]);
    expect(new Set(reminders.map(({ key }) => key)).size).toBe(3);
  });

  it("answered nine hours later reaches the callback, and no later answer counts", async () => {
    const stage = await parked(HUMAN, { callbackUrl: "https://caller.example.com/hook" });
    await stage.clock.advance(9 * HOUR_MS);
    const answered = await stage.clock.run(stage.job.answer(BY_HAND));
    const second = await stage.clock.run(stage.job.answer({ ...BY_HAND, text: "another" }));
    await stage.clock.advance(0);

    expect(answered).toMatchObject({ ok: true, value: { state: "answered", answeredBy: "human", dueAtMs: null } });
    expect(second).toEqual({ ok: false, failure: { kind: "job_settled", state: "answered" } });
    expect(stage.callbacks).toHaveLength(1);
    expect(JSON.parse(stage.callbacks[0]?.body ?? "")).toMatchObject({
      type: "job.answered",
      timestamp: new Date(stage.clock.now()).toISOString(),
      data: {
        id: STAGE_JOB_ID,
        status: "answered",
        answered_by: "human",
        answer: { model: "human", choices: [{ message: { content: "by hand" }, finish_reason: "stop" }] },
      },
    });
    await stage.clock.advance(10 * HOUR_MS);
    expect(stage.notices.filter(({ kind }) => kind === "job_overdue").length).toBe(4);
  });

  it("sent to the queue is run", async () => {
    const stage = await parked(HUMAN);
    stage.runs.push(completes());
    await stage.clock.run(stage.job.retry("Ana", null));
    expect(stage.published).toMatchObject([{ dispatch: 1, notBeforeMs: null }]);
    await stage.clock.run(stage.job.deliver(1));

    expect(await stage.job.view()).toMatchObject({ state: "answered", answeredBy: "provider" });
  });
});

describe("a human's answer while it runs", () => {
  it("is the first and stays: the run is aborted, its answer thrown away", async () => {
    const stage = await parked();
    const held = heldRun();
    stage.runs.push(held.runner);
    await stage.clock.advance(10_000);
    const delivered = stage.job.deliver(1);
    await stage.clock.advance(0);
    await stage.clock.run(stage.job.answer(BY_HAND));
    expect(held.begun.signal?.aborted).toBe(true);
    held.end({ kind: "completion", body: '{"late":true}', by: BY });
    await stage.clock.run(delivered);

    expect(await stage.job.view()).toMatchObject({ state: "answered", answeredBy: "human", attempts: 0 });
    expect((await stage.job.view())?.answer).not.toContain("late");
    expect(await stage.job.deliver(1)).toBe("settled");
  });

  it("is told to those who were reading a stream, who never see a clean end", async () => {
    const stage = jobStage();
    const live = heldStream();
    stage.runs.push(live.runner);
    const begun = await stage.clock.run(stage.job.begin(streamWork(), null));
    if (begun.kind !== "stream") throw new Error("no stream");
    const reader = reading(begun.body);
    await live.say("half");
    await stage.clock.advance(0);
    await stage.clock.run(stage.job.answer(BY_HAND));
    await stage.clock.run(reader.over);

    expect(eventsIn(reader.read.text).at(-1)?.data).toContain('"code":"superseded"');
    expect(reader.read.text).not.toContain("[DONE]");

    expect(await stage.clock.run(stage.job.begin(streamWork(), "1.1"))).toMatchObject({
      refusal: { kind: "answer_restarted" },
    });
    const again = await stage.clock.run(stage.job.begin(streamWork(), null));
    if (again.kind !== "stream") throw new Error("no stream");
    const whole = reading(again.body);
    await stage.clock.run(whole.over);
    expect(eventsIn(whole.read.text).map(({ id }) => id)).toEqual(["2.1", "2.2", "2.3", "2.4"]);
    expect(whole.read.text).toContain("by hand");
  });
});

describe("a call that is a human's", () => {
  it("goes back to a human when it was sent to the queue and nobody could answer it there", async () => {
    const end = { step: "human", dueMs: 2 * HOUR_MS };
    const stage = await parked(HUMAN, { end });
    stage.runs.push(() => Promise.resolve(putOff()));
    await stage.clock.run(stage.job.retry("Ana", null));
    await stage.clock.run(stage.job.deliver(1));

    expect(await stage.job.view()).toMatchObject({
      state: "waiting_for_human",
      dueAtMs: stage.clock.now() + 2 * HOUR_MS,
    });
  });
});

describe("a repeat that is the first to say where to call back", () => {
  it("is heard, and the address that was known first stays", async () => {
    const stage = await parked(QUEUED);
    const named = { ...jobWork(), callbackUrl: "https://caller.example.com/hook" };
    await stage.clock.run(stage.job.begin(named, null));
    await stage.clock.run(stage.job.begin({ ...named, callbackUrl: "https://other.example.com/" }, null));

    expect(await stage.job.view()).toMatchObject({ callback: { url: "https://caller.example.com/hook" } });
  });
});

describe("a link", () => {
  it("works once", async () => {
    const stage = await parked(HUMAN);
    expect(await stage.clock.run(stage.job.retry("Ana", "link-1"))).toMatchObject({ ok: true });
    expect(await stage.clock.run(stage.job.answer({ ...BY_HAND, token: "link-1" }))).toEqual({
      ok: false,
      failure: { kind: "link_used" },
    });
    expect(await stage.clock.run(stage.job.answer({ ...BY_HAND, token: "link-2" }))).toMatchObject({ ok: true });
  });

  it("that changed nothing is not used up", async () => {
    const stage = await parked(HUMAN);
    await stage.clock.run(stage.job.answer(BY_HAND));
    expect(await stage.clock.run(stage.job.retry("Ana", "link-1"))).toMatchObject({ failure: { kind: "job_settled" } });
    expect(stage.rows("SELECT * FROM used_links")).toEqual([]);
  });
});

async function dead(): Promise<JobStage> {
  const stage = await parked({ ...QUEUED, retryAfterMs: 0 });
  stage.runs.push(() => Promise.resolve(putOff({ refusal: { kind: "not_capable", what: ["tools"] }, asked: 0 })));
  await stage.clock.advance(1_000);
  await stage.clock.run(stage.job.deliver(1));
  expect(await stage.job.view()).toMatchObject({ state: "dead" });
  return stage;
}

describe("a dead job", () => {
  it("edited is run with the new request, with all its attempts and all its time", async () => {
    const stage = await dead();
    await stage.clock.advance(23 * HOUR_MS);
    stage.runs.push(completes());
    const request = { model: "auto", messages: [{ role: "user" as const, content: "edited" }] };
    await stage.clock.run(stage.job.edit(request, "Ana"));
    await stage.clock.run(stage.job.deliver(2));

    expect(stage.ran.at(-1)?.work.request).toMatchObject(request);
    expect(await stage.job.view()).toMatchObject({ state: "answered", model: "auto", attempts: 0, refusal: null });
  });

  it("is answered by a human as well", async () => {
    const stage = await dead();

    expect(await stage.clock.run(stage.job.answer(BY_HAND))).toMatchObject({ ok: true, value: { state: "answered" } });
  });
});

describe("cancelling", () => {
  it("erases prompt, answer and text, keeps a mark, and aborts the run", async () => {
    const stage = jobStage();
    const live = heldStream();
    stage.runs.push(live.runner);
    await stage.clock.run(stage.job.begin(streamWork(), null));
    await live.say("half");
    await stage.clock.advance(600);
    const view = await stage.clock.run(stage.job.cancel("the caller"));

    expect(view).toMatchObject({ ok: true, value: { state: "cancelled", erased: true, answer: null } });
    expect(stage.rows("SELECT * FROM bodies")).toEqual([]);
    expect(stage.rows("SELECT * FROM chunks")).toEqual([]);
    expect(await stage.job.prompt()).toBeNull();
    expect(await stage.job.deliver(1)).toBe("stale");
    expect(await stage.clock.run(stage.job.cancel("again"))).toMatchObject({ ok: true });
    expect(await stage.job.answer(BY_HAND)).toEqual({ ok: false, failure: { kind: "job_erased" } });
  });

  it("of an answered job erases it, and it stays answered", async () => {
    const stage = await parked({ ...QUEUED, retryAfterMs: 0 });
    stage.runs.push(completes());
    await stage.clock.advance(1_000);
    await stage.clock.run(stage.job.deliver(1));
    await stage.clock.run(stage.job.cancel("the caller"));

    expect(await stage.job.view()).toMatchObject({ state: "answered", erased: true, answer: null });
  });

  it("tells the callback", async () => {
    const stage = await parked(QUEUED, { callbackUrl: "https://caller.example.com/hook" });
    await stage.clock.run(stage.job.cancel("the caller"));
    await stage.clock.advance(0);

    expect(JSON.parse(stage.callbacks[0]?.body ?? "")).toMatchObject({ type: "job.cancelled", data: { answer: null } });
  });
});
