import { describe, expect, it } from "vitest";
import type { FailureKind } from "../../../src/domain/failure.ts";
import { hot, TestIsolate, TestSwitchboard, warm } from "./isolate.ts";
import { QueueClock } from "./queue-clock.ts";
import { FakeClock, seeded } from "./support.ts";

/**
 * A fleet in simulated time: isolates with the real log, exchange and
 * breakers, a switchboard 20 ms away with the real board, calls at random
 * moments, and a provider that the test makes ill.
 */
interface Provider {
  /** What a call that begins now will meet. */
  readonly answer: (now: number) => { readonly afterMs: number; readonly failure: FailureKind | null };
}

interface FleetResult {
  readonly attempts: number;
  /** When the switchboard opened the route, and when it closed it. */
  readonly notices: readonly { readonly event: string; readonly atMs: number }[];
  readonly exchanges: number;
  /** Attempts that began, by second. */
  readonly perSecond: ReadonlyMap<number, number>;
}

const START = 1_763_000_000_000;

describe("a fleet of 20 isolates at 50 calls/s each", () => {
  it.each([
    { name: "answers within 50 ms", answerMs: 50, errorMs: 50 },
    { name: "answers within 1 s, errors at once", answerMs: 1_000, errorMs: 20 },
    { name: "streams of up to 20 s, errors at once", answerMs: 20_000, errorMs: 20 },
    { name: "answers within 300 ms, errors after 10 s of silence", answerMs: 300, errorMs: 10_000 },
  ])(
    "never opens a route that fails 2 % of its calls: $name",
    async ({ answerMs, errorMs }) => {
      const random = seeded(42);
      const result = await fleet({
        isolates: 20,
        callsPerSecond: 50,
        seconds: 600,
        provider: {
          // The fleet is at work when the errors begin: the first answers of streams are there.
          answer: (now) =>
            now > START + 25_000 && random() < 0.02
              ? { afterMs: errorMs * random(), failure: "server_error" }
              : { afterMs: answerMs * (0.2 + 0.8 * random()), failure: null },
        },
      });

      expect(result.attempts).toBeGreaterThan(590_000);
      expect(result.notices).toEqual([]);
      expect(result.exchanges / result.attempts).toBeLessThan(0.05);
    },
    120_000,
  );

  it.each([
    { name: "errors at once", errorMs: 20, answerMs: 800 },
    { name: "errors at once, under streams of 20 s", errorMs: 20, answerMs: 20_000 },
    { name: "silence", errorMs: 3_000, answerMs: 800 },
  ])(
    "opens a dead route soon, and has it back within one probe interval: $name",
    async ({ errorMs, answerMs }) => {
      const random = seeded(3);
      const diesAt = START + 30_000;
      const livesAt = diesAt + 45_000;
      const dead = (now: number): boolean => now >= diesAt && now < livesAt;
      const result = await fleet({
        isolates: 20,
        callsPerSecond: 50,
        seconds: 150,
        provider: {
          answer: (now) =>
            dead(now)
              ? { afterMs: errorMs, failure: "server_error" }
              : { afterMs: answerMs * (0.2 + 0.8 * random()), failure: null },
        },
      });

      const [opened, closed] = result.notices;
      expect(result.notices.map(({ event }) => event)).toEqual(["opened", "closed"]);
      // What a call needs in order to fail, and half a second of the fleet's talk.
      expect((opened?.atMs ?? 0) - diesAt).toBeLessThan(errorMs + 500);
      expect((closed?.atMs ?? 0) - livesAt).toBeLessThanOrEqual(30_500);
      let wasted = 0;
      for (const [second, attempts] of result.perSecond) {
        const at = START + second * 1_000;
        if (at >= diesAt + errorMs + 1_000 && at < livesAt) wasted += attempts;
      }
      expect(wasted).toBe(0);
    },
    120_000,
  );
});

describe("an outage, in one isolate", () => {
  it("of 50 calls spread over 5 s costs at most ten attempts", async () => {
    expect(await outage({ calls: 50, everyMs: 100, errorMs: 30 })).toBeLessThanOrEqual(6);
    expect(await outage({ calls: 50, everyMs: 100, errorMs: 500 })).toBeLessThanOrEqual(10);
  });

  it("of 50 calls in one instant costs at most one attempt each", async () => {
    expect(await outage({ calls: 50, everyMs: 0, errorMs: 30 })).toBe(50);
  });

  it("of 50 calls over 5 s in each of 20 isolates ends with the switchboard's word, not with each isolate's five", async () => {
    const result = await fleet({
      isolates: 20,
      callsPerSecond: 10,
      seconds: 5,
      provider: { answer: () => ({ afterMs: 30, failure: "server_error" }) },
    });

    // Five failures, what was under way when the fifth came in, and one question's age for the quiet isolates.
    expect(result.attempts).toBeLessThanOrEqual(20 * 5);
    expect(result.notices.map(({ event }) => event)).toEqual(["opened"]);
  });
});

async function outage(how: { calls: number; everyMs: number; errorMs: number }): Promise<number> {
  const clock = new FakeClock(START);
  const switchboard = new TestSwitchboard(clock, [hot, warm]);
  switchboard.oneWayMs = 20;
  const isolate = new TestIsolate(switchboard);
  let attempts = 0;
  for (let call = 0; call < how.calls; call++) {
    clock.after(call * how.everyMs, () => {
      void isolate.breakers().ready();
      // As the spine does: on the same route once more, unless it fails other calls too.
      const attempt = (tries: number): void => {
        if (isolate.breakers().blocked(hot) !== null) return;
        attempts += 1;
        const startedAtMs = clock.now();
        clock.after(how.errorMs, () => {
          isolate.record(hot, "server_error", startedAtMs);
          const again = (): boolean => tries < 2 && isolate.breakers().recentFailures(hot.id) <= tries;
          if (again()) clock.after(100, () => void (again() && attempt(tries + 1)));
        });
      };
      attempt(1);
    });
  }
  await clock.advance(10_000);
  return attempts;
}

async function fleet(how: {
  isolates: number;
  callsPerSecond: number;
  seconds: number;
  provider: Provider;
}): Promise<FleetResult> {
  const clock = new QueueClock(START);
  const random = seeded(11);
  const switchboard = new TestSwitchboard(clock, [hot]);
  switchboard.oneWayMs = 20;
  const told: { event: string; atMs: number }[] = [];
  switchboard.notices.push = (...notices) => {
    for (const { event } of notices) told.push({ event, atMs: clock.now() });
    return told.length;
  };
  switchboard.probe = async () => {
    const { afterMs, failure } = how.provider.answer(clock.now());
    return { ms: afterMs, failure: failure === null ? null : { kind: failure, detail: "probe" } };
  };
  const endMs = START + how.seconds * 1_000;
  const alarm = (): void => {
    const dueMs = switchboard.board.nextDueMs();
    if (dueMs !== null && dueMs <= clock.now()) void switchboard.alarm();
    if (clock.now() < endMs) clock.after(100, alarm);
  };
  alarm();

  let attempts = 0;
  const perSecond = new Map<number, number>();
  const isolates = Array.from({ length: how.isolates }, (_none, place) => {
    return new TestIsolate(switchboard, place, Math.floor((random() - 0.5) * 10_000));
  });
  const call = (isolate: TestIsolate): void => {
    clock.after((-Math.log(1 - random()) * 1_000) / how.callsPerSecond, () => {
      if (clock.now() >= endMs) return;
      call(isolate);
      const breakers = isolate.breakers();
      void breakers.ready();
      isolate.afterReply.length = 0;
      if (breakers.blocked(hot) !== null) return;
      attempts += 1;
      const second = Math.floor((clock.now() - START) / 1_000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
      const { afterMs, failure } = how.provider.answer(clock.now());
      const startedAtMs = isolate.clock.now();
      clock.after(afterMs, () => isolate.record(hot, failure, startedAtMs));
    });
  };
  for (const isolate of isolates) call(isolate);
  await clock.advance(how.seconds * 1_000);
  return { attempts, notices: told, exchanges: switchboard.exchanges, perSecond };
}
