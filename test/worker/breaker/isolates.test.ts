import { runDurableObjectAlarm } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { createBreakers } from "../../../src/breaker/isolate-breakers.ts";
import { emptyIsolateState } from "../../../src/breaker/isolate-state.ts";
import type { SwitchboardPort } from "../../../src/breaker/switchboard-port.ts";
import type { Failure } from "../../../src/domain/failure.ts";
import type { Route } from "../../../src/domain/route.ts";
import { realClock } from "../../../src/lib/clock.ts";
import { failureOf, routingOf } from "../../unit/breaker/support.ts";
import { world } from "./entry.ts";
import { A, objectOf, resetWorld } from "./support.ts";

beforeEach(resetWorld);

describe("isolates and their switchboard", () => {
  it("open a route together at the fifth failure, and have it back after the probes", async () => {
    const board = objectOf("together");
    const [one, other] = [isolateOf(board), isolateOf(board)];
    for (let call = 0; call < 3; call++) await one.fail(failureOf("server_error"));
    expect(await other.blockedNow()).toBeNull();
    await other.fail(failureOf("server_error"));
    await other.fail(failureOf("server_error"));

    world.aheadMs += 4_000;
    expect(await one.blockedNow()).toMatchObject({ why: "open" });
    expect(await other.blockedNow()).toMatchObject({ why: "open" });

    world.aheadMs += 30_000;
    await runDurableObjectAlarm(board);
    expect(await one.blockedNow()).toBeNull();
    expect(await other.blockedNow()).toBeNull();
  });

  it("take four routes of an account over quota out at the first failure, until the reset", async () => {
    const board = objectOf("quota");
    const [one, other] = [isolateOf(board), isolateOf(board)];
    await one.fail(failureOf("quota_exhausted", { retryAfterMs: 3600_000 }));

    for (const isolate of [one, other]) {
      for (const route of world.routes) expect(await isolate.blockedNow(route)).toMatchObject({ why: "account_out" });
    }
    world.aheadMs += 3600_000;
    for (const isolate of [one, other]) expect(await isolate.blockedNow()).toBeNull();
    expect(world.probed).toEqual([]);
  });

  it("see switches within 5 s", async () => {
    const board = objectOf("switches");
    const isolates = [isolateOf(board), isolateOf(board), isolateOf(board)];
    for (const isolate of isolates) await isolate.blockedNow();
    await board.throwSwitches({ flags: { enable_warm_fallback: false } });
    await board.throwSwitches({ kills: { [A]: true } });

    world.aheadMs += 4_900;
    for (const isolate of isolates) {
      expect(await isolate.blockedNow()).toEqual({ why: "killed", untilMs: null });
      expect(isolate.breakers().flags().enable_warm_fallback).toBe(false);
    }
  });

  it("lose no call and no outcome to a switchboard that is away", async () => {
    const board = objectOf("away");
    let away = true;
    const isolate = isolateOf({
      snapshot: (known) => (away ? Promise.reject(new Error("away")) : board.snapshot(known)),
      report: (report) => (away ? Promise.reject(new Error("away")) : board.report(report)),
    });
    for (let call = 0; call < 5; call++) await isolate.fail(failureOf("overloaded"));
    expect(await isolate.blockedNow()).toMatchObject({ why: "open" });

    away = false;
    world.aheadMs += 2_000;
    expect(await isolate.blockedNow()).toMatchObject({ why: "open" });
    expect((await board.overview()).routes[0]).toMatchObject({ status: "open", last: [0, 0, 0, 0, 0] });
  });
});

/** Two of these are two isolates: each has its own memory. */
function isolateOf(switchboard: SwitchboardPort) {
  const state = emptyIsolateState();
  const clock = {
    now: () => realClock.now() + world.aheadMs,
    after: (ms: number, run: () => void) => realClock.after(ms, run),
  };
  let afterReply: Promise<unknown>[] = [];
  const breakers = () =>
    createBreakers({
      state,
      switchboard: () => switchboard,
      afterReply: (promise) => void afterReply.push(promise),
      clock,
      random: Math.random,
      routing: routingOf(world.routes),
    });
  const reply = async (): Promise<void> => {
    for (let waiting = afterReply; waiting.length > 0; waiting = afterReply) {
      afterReply = [];
      await Promise.all(waiting);
    }
  };
  return {
    breakers,
    /** A call that comes now, and is answered. */
    async blockedNow(asked = firstRoute()) {
      await breakers().ready();
      await reply();
      return breakers().blocked(asked);
    },
    async fail(failure: Failure): Promise<void> {
      breakers().record({ route: firstRoute(), startedAtMs: clock.now(), durationMs: 0, failure });
      await reply();
    },
  };
}

function firstRoute(): Route {
  const [first] = world.routes;
  if (first === undefined) throw new Error("no route");
  return first;
}
