import type { Clock } from "../lib/clock.ts";

/** Lets those who wait for a change know of it. Waiting is for one change: who wants the next one waits again. */
export class Wake {
  readonly #waiting = new Set<() => void>();

  fire(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** Resolves at the next change, after `ms`, or when `signal` aborts, whichever is first; nothing of it is left then. */
  wait(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        cancel();
        this.#waiting.delete(done);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const cancel = clock.after(ms, done);
      this.#waiting.add(done);
      signal?.addEventListener("abort", done);
    });
  }
}
