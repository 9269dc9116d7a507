/** What the breaker promises for every isolate, on three of them with one switchboard. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type IsolateStage, startIsolateStage } from "../support/isolate-stage.ts";
import { pause } from "../support/scripted-provider.ts";

const DEAD = { status: 503, body: { error: { message: "down for maintenance", type: "server_error" } } };
const OVER_QUOTA = {
  status: 429,
  body: {
    error: { message: "You exceeded your current quota", type: "insufficient_quota", code: "insufficient_quota" },
  },
};

let stage: IsolateStage;

beforeEach(async () => {
  stage = await startIsolateStage();
});

afterEach(() => stage.dispose());

describe("an outage seen by three isolates", () => {
  it("costs the dead route at most ten attempts of 50 calls over 5 s, and every call is answered", async () => {
    stage.illness("first", DEAD);
    // One after another: a machine that stops for a second must not make ten calls of one instant out of them.
    for (let call = 0; call < 50; call++) {
      await pause(100);
      expect(await stage.call(call, "outage")).toMatchObject({ status: 200, route: "last" });
    }

    expect(stage.asked("first")).toBeLessThanOrEqual(10);
  });

  it("costs each of 50 calls in one instant one attempt, and each isolate at most one retry of its first", async () => {
    stage.illness("first", DEAD);
    const called = await Promise.all(Array.from({ length: 50 }, (_, at) => stage.call(at, "outage")));

    expect(called.every(({ route }) => route === "last")).toBe(true);
    expect(stage.asked("first")).toBeLessThanOrEqual(50 + 3);
  });

  it("ends for all of them within one probe interval after the route is well again", async () => {
    stage.illness("first", DEAD);
    for (let call = 0; call < 12; call++) await stage.call(call, "outage");
    stage.illness("first", null);

    // Open for 2 s in this map, and a snapshot may be 3 s old where nobody asks.
    await pause(2_000 + 3_500);
    const well = { status: 200, route: "first", attempts: 1 };
    for (const isolate of [0, 1, 2]) {
      await expect.poll(() => stage.call(isolate, "outage"), { timeout: 5_000 }).toEqual(well);
    }
  });
});

describe("four routes on one account over quota", () => {
  it("get exactly one attempt in the call that finds out, and none in the next, wherever that runs", async () => {
    stage.illness("bill", OVER_QUOTA);
    expect(await stage.call(0, "quota")).toEqual({ status: 200, route: "last", attempts: 2 });
    expect(stage.asked("bill")).toBe(1);

    expect(await stage.call(0, "quota")).toMatchObject({ attempts: 1 });
    // Isolates that have not asked yet hear of it with their first snapshot, once the switchboard has.
    for (const isolate of [1, 2]) {
      await expect.poll(() => outAt(isolate)).toHaveLength(4);
      expect(await stage.call(isolate, "quota")).toEqual({ status: 200, route: "last", attempts: 1 });
    }
    expect(stage.asked("bill")).toBe(1);
  });
});

describe("a route near its own rate limit", () => {
  it("serves after the others at all three isolates, and first again when its limit is whole", async () => {
    stage.headers("first", {
      "x-ratelimit-limit-requests": "100",
      "x-ratelimit-remaining-requests": "4",
      "x-ratelimit-reset-requests": "4s",
    });
    expect(await stage.call(0, "outage")).toMatchObject({ route: "first" });
    // The others hear of it with their next snapshot, which is at most 3 s old.
    await expect.poll(routes, { timeout: 5_000, interval: 300 }).toEqual(["last", "last", "last"]);

    stage.headers("first", {});
    await expect.poll(routes, { timeout: 10_000, interval: 300 }).toEqual(["first", "first", "first"]);
  });
});

/** Which route answers at each isolate. */
async function routes(): Promise<readonly (string | null)[]> {
  return await Promise.all([0, 1, 2].map(async (isolate) => (await stage.call(isolate, "outage")).route));
}

/** The routes of the account that is over its quota, as far as the isolate has heard of it. */
async function outAt(isolate: number): Promise<readonly string[]> {
  const health = await fetch(`${stage.urls[isolate]}/health`);
  const { healthy }: { healthy: readonly string[] } = JSON.parse(await health.text());
  return ["bill-1", "bill-2", "bill-3", "bill-4"].filter((id) => !healthy.includes(id));
}
