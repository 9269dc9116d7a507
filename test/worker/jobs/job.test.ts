/** A job's Durable Object under eviction, alarms and a crowd. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { jobWorld } from "./entry.ts";
import { answers, dueInMs, held, jobOf, PARKED, resetWorld, rowsOf, until } from "./support.ts";

beforeEach(resetWorld);

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

describe("a parked call", () => {
  it("is stored with its alarm, survives eviction, and is delivered", async () => {
    const { stub, port, work } = jobOf("parked");
    expect(await port.park(work, { ...PARKED, retryAfterMs: 30_000 })).toMatchObject({ state: "queued", isNew: true });
    await evictDurableObject(stub);
    expect(await port.view()).toMatchObject({ state: "queued", history: [{ state: "stored" }, { state: "queued" }] });
    // The list has taken it, so the net behind the dispatch is next.
    await until(async () => ((await dueInMs(stub)) ?? 0) > 80_000);
    expect(await dueInMs(stub)).toBeLessThanOrEqual(90_000);

    jobWorld.aheadMs = 30_000;
    jobWorld.runs.push(answers("delivered"));
    expect(await port.deliver(1)).toBe("ran");
    await evictDurableObject(stub);
    expect(await port.view()).toMatchObject({ state: "answered", answer: '{"content":"delivered"}' });
  });

  it("whose object is killed between store and publish is published by the alarm", async () => {
    const before = jobOf("killed before publish");
    jobWorld.publish = () => new Promise(() => undefined);
    const parking = before.port.park(before.work, PARKED).catch(() => undefined);
    await until(() => jobWorld.published.length === 1);
    await abort(before.stub);
    await parking;
    const { stub, port } = jobOf("killed before publish");
    jobWorld.publish = () => Promise.resolve({ ok: true, messageId: "m" });
    jobWorld.aheadMs = 10_000;
    await runDurableObjectAlarm(stub);

    expect(await port.view()).toMatchObject({ state: "queued" });
    expect(jobWorld.published.map(({ dispatch }) => dispatch)).toEqual([1, 1]);
    jobWorld.runs.push(answers("after all"));
    expect(await port.deliver(1)).toBe("ran");
  });

  it("without a transport is run by its alarm", async () => {
    const { stub, port, work } = jobOf("no transport");
    jobWorld.publish = () => Promise.resolve({ ok: false, why: "none", detail: "" });
    await port.park(work, { ...PARKED, retryAfterMs: 20_000 });
    jobWorld.runs.push(answers("by the alarm"));
    jobWorld.aheadMs = 20_001;
    await runDurableObjectAlarm(stub);

    expect(await port.view()).toMatchObject({ state: "answered" });
  });

  it("of 5 MiB comes back as it was, from rows below 1 MiB", async () => {
    const { stub, port, work } = jobOf("large");
    const content = `€${"0123456789".repeat(512 * 1024)}`;
    await port.park({ ...work, request: { ...work.request, messages: [{ role: "user", content }] } }, PARKED);
    await evictDurableObject(stub);
    const lengths = await rowsOf(stub, "SELECT LENGTH(CAST(text AS BLOB)) AS bytes FROM bodies");
    expect(lengths.length).toBeGreaterThan(5);
    expect(Math.max(...lengths.map(({ bytes }) => Number(bytes)))).toBeLessThan(1024 * 1024);

    const sent: unknown[] = [];
    jobWorld.runs.push((given, how) => {
      sent.push(given.request.messages[0]?.content);
      return answers("x".repeat(5 * 1024 * 1024))(given, how);
    });
    jobWorld.aheadMs = 2_000;
    expect(await port.deliver(1)).toBe("ran");
    expect(sent[0] === content).toBe(true);
    await evictDurableObject(stub);
    expect((await port.view())?.answer?.length).toBeGreaterThan(5 * 1024 * 1024);
  });
});

describe("a run", () => {
  it("that is delivered twice at once happens once", async () => {
    const { port, work } = jobOf("twice");
    await port.park(work, PARKED);
    const run = held();
    jobWorld.runs.push(run.run);
    jobWorld.aheadMs = 2_000;
    const first = port.deliver(1);
    expect(await port.deliver(1)).toBe("running");
    run.end({ kind: "completion", body: "{}", by: { route: "r", told: null } });

    expect(await first).toBe("ran");
    expect(await port.deliver(1)).toBe("settled");
    expect(jobWorld.ran).toHaveLength(1);
  });

  it("whose object dies is taken back by the alarm when its lease is over, and starts over", async () => {
    const before = jobOf("died");
    await before.port.park(before.work, PARKED);
    jobWorld.runs.push(held().run);
    jobWorld.aheadMs = 2_000;
    const delivery = before.port.deliver(1).catch(() => undefined);
    await until(() => jobWorld.ran.length === 1);
    await abort(before.stub);
    await delivery;
    const { stub, port } = jobOf("died");
    expect(await port.view()).toMatchObject({ state: "running" });
    expect(await port.deliver(1)).toBe("running");

    jobWorld.aheadMs += MINUTE_MS;
    await runDurableObjectAlarm(stub);
    expect(await port.view()).toMatchObject({ state: "queued", attempts: 0 });
    jobWorld.runs.push(answers("the second run"));
    jobWorld.aheadMs += 2_000;
    expect(await port.deliver(1)).toBe("stale");
    expect(await port.deliver(2)).toBe("ran");
    expect(jobWorld.ran).toEqual(["died.1", "died.2"]);
  });

  it("that lives has its lease renewed by the alarm", async () => {
    const { stub, port, work } = jobOf("long");
    await port.park(work, PARKED);
    const run = held();
    jobWorld.runs.push(run.run);
    jobWorld.aheadMs = 2_000;
    const delivery = port.deliver(1);
    await until(() => jobWorld.ran.length === 1);
    for (let minute = 0; minute < 4; minute++) {
      jobWorld.aheadMs += MINUTE_MS;
      await runDurableObjectAlarm(stub);
    }
    expect(await port.view()).toMatchObject({ state: "running" });
    run.end({ kind: "completion", body: "{}", by: { route: "r", told: null } });

    expect(await delivery).toBe("ran");
    expect(jobWorld.ran).toHaveLength(1);
  });

  it("loses to a human's answer that came first", async () => {
    const { port, work } = jobOf("human first");
    await port.park(work, PARKED);
    const run = held();
    jobWorld.runs.push(run.run);
    jobWorld.aheadMs = 2_000;
    const delivery = port.deliver(1);
    await until(() => jobWorld.ran.length === 1);
    expect(await port.answer({ text: "by hand", by: "Ana", token: "link" })).toMatchObject({ ok: true });
    run.end({ kind: "completion", body: '{"late":true}', by: { route: "r", told: null } });
    await delivery;

    const view = await port.view();
    expect(view).toMatchObject({ state: "answered", answeredBy: "human" });
    expect(view?.answer).toContain("by hand");
    expect(await port.answer({ text: "again", by: "Ana", token: "link" })).toEqual({
      ok: false,
      failure: { kind: "link_used" },
    });
  });

  it("wakes whoever waits for the job, a crowd of them", async () => {
    const { port, work } = jobOf("crowd");
    await port.park(work, PARKED);
    const waiting = Array.from({ length: 50 }, () => port.settled(30_000));
    jobWorld.runs.push(answers("for all"));
    jobWorld.aheadMs = 2_000;
    const delivered = await Promise.all(Array.from({ length: 20 }, () => port.deliver(1)));

    expect(delivered.filter((what) => what === "ran")).toHaveLength(1);
    const states = (await Promise.all(waiting)).map((view) => view?.state);
    expect(new Set(states)).toEqual(new Set(["answered"]));
    expect(jobWorld.ran).toHaveLength(1);
  });
});

describe("the end of a job", () => {
  it("is told to the caller's server by the alarm, also after an eviction", async () => {
    const { stub, port, work } = jobOf("callback");
    await port.park({ ...work, callbackUrl: "https://caller.example.com/hook" }, PARKED);
    jobWorld.callback = () => Promise.resolve({ kind: "failed", detail: "500" });
    await port.answer({ text: "by hand", by: "Ana", token: null });
    await until(() => jobWorld.callbacks.length === 1);
    await evictDurableObject(stub);
    jobWorld.callback = () => Promise.resolve({ kind: "delivered" });
    jobWorld.aheadMs = 6_000;
    await runDurableObjectAlarm(stub);

    expect((await port.view())?.callback).toMatchObject({ state: "delivered", attempts: 2 });
    expect(new Set(jobWorld.callbacks.map(({ messageId }) => messageId)).size).toBe(1);
  });

  it("erases everything after the time of keeping, the alarm too, and leaves nothing for a late delivery", async () => {
    const { stub, port, work } = jobOf("erased");
    await port.park(work, PARKED);
    jobWorld.runs.push(answers("x"));
    jobWorld.aheadMs = 2_000;
    await port.deliver(1);
    jobWorld.aheadMs = 7 * DAY_MS + 1_000;
    await runDurableObjectAlarm(stub);
    await until(() => jobWorld.entries.at(-1)?.state === null);
    await runDurableObjectAlarm(stub);

    expect(await rowsOf(stub, "SELECT name FROM sqlite_master WHERE name = 'job'")).toEqual([]);
    expect(await dueInMs(stub)).toBeNull();
    expect(await port.view()).toBeNull();
    expect(await port.deliver(1)).toBe("unknown");
  });
});

/** As a kill -9: whatever runs in it is gone at once, what was written is not. */
async function abort(stub: ReturnType<typeof jobOf>["stub"]): Promise<void> {
  await runInDurableObject(stub, (_instance, state) => state.abort("killed by a test")).catch(() => undefined);
}
