/**
 * A thousand parked calls that QStash delivers, over HTTP and signed, through
 * the whole product under one clock (`test/support/cold-world.ts`). The same
 * without QStash: `test/unit/jobs/crowd.test.ts`.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ColdWorld, HOUR, ISOLATES, MINUTE, SECOND, WORLD_STARTS_MS } from "../support/cold-world.ts";
import { allWell, verdictOf } from "../support/cold-world/verdict.ts";

const CALLS = 1_000;
const ALL_WELL = { ...allWell(CALLS), restless: [] };
const PARALLELISM = 10;
const LAST_MINUTES = 5 * MINUTE;

let world: ColdWorld;

beforeEach(async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  // Signatures are judged by `Date`, which goes with the world.
  vi.useFakeTimers({ toFake: ["Date"], now: WORLD_STARTS_MS });
  world = await ColdWorld.start({
    qstash: true,
    moved: (ms) => void vi.setSystemTime(ms),
    map: { notices: { repeatAfterMinutes: 25 * 60 } },
  });
});
afterEach(async () => {
  await world.close();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("every provider away for two hours, 1,000 calls meanwhile, delivered by QStash", () => {
  /**
   * A job that waits two hours is delivered some 25 times, by HTTP and signed. So 100 calls come over nearly all of
   * the time, and 900 in its last minutes. Evenly spread over it: `test/unit/jobs/crowd.test.ts`.
   */
  it("loses none, answers none twice and all within ten minutes of the return", async () => {
    const { providers, switchboard, notifier, post } = world;
    providers.away = true;
    await world.call(100, 2 * HOUR - LAST_MINUTES);
    await world.call(CALLS - 100, LAST_MINUTES, 100);
    const returnMs = world.clock.now();
    const { refused } = providers;
    providers.away = false;
    await world.pass(10 * MINUTE);

    const verdict = await verdictOf(world, CALLS);
    expect(world.bugs).toEqual([]);
    expect(Object.fromEntries(world.callers)).toEqual({ 202: CALLS });
    expect(verdict).toMatchObject(ALL_WELL);
    const lastMs = verdict.lastAnswerAfter(returnMs);
    expect(lastMs, `the last answer came ${lastMs / SECOND} s after the return`).toBeLessThanOrEqual(10 * MINUTE);
    expect(verdict.longestHistory).toBeLessThanOrEqual(8);

    // Each delivery was a run, and each run a delivery: nothing came twice, and no alarm had to help.
    expect([...post.outcomes.keys()].toSorted()).toEqual(["put_off", "ran"]);
    expect(post.deliveries).toBe(verdict.runs);

    expect(refused, `${refused} calls met an absent provider`).toBeLessThanOrEqual(2 * (5 + ISOLATES));
    expect(providers.probes).toBeLessThanOrEqual(2 * ((2 * HOUR) / (30 * SECOND) + 2));
    expect(providers.firstAnswerMs).toBeGreaterThanOrEqual(Math.min(...switchboard.closedAtMs));
    expect(providers.mostAtOnce).toBeLessThanOrEqual(PARALLELISM);

    const cold = notifier.sent.filter(({ notice }) => notice.kind === "cold");
    expect(cold.map(({ count }) => count)).toEqual([1]);
    expect(notifier.sent.map(({ notice }) => notice.kind)).not.toContain("job_dead");
    expect(notifier.sent.length, "of all kinds").toBeLessThanOrEqual(12);
  }, 60_000);
});

describe("a pause of a day, 1,000 calls meanwhile, delivered by QStash", () => {
  /**
   * A job that waits a day is delivered some 200 times, so 1,000 spread over the day are 107,000 deliveries: two
   * minutes of HTTP and signatures. That crowd is in `crowd-pause.test.ts`; here 10 calls come over the day, 990 in its
   * last minutes.
   */
  it("loses none, answers none twice and all within ten minutes of the resume", async () => {
    const { providers, switchboard, notifier, post } = world;
    switchboard.pause();
    await world.call(10, 24 * HOUR - LAST_MINUTES);
    await world.call(CALLS - 10, LAST_MINUTES, 10);
    expect(providers).toMatchObject({ probes: 0, refused: 0, firstAnswerMs: null });
    const resumedMs = world.clock.now();
    switchboard.resume();
    await world.pass(10 * MINUTE);

    const verdict = await verdictOf(world, CALLS);
    expect(world.bugs).toEqual([]);
    expect(verdict).toMatchObject(ALL_WELL);
    const lastMs = verdict.lastAnswerAfter(resumedMs);
    expect(lastMs, `the last answer came ${lastMs / SECOND} s after the resume`).toBeLessThanOrEqual(10 * MINUTE);
    expect(verdict.longestHistory).toBeLessThanOrEqual(6);
    expect(post.deliveries).toBe(verdict.runs);
    expect(providers.mostAtOnce).toBeLessThanOrEqual(PARALLELISM);

    await world.pass(2 * HOUR);
    expect(notifier.sent.map(({ notice, count }) => [notice.kind, count])).toEqual([
      ["cold", 1],
      ["paused", 1],
      ["resumed", 1],
      ["cold", CALLS - 1],
    ]);
  }, 60_000);
});
