/** What the clients do while Lisbon cannot be reached is what Lisbon would have done: both run the same cases. */
import { describe, expect, it } from "vitest";
import { retryDelayMs } from "../../../src/chat/may-retry.ts";
import { checkMap } from "../../../src/routing/check-map.ts";
import { callLimits } from "../../../src/routing/map-defaults.ts";
import { PROVIDERS } from "../../../src/routing/provider-table.ts";
import { BreakerStory } from "./breaker-story.ts";
import { cases } from "./cases.ts";
import { planForClients } from "./plan-for-clients.ts";

describe("the Worker's breaker", () => {
  it.each(cases.breaker)("$name", ({ limits, steps }) => {
    const story = new BreakerStory(limits);

    for (const step of steps) {
      if ("failures" in step) for (let each = 0; each < step.failures; each++) story.settleAtOnce(step.at, "failure");
      if ("successes" in step) for (let each = 0; each < step.successes; each++) story.settleAtOnce(step.at, "success");
      if ("ask" in step) expect(story.ask(step.ask, step.at), `asked at ${step.at}`).toBe(step.admitted);
      if ("settle" in step) story.settle(step.settle, step.as, step.at);
      if (step.then) expect(story.standing(step.at), `after ${JSON.stringify(step)}`).toMatchObject(step.then);
    }
  });
});

describe("the Worker's back-off", () => {
  it.each(cases.backoff)("$name", ({ tries, failures, random, delaysMs, firstMs, maxMs }) => {
    // The Worker's own numbers, which are no parameters there.
    expect([firstMs, maxMs]).toEqual([200, 2_000]);

    const delays = failures.map((kind, before) =>
      retryDelayMs(
        {
          failure: { kind, detail: "" },
          attemptMs: 50,
          triesOnRoute: before + 1,
          attemptsLeft: 100,
          untriedCandidates: 0,
          recentFailures: before + 1,
          msToDeadline: 600_000,
        },
        { ...callLimits({}), sameRouteRetries: tries - 1 },
        () => random[before] ?? 0,
      ),
    );

    expect(delays.map((ms) => ms ?? -1)).toEqual(delaysMs.map((ms) => expect.closeTo(ms ?? -1, 6)));
  });
});

describe("the Worker's plan", () => {
  it.each(cases.plan)("$name", ({ map, environment, request, candidates, skipped }) => {
    const checked = checkMap(map, "case");
    if (!checked.ok) throw new Error(JSON.stringify(checked.failure));

    expect(planForClients(checked.value, environment, request)).toEqual({ candidates, skipped });
  });

  it("is compared over every provider that it knows", () => {
    const written = JSON.stringify(cases.plan.find(({ name }) => name.startsWith("every known provider")));

    for (const [name, { aliases }] of Object.entries(PROVIDERS)) {
      for (const each of [name, ...aliases]) expect(written).toContain(`"provider":"${each}"`);
    }
  });
});
