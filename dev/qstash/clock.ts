/**
 * What the local QStash knows of time: what it is, and to be woken at a moment.
 * With a `ManualClock` hours of delay pass in no time, and nothing happens that
 * the test did not ask for.
 */
export interface Clock {
  now(): number;
  /** Runs at that moment, at once where it has passed; answers how to call it off. */
  at(timeMs: number, run: () => void): () => void;
}

/** Node's timers hold no more than 32 bits of milliseconds, 24.8 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const realClock: Clock = {
  now: () => Date.now(),
  at: (timeMs, run) => {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const leftMs = timeMs - Date.now();
      // A timer may fire a millisecond before the clock says so.
      const fire = (): void => (timeMs > Date.now() ? arm() : run());
      timer = setTimeout(fire, Math.min(LONGEST_TIMER_MS, Math.max(0, Math.ceil(leftMs))));
      timer.unref();
    };
    arm();
    return () => clearTimeout(timer);
  },
};

interface Appointment {
  readonly timeMs: number;
  readonly run: () => void;
}

export class ManualClock implements Clock {
  private time: number;
  private appointments: readonly Appointment[] = [];

  constructor(startMs: number = Date.now()) {
    this.time = startMs;
  }

  now(): number {
    return this.time;
  }

  at(timeMs: number, run: () => void): () => void {
    const appointment = { timeMs: Math.max(timeMs, this.time), run };
    this.appointments = [...this.appointments, appointment].toSorted((a, b) => a.timeMs - b.timeMs);
    return () => {
      this.appointments = this.appointments.filter((other) => other !== appointment);
    };
  }

  /** The moment at which something happens next. */
  nextAt(): number | undefined {
    return this.appointments[0]?.timeMs;
  }

  /** Everything due until then runs, each at its own moment; what it starts is not waited for (`passTime` does). */
  advance(ms: number): void {
    const until = this.time + ms;
    for (let [next] = this.appointments; next !== undefined && next.timeMs <= until; [next] = this.appointments) {
      this.appointments = this.appointments.slice(1);
      this.time = next.timeMs;
      next.run();
    }
    this.time = until;
  }
}

/**
 * Lets time pass from one event to the next and waits each time until what it
 * started has ended, so that a retry counts from the moment its attempt failed.
 */
export async function passTime(clock: ManualClock, ms: number, settled: () => Promise<void>): Promise<void> {
  const until = clock.now() + ms;
  await settled();
  for (let next = clock.nextAt(); next !== undefined && next <= until; next = clock.nextAt()) {
    clock.advance(next - clock.now());
    await settled();
  }
  clock.advance(until - clock.now());
}
