/**
 * Calls that are parked over a day's pause and deliver themselves: 27,000 runs,
 * which is why this is a file of its own. A thousand of them, by QStash:
 * `test/contract/cold-crowd.test.ts`.
 */
import { describe, expect, it } from "vitest";
import { ColdWorld, HOUR, MINUTE, SECOND } from "../../support/cold-world.ts";
import { allWell, verdictOf } from "../../support/cold-world/verdict.ts";

const CALLS = 250;
const ALL_WELL = { ...allWell(CALLS), restless: [] };

describe("a pause of a day, 250 calls meanwhile", () => {
  it("loses none, answers none twice and all within ten minutes of the resume", async () => {
    const world = await ColdWorld.start({ qstash: false, map: { notices: { repeatAfterMinutes: 25 * 60 } } });
    const { providers, switchboard, notifier } = world;
    switchboard.pause();
    await world.call(CALLS, 24 * HOUR);
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
    expect(providers.busiestSecond, `${providers.busiestSecond} calls in the busiest second`).toBeLessThanOrEqual(15);

    await world.pass(HOUR);
    expect(notifier.sent.map(({ notice, count }) => [notice.kind, count])).toEqual([
      ["cold", 1],
      ["paused", 1],
      ["resumed", 1],
      ["cold", CALLS - 1],
    ]);
  }, 60_000);
});
