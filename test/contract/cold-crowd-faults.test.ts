/** Two hundred parked calls and a QStash that misbehaves: nothing is lost, and nothing comes twice. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FaultRule } from "../../dev/qstash/faults.ts";
import { ColdWorld, HOUR, MINUTE, SECOND, WORLD_STARTS_MS } from "../support/cold-world.ts";
import { allWell, verdictOf } from "../support/cold-world/verdict.ts";
import { seeded } from "../unit/breaker/support.ts";

const CALLS = 200;

/** A dispatch of which nothing was heard costs a minute or two; after three the job's alarm runs it itself. */
const WITH_NET = 15 * MINUTE;

let world: ColdWorld;

beforeEach(async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.useFakeTimers({ toFake: ["Date"], now: WORLD_STARTS_MS });
  world = await ColdWorld.start({ qstash: true, moved: (ms) => void vi.setSystemTime(ms) });
});
afterEach(async () => {
  await world.close();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** An outage of six minutes, 200 calls meanwhile. All are answered within this time of the return. */
async function outage(withinMs: number): Promise<void> {
  world.providers.away = true;
  await world.call(CALLS, 6 * MINUTE);
  const returnMs = world.clock.now();
  world.providers.away = false;
  await world.pass(withinMs);
  const verdict = await verdictOf(world, CALLS);
  const lastMs = verdict.lastAnswerAfter(returnMs);
  expect(world.bugs).toEqual([]);
  expect(verdict).toMatchObject(allWell(CALLS));
  expect(lastMs, `the last answer came ${lastMs / SECOND} s after the return`).toBeLessThanOrEqual(withinMs);
}

describe("200 calls in an outage, and every delivery of QStash", () => {
  it.each([
    ["comes twice at once", 10 * MINUTE, { fault: "twice" }],
    [
      "comes again half a minute later, when the next one is under way",
      10 * MINUTE,
      { fault: "again", ms: 30 * SECOND },
    ],
    ["is replayed by somebody", 10 * MINUTE, { fault: "replay", ms: 10 * SECOND }],
    ["comes so late that the job's alarm has published the next one", WITH_NET, { fault: "late", ms: 90 * SECOND }],
  ] satisfies [string, number, FaultRule][])(
    "%s: nothing is lost, nothing twice",
    async (_what, withinMs, fault) => {
      world.post.qstash.setFault(fault);
      await outage(withinMs);

      // Each but a job's last one is behind a newer dispatch when it comes the second time.
      expect(world.post.outcomes.get("stale"), "deliveries that did nothing").toBeGreaterThan(2 * CALLS);
    },
    30_000,
  );

  it("is overtaken by the next one, or its publishing is taken without an answer: nothing is lost, nothing twice", async () => {
    const { qstash } = world.post;
    // Every second one, for one overtakes another.
    const again = (): void => {
      qstash.clearFaults();
      qstash.setFault({ fault: "reorder", times: 1 });
      qstash.setFault({ fault: "lose-answer", times: 1 });
      world.clock.after(2 * SECOND, again);
    };
    again();
    await outage(WITH_NET);
  }, 30_000);

  it("meets any fault there is at any time: nothing is lost, nothing twice", async () => {
    const { qstash } = world.post;
    const random = seeded(5);
    const again = (): void => {
      const rule = ANY[Math.floor(random() * ANY.length)];
      if (rule !== undefined) qstash.setFault({ ...rule, times: 1 + Math.floor(3 * random()) });
      world.clock.after(2 * SECOND, again);
    };
    again();
    await outage(WITH_NET);
  }, 30_000);
});

const ANY: readonly FaultRule[] = [
  { fault: "drop" },
  { fault: "late", ms: 90 * SECOND },
  { fault: "reorder" },
  { fault: "twice" },
  { fault: "again", ms: 30 * SECOND },
  { fault: "replay", ms: 30 * SECOND },
  { fault: "skew" },
  { fault: "unsigned" },
  { fault: "forge" },
  { fault: "tamper" },
  { fault: "other-url" },
  { fault: "429-burst" },
  { fault: "412" },
  { fault: "500" },
  { fault: "lose-answer" },
];

describe("200 calls in an outage", () => {
  it("are all answered by their own alarms where QStash is down for the whole test", async () => {
    world.post.qstash.setFault({ fault: "down" });
    await outage(10 * MINUTE);

    expect(world.post.deliveries).toBe(0);
  }, 30_000);

  it("are all answered where QStash goes down with their messages in it", async () => {
    const { qstash } = world.post;
    world.clock.after(5 * MINUTE, () => qstash.setFault({ fault: "down" }));
    world.clock.after(HOUR, () => qstash.clearFaults());
    await outage(WITH_NET);
  }, 30_000);

  it("are all answered where the daily quota is used up in mid-way", async () => {
    const { qstash, outcomes } = world.post;
    qstash.setLimits({ messagesPerDay: 400 });
    await outage(10 * MINUTE);

    const ran = (outcomes.get("ran") ?? 0) + (outcomes.get("put_off") ?? 0);
    expect(ran, "deliveries that the quota left").toBeGreaterThan(300);
    expect(ran).toBeLessThanOrEqual(400);
  }, 30_000);
});
