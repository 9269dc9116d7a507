/**
 * Parked calls whose jobs deliver themselves by their own alarms,
 * through the whole product under one clock (`test/support/cold-world.ts`).
 * A thousand of them with QStash: `test/contract/cold-crowd.test.ts`.
 */
import { describe, expect, it } from "vitest";
import { ColdWorld, HOUR, ISOLATES, MINUTE, SECOND } from "../../support/cold-world.ts";
import { allWell, verdictOf } from "../../support/cold-world/verdict.ts";

const CALLS = 400;
const ALL_WELL = { ...allWell(CALLS), restless: [] };

describe("every provider away for two hours, 400 calls meanwhile", () => {
  it("loses none, answers none twice and all within ten minutes of the return", async () => {
    const world = await ColdWorld.start({ qstash: false, map: { notices: { repeatAfterMinutes: 180 } } });
    const { providers, switchboard, notifier } = world;
    providers.away = true;
    await world.call(CALLS, 2 * HOUR);
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
    // Stored, queued, two quick failures as one line, the put-offs as one, the last run: however long it lasts.
    expect(verdict.longestHistory).toBeLessThanOrEqual(8);

    // The breakers hold: five failures open a route, and each isolate may have one call more under way.
    expect(refused, `${refused} calls met an absent provider`).toBeLessThanOrEqual(2 * (5 + ISOLATES));
    // One each 30 s on each of two routes, and the two that close it.
    expect(providers.probes).toBeLessThanOrEqual(2 * ((2 * HOUR) / (30 * SECOND) + 2));
    // Nobody is asked before the probes have closed a route.
    expect(providers.firstAnswerMs).toBeGreaterThanOrEqual(Math.min(...switchboard.closedAtMs));
    expect(providers.busiestSecond, `${providers.busiestSecond} calls in the busiest second`).toBeLessThanOrEqual(15);

    const cold = () => notifier.sent.filter(({ notice }) => notice.kind === "cold").map(({ count }) => count);
    expect(cold()).toEqual([1]);
    await world.pass(HOUR);
    expect(cold()).toEqual([1, CALLS - 1]);
    expect(notifier.sent.map(({ notice }) => notice.kind)).not.toContain("job_dead");
    expect(notifier.sent.length, "of all kinds").toBeLessThanOrEqual(12);
  }, 60_000);
});

describe("400 calls in one instant of a pause", () => {
  it("are one notice with a count, and the resume is no stampede", async () => {
    const world = await ColdWorld.start({ qstash: false });
    const { providers, switchboard, notifier } = world;
    switchboard.pause();
    await world.call(CALLS, 0);
    await world.pass(15 * MINUTE);
    switchboard.resume();
    const resumedMs = world.clock.now();
    await world.pass(10 * MINUTE);

    const verdict = await verdictOf(world, CALLS);
    expect(world.bugs).toEqual([]);
    expect(verdict).toMatchObject(ALL_WELL);
    const lastMs = verdict.lastAnswerAfter(resumedMs);
    expect(lastMs, `the last answer came ${lastMs / SECOND} s after the resume`).toBeLessThanOrEqual(10 * MINUTE);
    expect(providers.busiestSecond, `${providers.busiestSecond} calls in the busiest second`).toBeLessThanOrEqual(25);
    const cold = notifier.sent.filter(({ notice }) => notice.kind === "cold");
    expect(cold.map(({ count, jobs }) => ({ count, jobs }))).toEqual([{ count: CALLS, jobs: CALLS }]);
  }, 60_000);
});

describe("providers that come back with little room", () => {
  it.each([
    { perSecond: 5, withinMs: 10 * MINUTE },
    // Less than is asked of them: 429 opens their circuits again and again.
    { perSecond: 3, withinMs: 40 * MINUTE },
  ])(
    "($perSecond calls a second each) slow the jobs down, lose none and burn no attempt",
    async ({ perSecond, withinMs }) => {
      const world = await ColdWorld.start({ qstash: false });
      const { providers } = world;
      providers.away = true;
      await world.call(CALLS, 20 * MINUTE);
      providers.away = false;
      providers.mostPerSecond = perSecond;
      const returnMs = world.clock.now();
      await world.pass(withinMs);

      const verdict = await verdictOf(world, CALLS);
      expect(world.bugs).toEqual([]);
      expect(verdict).toMatchObject(allWell(CALLS));
      const lastMs = verdict.lastAnswerAfter(returnMs);
      expect(lastMs, `the last answer came ${lastMs / SECOND} s after the return`).toBeLessThanOrEqual(withinMs);
      expect(providers.turnedDown).toBeGreaterThan(0);
    },
    60_000,
  );
});
