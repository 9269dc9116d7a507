import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COSTS } from "../../../planner/outputs.ts";
import { plannedMap, planWith } from "../../support/planned.ts";

/** Nothing fails and nothing is slow. */
const HEALTHY = {
  "route.*.failurePercent": 0,
  "route.*.p50Ms": 1000,
  "route.*.p95Ms": 1000,
  parkedPercent: 0,
};

/** No route is ever too slow. */
const QUICK = { "route.*.p50Ms": 1, "route.*.p95Ms": 1, "kind.*.deadlineSeconds": 60, errorMs: 0, backoffMs: 0 };

describe("what a month costs", () => {
  it("is tokens times price where every call is answered by the first route", () => {
    const { outputs, routes } = planWith({
      ...HEALTHY,
      monthlyRequests: 1_000,
      "kind.*.inputTokens": 1_000,
      "kind.*.outputTokens": 100,
      "route.first.inputPrice": 3,
      "route.first.outputPrice": 15,
    });

    expect(outputs.hotUsd).toBeCloseTo(1_000 * (1_000 * 3 + 100 * 15) * 1e-6, 9);
    expect(outputs.warmUsd).toBeCloseTo(0, 9);
    expect(routes.map(({ answers }) => Math.round(answers))).toEqual([1_000, 0, 0]);
  });

  it("is the sum of its items, and that of the tiers the sum of their routes", () => {
    fc.assert(
      fc.property(anyInputs, (set) => {
        const { outputs, routes, kinds } = planWith(set);
        const all = COSTS.reduce((sum, name) => sum + outputs[name], 0);
        const ofRoutes = routes.reduce((sum, { usd }) => sum + usd, 0);
        const ofKinds = kinds.reduce((sum, { usd }) => sum + usd, 0);
        near(outputs.totalUsd, all);
        near(outputs.hotUsd + outputs.warmUsd, ofRoutes);
        near(ofRoutes, ofKinds);
      }),
      { numRuns: 30 },
    );
  });

  it.each(["monthlyRequests", "kind.*.outputTokens", "route.*.inputPrice", "redisPer100k", "streamEvents", "jobPolls"])(
    "never falls where %s grows",
    (name) => {
      fc.assert(
        fc.property(anyInputs, count, count, (set, one, other) => {
          const [less, more] = [Math.min(one, other), Math.max(one, other)];
          const before = planWith({ ...set, [name]: less }).outputs.totalUsd;
          expect(planWith({ ...set, [name]: more }).outputs.totalUsd).toBeGreaterThanOrEqual(before * (1 - 1e-9));
        }),
        { numRuns: 15 },
      );
    },
  );

  it("counts what Cloudflare's plan includes before it charges", () => {
    const { outputs } = planWith({
      ...HEALTHY,
      monthlyRequests: 12_000_000 - 43_800,
      cpuMsPerCall: 0,
      cpuUsPerEvent: 0,
    });

    expect(outputs.workersUsd).toBeCloseTo(5 + 2 * 0.3, 9);
  });

  it("asks Redis once a second at most, however many calls there are", () => {
    expect(planWith({ monthlyRequests: 1e9 }).outputs.redisUsd).toBeCloseTo(2_628_000 * 2e-6, 9);
    expect(planWith({ monthlyRequests: 1_000 }).outputs.redisUsd).toBeCloseTo(1_000 * 2e-6, 9);
  });

  it("grows at the switchboard with isolates and not with calls", () => {
    expect(planWith({ peakPerSecond: 500, requestsPerIsolate: 50 }).outputs.switchboardPeak).toBe(20);
    expect(planWith({ peakPerSecond: 5_000, requestsPerIsolate: 500 }).outputs.switchboardPeak).toBe(20);
  });

  it("has no messages and no jobs where nothing is parked", () => {
    const { outputs } = planWith({ queueOn: 0, parkedPercent: 50 });

    expect([outputs.jobs, outputs.qstashUsd, outputs.storedGb]).toEqual([0, 0, 0]);
  });
});

describe("a missed deadline", () => {
  it("is as likely as all routes failing, where none is retried", () => {
    const { outputs } = planWith({ ...HEALTHY, "route.*.failurePercent": 10, retriedPercent: 0, repeatPercent: 0 });

    expect(outputs.missedPercent).toBeCloseTo(0.1, 9);
  });

  it("is likelier where two routes are one provider's", () => {
    const { outputs } = planWith({ ...HEALTHY, "route.*.failurePercent": 10, retriedPercent: 0, repeatPercent: 50 });

    expect(outputs.missedPercent).toBeCloseTo(100 * 0.1 * 0.5 * 0.1, 9);
  });

  it("is certain where no route answers within the limit", () => {
    const { outputs } = planWith({ "route.*.p50Ms": 600_000, "route.*.p95Ms": 600_000 });

    expect(outputs.missedPercent).toBeCloseTo(100, 6);
    expect(outputs.jobs).toBeCloseTo(1_000_000, 0);
  });

  it("never grows likelier by a longer limit", () => {
    const seconds = fc.integer({ min: 0, max: 120 });
    fc.assert(
      fc.property(anyInputs, seconds, seconds, (set, one, other) => {
        const rest = { ...set, errorMs: 0, backoffMs: 0 };
        const missedIn = (limit: number): number =>
          planWith({ ...rest, "kind.*.deadlineSeconds": limit }).outputs.missedPercent;
        expect(missedIn(Math.max(one, other))).toBeLessThanOrEqual(missedIn(Math.min(one, other)) + 1e-9);
      }),
      { numRuns: 40 },
    );
  });

  // Of routes that are slow as well this does not hold: silence takes more of the time than an error.
  it.each<[string, number, number]>([
    ["retriedPercent", 0, 100],
    ["sameRouteRetries", 0, 3],
    ["route.second.failurePercent", 60, 5],
    ["repeatPercent", 90, 10],
  ])("never grows likelier of quick routes where %s goes from %d to %d", (name, worse, better) => {
    fc.assert(
      fc.property(anyInputs, (set) => {
        const quick = { ...set, ...QUICK, maxAttempts: 0 };
        const before = planWith({ ...quick, [name]: worse }).outputs.missedPercent;
        expect(planWith({ ...quick, [name]: better }).outputs.missedPercent).toBeLessThanOrEqual(before + 1e-9);
      }),
      { numRuns: 20 },
    );
  });

  it("is a share between none and all", () => {
    fc.assert(
      fc.property(anyInputs, (set) => {
        const { outputs, kinds } = planWith(set);
        for (const { missedPercent } of kinds) expect(missedPercent).toBeLessThanOrEqual(100 + 1e-9);
        expect(outputs.missedPercent).toBeGreaterThanOrEqual(0);
        expect(Object.values(outputs).every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("does not concern a kind that humans answer", () => {
    const map = { ...plannedMap, kinds: { asked: { answeredBy: "human" as const } } };
    const { kinds } = planWith({ monthlyRequests: 100 }, map);

    expect(kinds.find(({ kind }) => kind === "asked")).toMatchObject({ missedPercent: 0, jobs: 100, usd: 0, p95Ms: 0 });
  });
});

describe("the p95", () => {
  it("is the first route's where it answers every call", () => {
    const { outputs } = planWith({ ...HEALTHY, "route.first.p95Ms": 2_000, "kind.*.deadlineSeconds": 3_000 });

    expect(outputs.worstP95Ms).toBeCloseTo(2_000, 0);
  });

  it("is that of a retry, jitter included, where one call in ten needs one", () => {
    const { outputs } = planWith({
      ...HEALTHY,
      "route.first.failurePercent": 10,
      retriedPercent: 100,
      repeatPercent: 0,
      errorMs: 300,
    });

    // The error, half of 200 ms, and the answer.
    expect(outputs.worstP95Ms).toBeGreaterThan(300 + 100 + 1_000 - 100);
    expect(outputs.worstP95Ms).toBeLessThan(300 + 100 + 1_000 + 100);
  });

  it("is within the limit, whatever fails", () => {
    fc.assert(
      fc.property(anyInputs, (set) => {
        const { outputs } = planWith({ ...set, "kind.*.deadlineSeconds": 20 });
        expect(outputs.worstP95Ms).toBeLessThanOrEqual(20_000 + 1e-6);
      }),
      { numRuns: 40 },
    );
  });
});

const percent = fc.integer({ min: 0, max: 1_000 }).map((tenths) => tenths / 10);
const count = fc.integer({ min: 0, max: 50_000_000 });
const anyInputs = fc.record({
  monthlyRequests: count,
  peakPerSecond: fc.integer({ min: 0, max: 10_000 }),
  sameRouteRetries: fc.integer({ min: 0, max: 3 }),
  maxAttempts: fc.integer({ min: 0, max: 6 }),
  retriedPercent: percent,
  repeatPercent: percent,
  errorMs: fc.integer({ min: 0, max: 20_000 }),
  parkedPercent: percent,
  "kind.*.deadlineSeconds": fc.integer({ min: 0, max: 60 }),
  "route.first.failurePercent": percent,
  "route.second.failurePercent": percent,
  "route.third.failurePercent": percent,
  "route.*.p50Ms": fc.integer({ min: 1, max: 40_000 }),
  "route.third.p95Ms": fc.integer({ min: 1, max: 40_000 }),
});

function near(one: number, other: number): void {
  expect(Math.abs(one - other)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(other)));
}
