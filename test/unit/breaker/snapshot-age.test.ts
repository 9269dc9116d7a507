import { describe, expect, it } from "vitest";
import { informed, TestIsolate, hot, world } from "./isolate.ts";

const DAY = 24 * 3600_000;

describe("a snapshot", () => {
  it("younger than 1 s is used as it is, and nobody is asked", async () => {
    const { clock, switchboard, isolate } = await informed();
    await clock.advance(999);

    expect(isolate.breakers().ready()).toBeNull();
    expect(switchboard.questions).toBe(1);
  });

  it("of 1 to 3 s is used and refreshed in the background, by one request only", async () => {
    const { clock, switchboard, isolate } = await informed();
    switchboard.oneWayMs = 20;
    await clock.advance(1_500);

    for (let request = 0; request < 50; request++) expect(isolate.breakers().ready()).toBeNull();
    await clock.advance(40);
    expect(switchboard.questions).toBe(2);
    expect(isolate.breakers().ready()).toBeNull();
    expect(switchboard.questions).toBe(2);
  });

  it("of more than 1 s is waited for by whoever is patient: what a job plans with old news it puts off for long", async () => {
    const { clock, switchboard, isolate } = await informed();
    switchboard.oneWayMs = 20;
    await clock.advance(1_500);

    let arrived = false;
    const ready = isolate.breakers().ready("patient");
    expect(ready).not.toBeNull();
    void ready?.then(() => {
      arrived = true;
    });
    await clock.advance(40);
    expect(arrived).toBe(true);
    expect(isolate.breakers().ready("patient")).toBeNull();
    expect(switchboard.questions).toBe(2);
  });

  it("older than 3 s is waited for, by one question for a whole crowd", async () => {
    const { clock, switchboard, isolate } = await informed();
    switchboard.board.overrides.throwAll({ kills: { [hot.id]: true } });
    switchboard.board.changed();
    switchboard.oneWayMs = 20;
    await clock.advance(3_001);

    const crowd = Array.from({ length: 50 }, () => isolate.breakers().ready());
    expect(crowd).not.toContain(null);
    let arrived = 0;
    for (const one of crowd) void one?.then(() => (arrived += 1));
    await clock.advance(39);
    expect(arrived).toBe(0);
    await clock.advance(11);
    expect(arrived).toBe(50);
    expect(switchboard.questions).toBe(2);
    expect(isolate.breakers().blocked(hot)).toEqual({ why: "killed", untilMs: null });
  });

  it("is waited for 200 ms at most; the answer is used when it comes", async () => {
    const { clock, switchboard, isolate } = world();
    switchboard.board.overrides.throwAll({ kills: { [hot.id]: true } });
    switchboard.board.changed();
    switchboard.oneWayMs = 300;
    const crowd = [isolate.breakers().ready(), isolate.breakers().ready()];
    let arrived = 0;
    for (const one of crowd) void one?.then(() => (arrived += 1));
    await clock.advance(199);
    expect(arrived).toBe(0);
    await clock.advance(11);
    expect(arrived).toBe(2);
    expect(isolate.breakers().blocked(hot)).toBeNull();
    await clock.advance(400);
    expect(isolate.breakers().blocked(hot)?.why).toBe("killed");
  });

  it("counts its age from when the question was sent", async () => {
    const { clock, switchboard, isolate } = world();
    switchboard.oneWayMs = 90;
    void isolate.breakers().ready();
    await clock.advance(180);
    switchboard.oneWayMs = 0;
    await clock.advance(819);
    expect(isolate.breakers().ready()).toBeNull();
    expect(switchboard.questions).toBe(1);
    await clock.advance(1);
    expect(isolate.breakers().ready()).toBeNull();
    expect(switchboard.questions).toBe(2);
  });

  it("is asked for again when the request that asked has died", async () => {
    const { clock, switchboard, isolate } = await informed();
    switchboard.state = "hangs";
    await clock.advance(1_500);
    void isolate.breakers().ready();
    switchboard.state = "alive";
    await clock.advance(1_400);
    void isolate.breakers().ready();
    expect(switchboard.questions).toBe(2);
    await clock.advance(700);
    await isolate.breakers().ready();
    expect(switchboard.questions).toBe(3);
    expect(isolate.breakers().ready()).toBeNull();
  });

  it("means the same in isolates whose clocks differ", async () => {
    const { clock, switchboard } = world();
    const behind = new TestIsolate(switchboard, 1, -DAY);
    const ahead = new TestIsolate(switchboard, 2, DAY / 2);
    for (let call = 0; call < 5; call++) behind.record(hot, "server_error");
    await clock.advance(200);
    await ahead.breakers().ready();

    expect(ahead.breakers().blocked(hot)).toEqual({ why: "open", untilMs: ahead.clock.now() + 30_000 - 100 });
    expect(behind.breakers().blocked(hot)?.untilMs).toBe(behind.clock.now() + 30_000 - 100);
  });
});

describe("flags", () => {
  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])("warm %s, cold %s are seen by an isolate under load within 5 s, and can be taken back", async (warmOn, coldOn) => {
    const { clock, switchboard, isolate } = await informed();
    switchboard.board.overrides.throwAll({ flags: { enable_warm_fallback: warmOn } });
    switchboard.board.overrides.throwAll({ flags: { enable_cold_queue: coldOn } });
    switchboard.board.changed();
    for (let request = 0; request < 5; request++) {
      await clock.advance(1_000);
      await isolate.breakers().ready();
    }
    expect(isolate.breakers().flags()).toEqual({ enable_warm_fallback: warmOn, enable_cold_queue: coldOn });

    switchboard.board.overrides.throwAll({ flags: { enable_warm_fallback: null } });
    switchboard.board.overrides.throwAll({ flags: { enable_cold_queue: null } });
    switchboard.board.changed();
    await clock.advance(4_000);
    await isolate.breakers().ready();
    expect(isolate.breakers().flags()).toEqual({ enable_warm_fallback: true, enable_cold_queue: false });
  });
});
