import type { Clock } from "../../src/lib/clock.ts";

export interface FakeClock extends Clock {
  /** Lets time pass, timer by timer, until `work` settles; fails when nothing is left that could settle it. */
  run<Value>(work: Promise<Value>): Promise<Value>;
  advance(ms: number): Promise<void>;
}

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

/** Time that passes only when a test says so. */
export function createFakeClock(startMs = 1_700_000_000_000): FakeClock {
  let now = startMs;
  let timers: readonly Timer[] = [];

  function next(): Timer | undefined {
    return timers.reduce<Timer | undefined>(
      (first, timer) => (first && first.atMs <= timer.atMs ? first : timer),
      undefined,
    );
  }

  function fire(timer: Timer): void {
    timers = timers.filter((other) => other !== timer);
    now = Math.max(now, timer.atMs);
    timer.run();
  }

  return {
    now: () => now,
    after(ms, run) {
      const timer = { atMs: now + ms, run };
      timers = [...timers, timer];
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    async run(work) {
      let settled = false;
      const done = (): void => {
        settled = true;
      };
      work.then(done, done);
      for (;;) {
        await settleMicrotasks();
        if (settled) return await work;
        const timer = next();
        if (!timer) throw new Error("nothing is left to happen, and the work has not settled");
        fire(timer);
      }
    },
    async advance(ms) {
      const until = now + ms;
      for (let timer = next(); timer && timer.atMs <= until; timer = next()) {
        fire(timer);
        await settleMicrotasks();
      }
      now = until;
      await settleMicrotasks();
    },
  };
}

/** Streams settle over several turns of the event loop. */
async function settleMicrotasks(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
