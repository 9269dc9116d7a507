import { describe, expect, it } from "vitest";
import { hot, informed, warm, world } from "./isolate.ts";

describe("reports", () => {
  it("tell a failure at once, the successes before it first", async () => {
    const { clock, switchboard, isolate } = await informed();
    isolate.record(hot, null);
    isolate.record(hot, null);
    isolate.record(hot, "overloaded");
    await clock.advance(100);

    expect(switchboard.reports.at(-1)?.runs).toMatchObject([{ ok: 2 }, { failed: "overloaded" }]);
  });

  it("follow one another after 100 ms at the soonest; the request at hand waits after its reply", async () => {
    const { clock, switchboard, isolate } = await informed();
    await clock.advance(150);
    for (let call = 0; call < 50; call++) {
      isolate.record(hot, "reset");
      await clock.advance(10);
    }
    expect(switchboard.reports.length).toBeGreaterThanOrEqual(5);
    expect(switchboard.reports.length).toBeLessThanOrEqual(6);
    await clock.advance(100);
    expect(isolate.state.log.failures).toBe(0);
  });

  it("without failures go once a second", async () => {
    const { clock, switchboard, isolate } = await informed();
    for (let call = 0; call < 500; call++) {
      void isolate.breakers().ready();
      isolate.record(hot, null);
      await clock.advance(20);
    }

    expect(switchboard.exchanges).toBeLessThanOrEqual(12);
    expect(switchboard.board.record(hot.id).statistics.last).toHaveLength(20);
  });

  it("that fail are put back, and nothing is lost or counted twice", async () => {
    const { clock, switchboard, isolate } = await informed();
    switchboard.state = "refuses";
    isolate.record(hot, "reset");
    isolate.record(hot, "reset");
    await clock.advance(1_100);
    switchboard.state = "loses_replies";
    isolate.record(hot, "reset");
    await clock.advance(1_100);
    switchboard.state = "alive";
    isolate.record(hot, "reset");
    await clock.advance(1_100);

    expect(switchboard.board.record(hot.id).breaker.circuit).toMatchObject({ run: { failures: 4 } });
    expect(isolate.state.log.failures).toBe(0);
  });

  it("keep nothing but plain data between requests", async () => {
    const { clock, isolate } = await informed();
    for (let call = 0; call < 5; call++) isolate.record(hot, "reset");
    isolate.record(warm, null);
    await clock.advance(50);

    expect(() => structuredClone(isolate.state)).not.toThrow();
    expect(JSON.stringify(isolate.state, (_key, value: unknown) => value)).not.toContain("Promise");
  });
});

describe("a switchboard that is away", () => {
  it.each(["refuses", "hangs"] as const)("(%s) stops no call and rejects nothing", async (state) => {
    const { clock, switchboard, isolate } = world();
    switchboard.state = state;
    let waited = 0;
    for (let second = 0; second < 20; second++) {
      const ready = isolate.breakers().ready();
      if (ready !== null) {
        waited += 1;
        void ready.then(() => (waited -= 1));
      }
      isolate.record(warm, null);
      await clock.advance(1_000);
    }

    expect(waited).toBe(0);
    expect(isolate.breakers().blocked(hot)).toBeNull();
    expect(isolate.breakers().flags()).toEqual({ enable_warm_fallback: true, enable_cold_queue: false });
    for (const promise of state === "refuses" ? isolate.afterReply : []) await expect(promise).resolves.toBeUndefined();
  });

  it("is waited for once, and not again until it answers", async () => {
    const { clock, switchboard, isolate } = world();
    switchboard.state = "hangs";
    expect(isolate.breakers().ready()).not.toBeNull();
    await clock.advance(300);
    for (let request = 0; request < 100; request++) {
      expect(isolate.breakers().ready()).toBeNull();
      await clock.advance(100);
    }
  });

  it("leaves five failures to stop the isolate, for 30 s, and one more to stop it again", async () => {
    const { clock, switchboard, isolate } = world();
    switchboard.state = "refuses";
    for (let call = 0; call < 5; call++) isolate.record(hot, "reset");
    expect(isolate.breakers().blocked(hot)?.why).toBe("open");

    await clock.advance(30_000);
    expect(isolate.breakers().blocked(hot)).toBeNull();
    isolate.record(hot, "reset", clock.now());
    expect(isolate.breakers().blocked(hot)).toMatchObject({ why: "open", untilMs: clock.now() + 30_000 });

    await clock.advance(30_000);
    isolate.record(hot, null, clock.now());
    for (let call = 0; call < 4; call++) isolate.record(hot, "reset");
    expect(isolate.breakers().blocked(hot)).toBeNull();
  });

  it("leaves the last snapshot: kills hold, an open route is tried again when its time is over", async () => {
    const { clock, switchboard, isolate } = world();
    switchboard.board.overrides.throwAll({ kills: { [warm.id]: true } });
    for (let call = 0; call < 5; call++) isolate.record(hot, "reset");
    await clock.advance(200);
    switchboard.state = "refuses";
    await clock.advance(29_000);
    expect(isolate.breakers().blocked(hot)?.why).toBe("open");

    await clock.advance(2_000);
    expect(isolate.breakers().blocked(hot)).toBeNull();
    expect(isolate.breakers().blocked(warm)).toEqual({ why: "killed", untilMs: null });
  });

  it("hears of what happened meanwhile when it is back, in bounded size, and of old failures without harm", async () => {
    const { clock, switchboard, isolate } = world();
    switchboard.state = "refuses";
    for (let call = 0; call < 500; call++) isolate.record(hot, "reset");
    await clock.advance(60_000);
    switchboard.state = "alive";
    isolate.record(warm, null);
    await clock.advance(2_000);

    expect(switchboard.board.record(hot.id).breaker.circuit.phase).toBe("closed");
    expect(isolate.state.log.failures).toBe(0);
    expect(isolate.breakers().blocked(hot)).toBeNull();
  });
});
