/**
 * Time as an argument. Only this file, the Durable Object shells and
 * `build-deps.ts` touch the real clock; everything else takes a `Clock`.
 */
export interface Clock {
  /** Milliseconds since 1970. In production it stands still while code runs: read it after I/O. */
  now(): number;
  /** Calls `run` once after `ms`; the returned function takes it back. */
  after(ms: number, run: () => void): () => void;
}

export const realClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Ahead of the real time by so much, for drills: what is due in nine hours can be seen at once. */
export function clockAhead(ms: number): Clock {
  return ms === 0
    ? realClock
    : { now: () => realClock.now() + ms, after: (afterMs, run) => realClock.after(afterMs, run) };
}

/** The platform knows no other time than its own: a moment of this clock, for its alarms. */
export function platformMoment(dueMs: number, clock: Clock): number {
  return dueMs - clock.now() + realClock.now();
}

/** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
export function wait(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      cancel();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal?.addEventListener("abort", done);
  });
}
