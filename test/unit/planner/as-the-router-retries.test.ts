import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs, retryDelayMs } from "../../../src/chat/may-retry.ts";
import { callLimits } from "../../../src/routing/map-defaults.ts";
import { plannedBackoffMs } from "../../../planner/stops-sheet.ts";
import { planSheets } from "../../../planner/plan-sheets.ts";
import { valuesOf } from "../../../planner/sheets.ts";
import { inputsWith, plannedMap } from "../../support/planned.ts";

describe("the plan", () => {
  it("waits before a retry as long as the router does on average", () => {
    for (const retry of [1, 2, 3]) {
      expect(
        plannedBackoffMs(
          retry,
          backoffMs(0, () => 1),
        ),
      ).toBe(backoffMs(retry - 1, () => 0.5));
    }
  });

  it("tries each route as often as the router does where every try is a quick error", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 9 }), (sameRouteRetries, maxAttempts) => {
        const certain = { retriedPercent: 100, repeatPercent: 100, "route.*.failurePercent": 100, errorMs: 0 };
        const inputs = inputsWith({ ...certain, sameRouteRetries, maxAttempts });
        const value = valuesOf(planSheets(inputs));
        const planned = [1, 2, 3].map((place) => {
          const of = (column: string): number => value("Stops", `auto ${place}`, column);
          return of("reached") * of("tries");
        });

        expect(planned).toEqual(triesOfRouter(sameRouteRetries, maxAttempts === 0 ? null : maxAttempts));
      }),
    );
  });
});

/** `chat/try-in-turn.ts`, of three candidates that all fail. */
function triesOfRouter(sameRouteRetries: number, maxAttempts: number | null): readonly number[] {
  const limits = { ...callLimits({ sameRouteRetries }), maxAttempts };
  const candidates = (plannedMap.hot?.length ?? 0) + (plannedMap.warm?.length ?? 0);
  const budget = maxAttempts ?? candidates + 2;
  const tries = Array.from({ length: candidates }, () => 0);
  let failed = 0;
  for (const place of tries.keys()) {
    for (let again = failed < budget; again;) {
      failed++;
      const triesOnRoute = (tries[place] ?? 0) + 1;
      tries[place] = triesOnRoute;
      const delay = retryDelayMs(
        {
          failure: { kind: "server_error", detail: "" },
          attemptMs: 0,
          triesOnRoute,
          attemptsLeft: budget - failed,
          untriedCandidates: candidates - place - 1,
          recentFailures: triesOnRoute,
          msToDeadline: 30_000,
        },
        limits,
        () => 0,
      );
      again = delay !== null && failed < budget;
    }
  }
  return tries;
}
