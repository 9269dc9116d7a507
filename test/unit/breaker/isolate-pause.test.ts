import { describe, expect, it } from "vitest";
import type { FlagReading } from "../../../src/budget/flag-store.ts";
import type { Breakers } from "../../../src/breaker/breakers.ts";
import { createBreakers } from "../../../src/breaker/isolate-breakers.ts";
import type { Routing } from "../../../src/domain/routing.ts";
import { wait } from "../../../src/lib/clock.ts";
import { hot, TestIsolate, TestSwitchboard, warm, world } from "./isolate.ts";
import { FakeClock, settle } from "./support.ts";

const paused = (breakers: Breakers) => breakers.paused(hot);

describe("a pause in the snapshot", () => {
  it("is seen by an isolate that asks for it, and nobody waits while the snapshot is young", async () => {
    const { switchboard, isolate, clock } = world();
    await isolate.breakers().ready();
    expect(paused(isolate.breakers())).toBe(false);

    switchboard.board.setPaused(new Set(["all"]));
    await clock.advance(2_000);
    expect(isolate.breakers().ready()).toBeNull();
    await settle();
    expect(paused(isolate.breakers())).toBe(true);
  });

  it("of one provider keeps only its routes back", async () => {
    const { switchboard, isolate } = world([{ ...hot, provider: "google" }, warm]);
    switchboard.board.setPaused(new Set(["google"]));
    await isolate.breakers().ready();

    expect(isolate.breakers().paused({ ...hot, provider: "google" })).toBe(true);
    expect(isolate.breakers().paused(warm)).toBe(false);
  });

  it("with keepFree lets local and free routes go on", async () => {
    const { switchboard, isolate } = world();
    switchboard.board.setPaused(new Set(["all"]));
    await isolate.breakers().ready();
    const breakers = breakersOf(isolate, switchboard, { keepFree: true, whenUnknown: "go" });

    expect(breakers.paused({ ...hot, cost: "free" })).toBe(false);
    expect(breakers.paused({ ...hot, cost: "local" })).toBe(false);
    expect(breakers.paused(hot)).toBe(true);
  });
});

describe("without the switchboard", () => {
  it("the pause is read from Redis, at most once a second, and nobody waits longer than 300 ms", async () => {
    const { clock, isolate, switchboard, redis } = away({ scopes: new Set(["all"]), epoch: true });
    const breakers = breakersOf(isolate, switchboard, GO, redis.read);
    await breakers.ready();
    expect(paused(breakers)).toBe(true);
    expect(redis.reads).toBe(1);

    for (let ms = 0; ms < 3_000; ms += 100) {
      await breakers.ready();
      await clock.advance(100);
    }
    expect(redis.reads).toBe(3);

    redis.slowMs = 60_000;
    await clock.advance(1_000);
    let answered = false;
    void Promise.resolve(breakers.ready()).then(() => (answered = true));
    await clock.advance(299);
    expect(answered).toBe(false);
    await clock.advance(1);
    expect(answered).toBe(true);
    expect(paused(breakers)).toBe(true);
  });

  it("a second request waits for the first one's answer", async () => {
    const { clock, isolate, switchboard, redis } = away({ scopes: new Set(["all"]), epoch: true });
    redis.slowMs = 100;
    const breakers = breakersOf(isolate, switchboard, GO, redis.read);
    const first = breakers.ready();
    await settle();
    let second = false;
    void Promise.resolve(breakers.ready()).then(() => (second = paused(breakers)));
    await clock.advance(120);
    await first;

    expect(second).toBe(true);
    expect(redis.reads).toBe(1);
  });

  it.each([
    ["go", false, 1],
    ["queue", true, 0],
  ] as const)("and without Redis the map decides: %s", async (whenUnknown, expected, told) => {
    const { isolate, switchboard } = away(null);
    const log: string[] = [];
    const pauseSettings = { keepFree: true, whenUnknown };
    const breakers = breakersOf(isolate, switchboard, pauseSettings, null, () => void log.push("unknown"));
    await breakers.ready();

    expect(paused(breakers)).toBe(expected);
    expect(breakers.paused({ ...hot, cost: "local" })).toBe(false);
    expect(log).toHaveLength(told);
  });

  it.each([
    ["down", null],
    ["emptied", { scopes: new Set<string>(), epoch: false }],
  ])("and with a Redis that is %s what was known last goes on", async (_name, reading) => {
    const clock = new FakeClock();
    const switchboard = new TestSwitchboard(clock, [hot]);
    const isolate = new TestIsolate(switchboard);
    switchboard.board.setPaused(new Set(["all"]));
    const redis = redisOf(clock, reading);
    const breakers = breakersOf(isolate, switchboard, GO, redis.read);
    await breakers.ready();
    switchboard.state = "refuses";
    await clock.advance(60_000);
    await breakers.ready();
    await breakers.ready();

    expect(redis.reads).toBeGreaterThan(0);
    expect(paused(breakers)).toBe(true);
  });

  it("and once it is back, its word counts again", async () => {
    const { clock, isolate, switchboard, redis } = away({ scopes: new Set(["all"]), epoch: true });
    const breakers = breakersOf(isolate, switchboard, GO, redis.read);
    await breakers.ready();
    expect(paused(breakers)).toBe(true);

    switchboard.state = "alive";
    await clock.advance(5_000);
    void breakers.ready();
    await settle();
    expect(paused(breakers)).toBe(false);
  });
});

describe("a probe", () => {
  it("goes to no route that is paused, and goes when the pause is over", async () => {
    const { switchboard, isolate, clock } = world([hot]);
    for (let call = 0; call < 5; call++) isolate.record(hot, "server_error");
    await settle();
    switchboard.board.setPaused(new Set(["all"]));
    await clock.advance(60_000);

    expect(switchboard.board.probesDue()).toEqual([]);
    expect(switchboard.board.nextDueMs()).toBeNull();
    expect(switchboard.board.leaseProbe(hot)).toBeNull();
    switchboard.board.setPaused(new Set());
    expect(switchboard.board.probesDue()).toEqual([hot]);
  });
});

const GO = { keepFree: false, whenUnknown: "go" } as const;

function breakersOf(
  isolate: TestIsolate,
  switchboard: TestSwitchboard,
  pause: Routing["pause"],
  readPause: ((limitMs: number) => Promise<FlagReading>) | null = null,
  pauseUnknown: () => void = () => undefined,
): Breakers {
  return createBreakers({
    state: isolate.state,
    switchboard: () => switchboard,
    afterReply: () => undefined,
    clock: isolate.clock,
    random: () => 0.5,
    routing: { ...switchboard.routing, pause },
    readPause,
    pauseUnknown,
  });
}

/** An isolate that has never heard of its switchboard. */
function away(reading: FlagReading | null) {
  const clock = new FakeClock();
  const switchboard = new TestSwitchboard(clock, [hot]);
  switchboard.state = "refuses";
  return { clock, switchboard, isolate: new TestIsolate(switchboard), redis: redisOf(clock, reading) };
}

function redisOf(clock: FakeClock, reading: FlagReading | null) {
  const redis = {
    reads: 0,
    slowMs: 0,
    read: async (): Promise<FlagReading> => {
      redis.reads += 1;
      if (reading === null) throw new Error("Redis is down");
      if (redis.slowMs > 0) await wait(clock, redis.slowMs);
      return reading;
    },
  };
  return redis;
}
