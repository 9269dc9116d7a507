import { describe, expect, it } from "vitest";
import { hot, smaller, TestIsolate, warm, world } from "./isolate.ts";
import { failureOf, settle } from "./support.ts";

describe("an isolate's own failures", () => {
  it("stop it at the fifth, before anybody has answered", () => {
    const { isolate } = world();
    for (let call = 0; call < 4; call++) isolate.record(hot, "server_error");
    expect(isolate.breakers().blocked(hot)).toBeNull();

    isolate.record(hot, "server_error");
    expect(isolate.breakers().blocked(hot)).toEqual({ why: "open", untilMs: isolate.clock.now() + 30_000 });
    expect(isolate.breakers().blocked(warm)).toBeNull();
  });

  it("of quota stop all four routes of the account at once, here and in every isolate", async () => {
    const routes = ["a", "b", "c", "d"].map((model) => ({ ...hot, id: `hot/anthropic/${model}` }));
    const { clock, switchboard, isolate } = world([...routes, warm]);
    const other = new TestIsolate(switchboard, 2);
    const failure = failureOf("quota_exhausted", { retryAfterMs: 3600_000 });
    const startedAtMs = clock.now();
    const first = routes[0] ?? hot;
    isolate.breakers().record({ route: first, startedAtMs, durationMs: 0, failure });

    const out = { why: "account_out", untilMs: clock.now() + 3600_000 };
    expect(routes.map((route) => isolate.breakers().blocked(route))).toEqual([out, out, out, out]);
    expect(isolate.breakers().blocked(warm)).toBeNull();

    await clock.advance(0);
    await other.breakers().ready();
    expect(routes.map((route) => other.breakers().blocked(route))).toEqual([out, out, out, out]);
    await clock.advance(3600_000);
    expect(isolate.breakers().blocked(first)).toBeNull();
  });

  it("yield to the switchboard once it has counted them", async () => {
    const { clock, switchboard, isolate } = world();
    for (let call = 0; call < 5; call++) isolate.record(hot, "server_error");
    await clock.advance(500);
    expect(isolate.breakers().blocked(hot)?.why).toBe("open");

    switchboard.board.resetRoute(hot);
    await clock.advance(1_000);
    void isolate.breakers().ready();
    await settle();
    expect(isolate.breakers().blocked(hot)).toBeNull();
  });

  it.each([
    [0, 600_000],
    [1_000, 60_000],
    [3_600_000, 3_600_000],
  ])("of quota with a wait of %i ms take the account out for %i ms", (retryAfterMs, outMs) => {
    const { clock, isolate } = world();
    const failure = failureOf("quota_exhausted", { retryAfterMs });
    isolate.breakers().record({ route: hot, startedAtMs: clock.now(), durationMs: 0, failure });

    expect(isolate.breakers().blocked(hot)).toEqual({ why: "account_out", untilMs: clock.now() + outMs });
  });

  it("in a row are counted for each route, and a success ends the count", () => {
    const { isolate } = world();
    isolate.record(hot, "timed_out");
    isolate.record(hot, "quota_exhausted");
    isolate.record(hot, "caller_gone");
    isolate.record(hot, "request_rejected");
    expect(isolate.breakers().recentFailures(hot.id)).toBe(2);
    expect(isolate.breakers().recentFailures(warm.id)).toBe(0);

    isolate.record(hot, null);
    expect(isolate.breakers().recentFailures(hot.id)).toBe(0);
  });

  it("are forgotten for retries once they are older than an outage lasts", async () => {
    const { clock, isolate } = world();
    isolate.record(hot, "server_error");
    isolate.record(hot, "server_error");

    await clock.advance(30_001);

    expect(isolate.breakers().recentFailures(hot.id)).toBe(0);
    isolate.record(hot, "server_error");
    expect(isolate.breakers().recentFailures(hot.id)).toBe(1);
  });

  it("by reason of the place are remembered here, and told to nobody", async () => {
    const { clock, switchboard, isolate } = world();
    isolate.record(hot, "region_blocked");
    await clock.advance(2_000);

    expect(isolate.breakers().blocked(smaller)?.why).toBe("account_out");
    expect(isolate.breakers().blocked(warm)).toBeNull();
    expect(switchboard.exchanges).toBe(0);
    await clock.advance(600_000);
    expect(isolate.breakers().blocked(smaller)).toBeNull();
  });

  it.each(["caller_gone", "request_rejected", "content_filtered", "context_overflow"] as const)(
    "%s, a thousand times, neither stop it nor are told",
    async (kind) => {
      const { clock, switchboard, isolate } = world();
      for (let call = 0; call < 1_000; call++) isolate.record(hot, kind);
      await clock.advance(2_000);

      expect(isolate.breakers().blocked(hot)).toBeNull();
      expect(switchboard.exchanges).toBe(0);
    },
  );
});
