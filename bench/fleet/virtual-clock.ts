import type { Clock } from "../../src/lib/clock.ts";

interface Timer {
  run: (() => void) | null;
}

/**
 * Time that passes only as events need it, in whole milliseconds, as the platform's clock has it. What is due in the
 * same millisecond runs in the order in which it was asked for, so a run is the same each time.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  /** By millisecond: cheaper than a heap, for there are far more timers than milliseconds. */
  readonly #due = new Map<number, Timer[]>();

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  after(ms: number, run: () => void): () => void {
    if (!Number.isFinite(ms)) return () => undefined;
    const atMs = this.#nowMs + Math.max(0, Math.ceil(ms));
    const timer: Timer = { run };
    const due = this.#due.get(atMs);
    if (due === undefined) this.#due.set(atMs, [timer]);
    else due.push(timer);
    return () => {
      timer.run = null;
    };
  }

  /** Lets time pass until `endMs`, that moment included. */
  async runUntil(endMs: number): Promise<void> {
    for (;;) {
      for (let due = this.#take(); due !== undefined; due = this.#take()) {
        for (const timer of due) timer.run?.();
        await settled();
      }
      if (this.#nowMs >= endMs) return;
      this.#nowMs += 1;
    }
  }

  #take(): Timer[] | undefined {
    const due = this.#due.get(this.#nowMs);
    if (due !== undefined) this.#due.delete(this.#nowMs);
    return due;
  }
}

/** Every promise that could settle without time passing has settled then. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
