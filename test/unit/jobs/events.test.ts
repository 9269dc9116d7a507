/** A job's event stream: cut anywhere and taken up again it is the same stream. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { completes, fails, heldRun, heldStream, jobStage, type JobStage, ROUTE } from "../../support/job-stage.ts";
import { jobWork, streamWork } from "../../support/job-work.ts";
import { eventsIn, type IdEvent, reading } from "./support.ts";

const HOW = { reason: "providers_failed", retryAfterMs: 0, human: null };

async function follow(stage: JobStage, after: string | null) {
  const body = await stage.job.events(after);
  if (body === null) throw new Error("there is no such job");
  return reading(body);
}

async function eventsAfter(stage: JobStage, after: string | null): Promise<readonly IdEvent[]> {
  const follower = await follow(stage, after);
  await stage.clock.run(follower.over);
  return eventsIn(follower.read.text);
}

/** A first run that broke off after words, a second one that answered. */
async function answeredInTwoRuns(): Promise<JobStage> {
  const stage = jobStage();
  const [first, second] = [heldStream(), heldStream()];
  stage.runs.push(first.runner, second.runner);
  await stage.clock.run(stage.job.park(streamWork(), HOW));
  await stage.clock.advance(1_000);
  void stage.job.deliver(1);
  await first.say("thrown away");
  await first.breakOff({ kind: "stream_cut", routeId: ROUTE, servedSince: false });
  await stage.clock.advance(2_000);
  void stage.job.deliver(2);
  for (const word of ["the ", "whole ", "answer"]) await second.say(word);
  await second.finish();
  await stage.clock.advance(0);
  return stage;
}

describe("the events of a job that is answered", () => {
  it("are its states, its text and its answer, in order, each with an id of its own", async () => {
    const stage = await answeredInTwoRuns();
    const events = await eventsAfter(stage, null);

    expect(events.map(({ event, data }) => (event === "status" ? JSON.parse(data).status : event))).toEqual([
      "stored",
      "queued",
      "running",
      "queued",
      "running",
      "restart",
      "chunk",
      "chunk",
      "chunk",
      "chunk",
      "answered",
      "answer",
    ]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(JSON.parse(events.at(-1)?.data ?? "")).toMatchObject({
      choices: [{ message: { content: "the whole answer" } }],
    });
    const [stored, ...later] = events.filter(({ event }) => event === "status").map(({ data }) => JSON.parse(data));
    expect(stored).toMatchObject({ object: "job", status: "stored", attempts: 0, answered_by: null });
    expect(stored).not.toHaveProperty("answer");
    expect(stored.history).toHaveLength(1);
    expect(later.at(-1)).toMatchObject({ status: "answered", answered_by: "provider", route: ROUTE });
    expect(JSON.stringify(events)).not.toContain("the prompt");
  });

  it("go on after every one of them as if nothing had been cut", async () => {
    const stage = await answeredInTwoRuns();
    const events = await eventsAfter(stage, null);
    for (const [place, { id }] of events.entries()) {
      expect(await eventsAfter(stage, id), `after ${id}`).toEqual(events.slice(place + 1));
    }
  });

  it("come whole to whoever names an id that nobody gave out", async () => {
    const stage = await answeredInTwoRuns();
    const events = await eventsAfter(stage, null);

    for (const id of ["nonsense", "s", "1.x", "-1.2", ""]) expect(await eventsAfter(stage, id)).toEqual(events);
  });

  it("after text of a run that failed begin with what came after it, and say that the text starts over", async () => {
    const stage = await answeredInTwoRuns();
    const events = await eventsAfter(stage, null);

    expect(await eventsAfter(stage, "1.1")).toEqual(events.slice(3));
  });
});

describe("a job that is followed while it runs", () => {
  it("gives the same events to a follower who is cut off again and again", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.string({ unit: "grapheme", maxLength: 8 }), fc.constant(null)), { maxLength: 30 }),
        async (script) => {
          const stage = jobStage();
          const live = heldStream();
          stage.runs.push(live.runner);
          await stage.clock.run(stage.job.park(streamWork(), HOW));
          await stage.clock.advance(1_000);
          const steady = await follow(stage, null);
          let cut = await follow(stage, null);
          const seen: IdEvent[] = [];
          const cutOff = async (): Promise<void> => {
            await stage.clock.advance(0);
            seen.push(...eventsIn(cut.read.text));
            await cut.cancel();
            cut = await follow(stage, seen.at(-1)?.id ?? null);
          };
          void stage.job.deliver(1);
          await stage.clock.advance(0);
          // Null: the follower is cut off.
          for (const step of script) await (step === null ? cutOff() : live.say(step));
          await live.finish();
          await stage.clock.run(Promise.all([steady.over, cut.over]));
          seen.push(...eventsIn(cut.read.text));

          expect(seen).toEqual(eventsIn(steady.read.text));
          expect(seen.at(-1)?.event).toBe("answer");
        },
      ),
      { numRuns: 60 },
    );
  });

  it("shows a running text before it has ended", async () => {
    const stage = jobStage();
    const live = heldStream();
    stage.runs.push(live.runner);
    await stage.clock.run(stage.job.park(streamWork(), HOW));
    await stage.clock.advance(1_000);
    const follower = await follow(stage, null);
    void stage.job.deliver(1);
    await live.say("now");
    await stage.clock.advance(0);

    expect(eventsIn(follower.read.text).at(-1)).toMatchObject({ event: "chunk", id: "1.1" });
    await live.finish();
    await stage.clock.run(follower.over);
  });
});

describe("a follower of a job that waits", () => {
  it("is sent away after 60 s with the job's own estimate, and kept alive until then", async () => {
    const stage = jobStage();
    await stage.clock.run(stage.job.park(jobWork(), { ...HOW, retryAfterMs: 200_000 }));
    const follower = await follow(stage, null);
    await stage.clock.advance(0);
    await stage.clock.advance(59_999);
    expect(follower.read.isOver).toBe(false);
    expect(follower.read.text.match(/: keep-alive/g)).toHaveLength(3);
    await stage.clock.advance(1);
    await stage.clock.run(follower.over);

    expect(follower.read.text.startsWith("retry: 200000\n\n")).toBe(true);
    expect(follower.read.text.endsWith("retry: 140000\n\n")).toBe(true);
  });

  it("stays while it runs, and is sent away 60 s after it was put off", async () => {
    const stage = jobStage();
    const held = heldRun();
    stage.runs.push(held.runner);
    await stage.clock.run(stage.job.park(jobWork(), HOW));
    await stage.clock.advance(1_000);
    const follower = await follow(stage, null);
    const delivered = stage.job.deliver(1);
    await stage.clock.advance(200_000);
    expect(follower.read.isOver).toBe(false);
    held.end(await fails({ kind: "overloaded" })(jobWork(), stage.ran[0]?.how ?? never()));
    await stage.clock.run(delivered);
    await stage.clock.advance(59_000);
    expect(follower.read.isOver).toBe(false);
    await stage.clock.advance(2_000);
    expect(follower.read.isOver).toBe(true);
  });

  it("hears of a cancel, and the stream ends", async () => {
    const stage = jobStage();
    await stage.clock.run(stage.job.park(jobWork(), HOW));
    const follower = await follow(stage, null);
    await stage.clock.advance(10);
    await stage.clock.run(stage.job.cancel("the caller"));
    await stage.clock.run(follower.over);

    expect(
      eventsIn(follower.read.text)
        .map(({ event }) => event)
        .slice(-2),
    ).toEqual(["status", "cancelled"]);
  });

  it("hears of the end of a dead job, and again when it was sent back and answered", async () => {
    const stage = jobStage();
    stage.runs.push(fails({ kind: "unreadable" }), completes());
    Object.assign(stage.settings, { attempts: 1 });
    await stage.clock.run(stage.job.park(jobWork(), HOW));
    await stage.clock.advance(1_000);
    await stage.clock.run(stage.job.deliver(1));
    const dead = await eventsAfter(stage, null);
    expect(dead.at(-1)).toMatchObject({ event: "dead" });
    await stage.clock.run(stage.job.retry("Ana", null));
    await stage.clock.run(stage.job.deliver(2));

    const after = await eventsAfter(stage, dead.at(-1)?.id ?? null);
    expect(after.map(({ event }) => event)).toEqual(["status", "status", "status", "answer"]);
  });

  it("who reads nothing holds no text: only what was asked for is put together", async () => {
    const stage = jobStage();
    const live = heldStream();
    stage.runs.push(live.runner);
    await stage.clock.run(stage.job.park(streamWork(), HOW));
    await stage.clock.advance(1_000);
    const body = await stage.job.events(null);
    void stage.job.deliver(1);
    for (let chunk = 0; chunk < 40; chunk++) await live.say("x".repeat(100_000));
    await live.finish();
    await stage.clock.advance(0);
    const follower = reading(body ?? never());
    await stage.clock.run(follower.over);

    expect(eventsIn(follower.read.text).filter(({ event }) => event === "chunk")).toHaveLength(41);
  });
});

function never(): never {
  throw new Error("it never came");
}
