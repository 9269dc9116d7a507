/** What leaves a job's Durable Object as a stream. */
import { evictDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { jobWorld } from "./entry.ts";
import { jobOf, PARKED, resetWorld, streaming, until } from "./support.ts";

beforeEach(resetWorld);

describe("a keyed stream", () => {
  it("is followed by two, cut, taken up again, and given from the store after an eviction: one run", async () => {
    const { stub, port, streamWork } = jobOf("keyed stream");
    const live = streaming();
    jobWorld.runs.push(live.run);
    const [first, second] = await Promise.all([port.begin(streamWork, null), port.begin(streamWork, null)]);
    const one = textOf(first);
    live.say("one ");
    await until(() => one.text.includes("one "));
    await one.hangUp();
    live.say("two ");
    const two = textOf(second);
    const resumed = textOf(await port.begin(streamWork, "1.1"));
    live.say("three");
    live.finish();
    await Promise.all([two.over, resumed.over]);

    expect(two.text.match(/"content":"[^"]*"/g)).toEqual(['"content":"one "', '"content":"two "', '"content":"three"']);
    expect(resumed.text.startsWith("id: 1.2\n")).toBe(true);
    expect(two.text.endsWith("id: 1.5\ndata: [DONE]\n\n")).toBe(true);
    await evictDurableObject(stub);
    const stored = textOf(await port.begin(streamWork, null));
    await stored.over;
    expect(stored.text).toBe(two.text);
    expect(jobWorld.ran).toHaveLength(1);
  });

  it("goes on to its end when its only reader has hung up", async () => {
    const { port, streamWork } = jobOf("hung up");
    const live = streaming();
    jobWorld.runs.push(live.run);
    const only = textOf(await port.begin(streamWork, null));
    live.say("one");
    await until(() => only.text.includes("one"));
    await only.hangUp();
    live.say("two");
    live.finish();

    expect(await port.settled(5_000)).toMatchObject({ state: "answered" });
  });

  it("of 6 MiB reaches a slow reader whole", async () => {
    const { port, streamWork } = jobOf("large stream");
    const live = streaming();
    jobWorld.runs.push(live.run);
    const begun = await port.begin(streamWork, null);
    for (let piece = 0; piece < 60; piece++) live.say("x".repeat(100_000));
    live.finish();
    expect(await port.settled(5_000)).toMatchObject({ state: "answered" });
    const slow = textOf(begun);
    await slow.over;

    expect(slow.text.length).toBeGreaterThan(6_000_000);
    expect(slow.text.endsWith("data: [DONE]\n\n")).toBe(true);
  });
});

describe("a job's events", () => {
  it("are the same to who was cut off and to who was not", async () => {
    const { stub, port, streamWork } = jobOf("events");
    await port.park(streamWork, PARKED);
    const steady = eventsOf(await port.events(null));
    const live = streaming();
    jobWorld.runs.push(live.run);
    jobWorld.aheadMs = 2_000;
    const delivery = port.deliver(1);
    live.say("one ");
    await until(() => steady.text.includes('"one "'));
    const cut = eventsOf(await port.events("s1"));
    live.say("two");
    live.finish();
    await delivery;
    await Promise.all([steady.over, cut.over]);
    await evictDurableObject(stub);
    const after = eventsOf(await port.events("1.1"));
    await after.over;

    expect(idsIn(cut.text)).toEqual(idsIn(steady.text));
    expect(idsIn(after.text)).toEqual(idsIn(steady.text).slice(idsIn(steady.text).indexOf("1.1") + 1));
    expect(steady.text).toContain("event: answer");
  });
});

function textOf(begun: Awaited<ReturnType<ReturnType<typeof jobOf>["port"]["begin"]>>) {
  if (begun.kind !== "stream") throw new Error(`expected a stream, got ${begun.kind}`);
  return eventsOf(begun.body);
}

function eventsOf(body: ReadableStream<Uint8Array> | null) {
  if (body === null) throw new Error("there is no stream");
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const read = { text: "", over: Promise.resolve(), hangUp: () => reader.cancel().catch(() => undefined) };
  read.over = (async () => {
    for (;;) {
      // Hanging up rejects what is being read.
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }) as const);
      if (done) return;
      read.text += decoder.decode(value, { stream: true });
    }
  })();
  return read;
}

function idsIn(text: string): readonly string[] {
  return [...text.matchAll(/^id: (.*)$/gm)].map(([, id = ""]) => id);
}
