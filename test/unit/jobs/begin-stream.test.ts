/** A stream with an `Idempotency-Key`: one run, taken up again wherever it was cut. */
import { describe, expect, it } from "vitest";
import type { Begun } from "../../../src/jobs/job-port.ts";
import type { RunResult } from "../../../src/jobs/run-result.ts";
import { heldStream, jobStage, ROUTE } from "../../support/job-stage.ts";
import { streamWork } from "../../support/job-work.ts";
import { eventsIn, reading } from "./support.ts";

function bodyOf(begun: Begun): ReadableStream<Uint8Array> {
  if (begun.kind !== "stream") throw new Error(`expected a stream, got ${begun.kind}`);
  return begun.body;
}

function textsIn(text: string): string {
  return eventsIn(text)
    .filter(({ data }) => data !== "[DONE]")
    .map(({ data }) => JSON.parse(data).choices?.[0]?.delta?.content ?? "")
    .join("");
}

/** Whoever has seen another run's text must not take this one's for the rest of it. */
const RESTARTED = { kind: "refused", refusal: { kind: "answer_restarted" } };

describe("a stream", () => {
  it("comes with ids, ends in [DONE], and comes again from the store", async () => {
    const stage = jobStage();
    const live = heldStream();
    stage.runs.push(live.runner);
    const begun = await stage.clock.run(stage.job.begin(streamWork(), null));
    const { read, over } = reading(bodyOf(begun));
    await live.say("one ");
    await live.say("two");
    await stage.clock.advance(0);
    expect(textsIn(read.text)).toBe("one two");
    expect(read.isOver).toBe(false);
    await live.finish();
    await stage.clock.run(over);

    expect(eventsIn(read.text).map(({ id }) => id)).toEqual(["1.1", "1.2", "1.3", "1.4"]);
    expect(eventsIn(read.text).at(-1)?.data).toBe("[DONE]");
    stage.evict();
    const again = reading(bodyOf(await stage.clock.run(stage.job.begin(streamWork(), null))));
    await stage.clock.run(again.over);
    expect(again.read.text).toBe(read.text);
    expect(stage.ran).toHaveLength(1);
    const view = await stage.job.view();
    expect(JSON.parse(view?.answer ?? "")).toMatchObject({
      object: "chat.completion",
      choices: [{ message: { content: "one two" }, finish_reason: "stop" }],
    });
  });

  it("is followed from the start, or from where one was, while it goes on", async () => {
    const stage = jobStage();
    const live = heldStream();
    stage.runs.push(live.runner);
    const first = reading(bodyOf(await stage.clock.run(stage.job.begin(streamWork(), null))));
    for (const word of ["a", "b", "c"]) await live.say(word);
    await stage.clock.advance(0);
    await first.cancel();
    const second = reading(bodyOf(await stage.clock.run(stage.job.begin(streamWork(), null))));
    const resumed = reading(bodyOf(await stage.clock.run(stage.job.begin(streamWork(), "1.2"))));
    const ofAnotherRun = await stage.clock.run(stage.job.begin(streamWork(), "7.2"));
    await live.say("d");
    await live.finish();
    await stage.clock.run(Promise.all([second.over, resumed.over]));

    expect(textsIn(second.read.text)).toBe("abcd");
    expect(textsIn(resumed.read.text)).toBe("cd");
    expect(ofAnotherRun).toEqual(RESTARTED);
    expect(stage.ran).toHaveLength(1);
  });

  it("goes on when nobody reads it any more", async () => {
    const stage = jobStage();
    const live = heldStream();
    stage.runs.push(live.runner);
    const first = reading(bodyOf(await stage.clock.run(stage.job.begin(streamWork(), null))));
    await first.cancel();
    await live.say("to the end");
    await live.finish();
    await stage.clock.advance(0);

    expect(await stage.job.view()).toMatchObject({ state: "answered" });
  });

  it("does not carry the usage chunk to those who did not ask, but the answer has it", async () => {
    const stage = jobStage();
    const live = heldStream();
    stage.runs.push(live.runner);
    const first = reading(bodyOf(await stage.clock.run(stage.job.begin(streamWork(), null))));
    await live.say("word");
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
    await live.send(
      JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage }),
    );
    await live.finish();
    await stage.clock.run(first.over);

    expect(first.read.text).not.toContain("prompt_tokens");
    expect(JSON.parse((await stage.job.view())?.answer ?? "")).toMatchObject({ usage });
  });

  it("that breaks off ends in its error, and the job starts over in the queue", async () => {
    const stage = jobStage();
    const live = heldStream();
    stage.runs.push(live.runner);
    const first = reading(bodyOf(await stage.clock.run(stage.job.begin(streamWork(), null))));
    await live.say("half ");
    await stage.clock.advance(600);
    await live.breakOff({ kind: "stream_cut", routeId: ROUTE, servedSince: false });
    await stage.clock.run(first.over);

    expect(JSON.parse(eventsIn(first.read.text).at(-1)?.data ?? "")).toMatchObject({ error: { code: "stream_cut" } });
    expect(first.read.text).not.toContain("[DONE]");
    expect(await stage.job.view()).toMatchObject({ state: "queued", attempts: 0 });
    expect(await stage.job.prompt()).toMatchObject({ draft: "half " });
    expect(stage.rows("SELECT * FROM chunks")).toEqual([]);

    const second = heldStream();
    stage.runs.push(second.runner);
    void stage.job.deliver(1);
    await second.say("whole");
    await second.finish();
    await stage.clock.advance(0);
    expect(await stage.clock.run(stage.job.begin(streamWork(), "1.1"))).toEqual(RESTARTED);
    const after = reading(bodyOf(await stage.clock.run(stage.job.begin(streamWork(), null))));
    await stage.clock.run(after.over);
    expect(textsIn(after.read.text)).toBe("whole");
    expect(eventsIn(after.read.text)[0]?.id).toBe("2.1");
  });

  it("without a finish reason is no whole answer", async () => {
    const stage = jobStage();
    const live = heldStream();
    stage.runs.push(live.runner);
    const first = reading(bodyOf(await stage.clock.run(stage.job.begin(streamWork(), null))));
    await live.say("half");
    await live.send("[DONE]");
    void live.finish().catch(() => undefined);
    await stage.clock.run(first.over);

    expect(first.read.text).not.toContain("[DONE]");
    expect(await stage.job.view()).toMatchObject({ state: "queued" });
  });

  it("is stored at most twice a second", async () => {
    const stage = jobStage();
    const live = heldStream();
    stage.runs.push(live.runner);
    await stage.clock.run(stage.job.begin(streamWork(), null));
    for (let word = 0; word < 40; word++) {
      await live.say(`word ${word} `);
      await stage.clock.advance(50);
    }
    const blocks = stage.rows<{ length: number }>("SELECT LENGTH(lines) AS length FROM chunks");

    expect(blocks.length).toBeGreaterThanOrEqual(3);
    expect(blocks.length).toBeLessThanOrEqual(4);
    // The head once, then what differs.
    expect(blocks.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(40 * 30 + 200);
  });

  it("of a run that was lost is gone on with by the next one, under the ids that its readers know", async () => {
    const { stage, next } = await lostAfter((lost) => lost.say("kept "));
    const begun = reading(bodyOf(await stage.clock.run(stage.job.begin(streamWork(), null))));
    const resumed = reading(bodyOf(await stage.clock.run(stage.job.begin(streamWork(), "1.1"))));
    await next.say("and gone on");
    await next.finish();
    await stage.clock.run(Promise.all([begun.over, resumed.over]));

    expect(stage.ran[1]?.how.said).toMatchObject({ text: "kept ", head: { object: "chat.completion.chunk" } });
    expect(textsIn(begun.read.text)).toBe("kept and gone on");
    expect(textsIn(resumed.read.text)).toBe("and gone on");
    expect(eventsIn(begun.read.text).map(({ id }) => id)).toEqual(["1.1", "2.2", "2.3", "2.4"]);
    expect(JSON.parse((await stage.job.view())?.answer ?? "")).toMatchObject({
      choices: [{ message: { content: "kept and gone on" } }],
    });

    stage.evict();
    const again = reading(bodyOf(await stage.clock.run(stage.job.begin(streamWork(), null))));
    await stage.clock.run(again.over);
    expect(again.read.text).toBe(begun.read.text);
  });

  it("of a run that was lost is never given twice: who saw more than was stored is told that it begins anew", async () => {
    const stage = jobStage();
    const [lost, next] = [heldStream(), heldStream()];
    stage.runs.push(lost.runner, next.runner);
    await stage.clock.run(stage.job.begin(streamWork(), null));
    await lost.say("kept ");
    await stage.clock.advance(600);
    await lost.say("seen, and not stored");
    stage.evict();
    await stage.clock.run(stage.job.begin(streamWork(), null));
    await next.say("other words");

    expect(await stage.clock.run(stage.job.begin(streamWork(), "1.2"))).toEqual(RESTARTED);
    expect(await stage.clock.run(stage.job.begin(streamWork(), "1.1"))).toMatchObject({ kind: "stream" });
  });

  it("of a lost run that held more than text begins anew", async () => {
    const call = { index: 0, id: "call_1", type: "function" as const, function: { name: "weather", arguments: "{" } };
    const { stage, next } = await lostAfter((lost) =>
      lost.send(
        JSON.stringify({ ...HEAD, choices: [{ index: 0, delta: { tool_calls: [call] }, finish_reason: null }] }),
      ),
    );
    const begun = reading(bodyOf(await stage.clock.run(stage.job.begin(streamWork(), null))));
    await next.say("anew");
    await next.finish();
    await stage.clock.run(begun.over);

    expect(stage.ran[1]?.how.said).toBeNull();
    expect(textsIn(begun.read.text)).toBe("anew");
    expect(stage.rows("SELECT DISTINCT run FROM chunks")).toEqual([{ run: 2 }]);
  });

  it("of a lost run begins anew where its answer may not be gone on with", async () => {
    const { stage, next } = await lostAfter((lost) => lost.say('{"half": '), false);
    const begun = reading(bodyOf(await stage.clock.run(stage.job.begin(streamWork(), null))));
    await next.say("anew");
    await next.finish();
    await stage.clock.run(begun.over);

    expect(stage.ran[1]?.how.said).toBeNull();
    expect(textsIn(begun.read.text)).toBe("anew");
  });

  it("that nobody can go on with right now waits for its next run, unless what came was no continuation", async () => {
    const { stage } = await lostAfter((lost) => lost.say("kept "));
    stage.runs.splice(
      0,
      1,
      () => Promise.resolve(refused("overloaded")),
      () => Promise.resolve(refused("seam_unproven")),
    );
    await stage.clock.run(stage.job.begin(streamWork(), null));
    await stage.clock.advance(3_600_000);

    expect(stage.ran.map(({ how }) => how.said?.text ?? null).slice(0, 4)).toEqual([null, "kept ", "kept ", null]);
  });
});

const HEAD = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" };

/** A run that has said something when its object is evicted, half a second later; `next` is the one after it. */
async function lostAfter(say: (lost: ReturnType<typeof heldStream>) => Promise<void>, mayBeContinued = true) {
  const stage = jobStage({ mayBeContinued });
  const [lost, next] = [heldStream(), heldStream()];
  stage.runs.push(lost.runner, next.runner);
  await stage.clock.run(stage.job.begin(streamWork(), null));
  await say(lost);
  await stage.clock.advance(600);
  stage.evict();
  return { stage, next };
}

function refused(kind: "overloaded" | "seam_unproven"): RunResult {
  return {
    kind: "refused",
    refusal: { kind: "providers_failed", failures: [kind], retryAfterMs: 1_000 },
    failures: [{ kind, routeId: ROUTE, servedSince: false }],
    asked: 1,
    pausedOnly: false,
    retryAfterMs: 1_000,
  };
}
