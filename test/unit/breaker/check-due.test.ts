import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkDueMs, type CheckMoments } from "../../../src/breaker/check-due.ts";
import type { CheckSettings } from "../../../src/domain/checks.ts";
import { routeOf } from "./support.ts";

const NOW = 1_763_000_000_000;
const PAID = routeOf("hot/anthropic/a");
const SETTINGS: CheckSettings = { enabled: true, everyMs: 30_000, idleEveryMs: 600_000, dailyRequests: new Map() };
const BUSY: CheckMoments = { outcomeMs: null, serviceMs: NOW, checkMs: null, sinceMs: NOW - 5_000, failing: false };

function due(more: Partial<CheckMoments>, settings: Partial<CheckSettings> = {}, route = PAID): number | null {
  const dueMs = checkDueMs(route, { ...BUSY, ...more }, { ...SETTINGS, ...settings }, NOW);
  return dueMs === null ? null : dueMs - NOW;
}

function daily(requests: number): Partial<CheckSettings> {
  return { dailyRequests: new Map([[PAID.id, requests]]) };
}

describe("a check is due", () => {
  it("30 s after the route's last outcome or check, whichever is later", () => {
    expect(due({})).toBe(25_000);
    expect(due({ outcomeMs: NOW - 1_000 })).toBe(29_000);
    expect(due({ outcomeMs: NOW - 40_000, checkMs: NOW - 10_000, sinceMs: 0 })).toBe(20_000);
  });

  it("every 10 minutes while nobody calls the service", () => {
    expect(due({ serviceMs: NOW - 600_001, checkMs: NOW - 60_000, sinceMs: 0 })).toBe(540_000);
    expect(due({ serviceMs: null, checkMs: NOW - 60_000, sinceMs: 0 })).toBe(540_000);
  });

  it("5 s after one that failed, and at the usual pace once a call has ended since", () => {
    expect(due({ checkMs: NOW - 1_000, failing: true })).toBe(4_000);
    expect(due({ checkMs: NOW - 1_000, outcomeMs: NOW, failing: true })).toBe(30_000);
  });

  it("never for a free route, nor where checks are off", () => {
    expect(due({}, {}, { ...PAID, cost: "free" })).toBeNull();
    expect(due({}, { enabled: false })).toBeNull();
    expect(due({}, {}, { ...PAID, cost: "local" })).toBe(25_000);
  });

  it("at most for 1 % of what a provider allows in a day, and never where that is less than one", () => {
    expect(due({ checkMs: NOW }, daily(1_000))).toBe(8_640_000);
    expect(due({ checkMs: NOW, failing: true }, daily(1_000))).toBe(8_640_000);
    expect(due({}, daily(99))).toBeNull();
  });

  it("so seldom that a day's checks stay within that share, whatever they find", () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 20_000 }), fc.array(fc.boolean()), (requests, failures) => {
        const settings = { ...SETTINGS, dailyRequests: new Map([[PAID.id, requests]]) };
        let now = NOW;
        let checkMs: number | null = null;
        let checks = 0;
        while (now < NOW + 86_400_000) {
          const failing = failures[checks % Math.max(1, failures.length)] ?? false;
          const at = { ...BUSY, sinceMs: NOW - 60_000, serviceMs: now, checkMs, failing };
          now = Math.max(now, checkDueMs(PAID, at, settings, now) ?? Infinity);
          if (now >= NOW + 86_400_000) break;
          checkMs = now;
          checks += 1;
        }
        expect(checks).toBeLessThanOrEqual(Math.floor(requests / 100));
        expect(checks).toBeGreaterThan(0);
      }),
    );
  });
});
