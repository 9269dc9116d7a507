/** A call with an `Idempotency-Key` belongs to its job: one run, one bill, whoever comes back for it. */
import { describe, expect, it } from "vitest";
import type { Begun } from "../../../src/jobs/job-port.ts";
import { completes, heldRun, jobStage, putOff, BY } from "../../support/job-stage.ts";
import { jobWork, streamWork } from "../../support/job-work.ts";
import { eventsIn, reading } from "./support.ts";

const KEYED = { end: { step: "error" } } as const;

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

describe("a whole answer", () => {
  it("is the first caller's, and every later one's, for one run", async () => {
    const stage = jobStage();
    stage.runs.push(completes());
    const first = await stage.clock.run(stage.job.begin(jobWork(), null));
    const second = await stage.clock.run(stage.job.begin(jobWork(), null));

    expect(first).toMatchObject({ kind: "completion", from: BY, by: "provider" });
    expect(second).toEqual(first);
    expect(stage.ran).toHaveLength(1);
    expect(stage.ran[0]?.how).toMatchObject({ deadlineMs: 30_000, stream: false });
  });

  it("is waited for by whoever comes meanwhile", async () => {
    const stage = jobStage();
    const held = heldRun();
    stage.runs.push(held.runner);
    const both = Promise.all([stage.job.begin(jobWork(), null), stage.job.begin(jobWork(), null)]);
    await stage.clock.advance(5_000);
    held.end({ kind: "completion", body: "{}", by: BY });

    expect(await stage.clock.run(both)).toMatchObject([{ body: "{}" }, { body: "{}" }]);
    expect(stage.ran).toHaveLength(1);
  });

  it("is not given for another body", async () => {
    const stage = jobStage();
    stage.runs.push(completes());
    await stage.clock.run(stage.job.begin(jobWork(), null));

    expect(await stage.job.begin(jobWork({ bodyHash: "another" }), null)).toEqual({ kind: "other_body" });
  });
});

describe("a first run that nobody answers", () => {
  it("is parked where the kind parks, for those too who came meanwhile", async () => {
    const stage = jobStage();
    const held = heldRun();
    stage.runs.push(held.runner);
    const both = Promise.all([stage.job.begin(jobWork(), null), stage.job.begin(jobWork(), null)]);
    await stage.clock.advance(1_000);
    held.end(putOff({ retryAfterMs: 20_000 }));
    const begun = await stage.clock.run(both);

    expect(begun).toMatchObject([
      { kind: "parked", parked: { state: "queued", retryAfterMs: 20_000 }, onCold: "accepted" },
      { kind: "parked" },
    ]);
    expect(stage.published).toMatchObject([{ dispatch: 1 }]);
    await stage.clock.advance(0);
    expect(stage.notices).toMatchObject([{ kind: "cold" }]);
  });

  it("is refused where it does not, and its key is free again", async () => {
    const stage = jobStage();
    const held = heldRun();
    stage.runs.push(held.runner);
    const both = Promise.all([stage.job.begin(jobWork(KEYED), null), stage.job.begin(jobWork(KEYED), null)]);
    await stage.clock.advance(1_000);
    held.end(putOff());
    expect(await stage.clock.run(both)).toMatchObject([{ kind: "refused" }, { kind: "refused" }]);
    expect(stage.rows("SELECT * FROM bodies")).toEqual([]);
    expect(await stage.job.view()).toBeNull();

    stage.runs.push(completes());
    expect(await stage.clock.run(stage.job.begin(jobWork({ ...KEYED, bodyHash: "another" }), null))).toMatchObject({
      kind: "completion",
    });
    expect(stage.ran.map(({ how }) => how.runId.split(".").at(-1))).toEqual(["1", "2"]);
  });

  it("goes to a human where the kind says so", async () => {
    const stage = jobStage();
    stage.runs.push(() => Promise.resolve(putOff()));
    const end = { step: "human", dueMs: 7_200_000 } as const;
    const begun = await stage.clock.run(stage.job.begin(jobWork({ end }), null));

    expect(begun).toMatchObject({ kind: "parked", parked: { state: "waiting_for_human" } });
    expect(stage.published).toEqual([]);
  });

  it("is refused for the request's own fault, and not kept", async () => {
    const stage = jobStage();
    const refusal = { kind: "content_filtered", reason: "no" } as const;
    stage.runs.push(() => Promise.resolve(putOff({ refusal, asked: 1 })));

    expect(await stage.clock.run(stage.job.begin(jobWork(), null))).toEqual({ kind: "refused", refusal });
    expect(await stage.job.find(1_000)).toBeNull();
  });
});

describe("a job that is over", () => {
  it("gives a stream's caller the human's answer as a stream", async () => {
    const stage = jobStage();
    stage.runs.push(() => Promise.resolve(putOff()));
    await stage.clock.run(stage.job.begin(streamWork(), null));
    await stage.clock.run(stage.job.answer({ text: "by hand", by: "Ana", token: null }));
    const begun = reading(bodyOf(await stage.clock.run(stage.job.begin(streamWork(), null))));
    await stage.clock.run(begun.over);

    expect(textsIn(begun.read.text)).toBe("by hand");
    expect(eventsIn(begun.read.text).at(-1)?.data).toBe("[DONE]");
    expect(begun.read.text).toContain('"model":"human"');
  });

  it("and dead says why", async () => {
    const stage = jobStage();
    const refusal = { kind: "request_rejected", reason: "no", param: null } as const;
    stage.runs.push(
      () => Promise.resolve(putOff()),
      () => Promise.resolve(putOff({ refusal, asked: 1 })),
    );
    await stage.clock.run(stage.job.begin(jobWork(), null));
    await stage.clock.advance(5_000);
    await stage.clock.run(stage.job.deliver(1));

    expect(await stage.job.begin(jobWork(), null)).toEqual({ kind: "refused", refusal });
  });

  it("and cancelled makes room for a new one under its key, which is newer in every number", async () => {
    const stage = jobStage();
    stage.runs.push(() => Promise.resolve(putOff()), completes("anew"));
    await stage.clock.run(stage.job.begin(jobWork(), null));
    await stage.clock.run(stage.job.cancel("the caller"));
    const before = stage.entries.at(-1)?.version ?? Infinity;

    expect(await stage.clock.run(stage.job.begin(jobWork({ bodyHash: "new" }), null))).toMatchObject({
      kind: "completion",
    });
    await stage.clock.advance(0);
    expect(stage.entries.at(-1)?.version).toBeGreaterThan(before);
    expect(await stage.job.deliver(1)).toBe("settled");
    expect((await stage.job.view())?.history.map(({ state }) => state)).toEqual(["stored", "running", "answered"]);
  });
});

describe("a caller who comes back after its object was evicted", () => {
  it("is not told to wait for the lease: the call is run at once", async () => {
    const stage = jobStage();
    stage.runs.push(heldRun().runner);
    void stage.job.begin(jobWork(), null);
    await stage.clock.advance(1_000);
    stage.evict();
    stage.runs.push(completes());

    expect(await stage.clock.run(stage.job.begin(jobWork(), null))).toMatchObject({ kind: "completion" });
    expect(stage.ran).toHaveLength(2);
  });
});
