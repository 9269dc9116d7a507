import type { Clock } from "../../../src/lib/clock.ts";

/** A Durable Object's alarm: one, and its handler never runs twice at once. */
export class WorldAlarm {
  #atMs: number | null = null;
  #callOff: () => void = () => undefined;
  #handling: Promise<unknown> = Promise.resolve();
  readonly #clock: Clock;
  readonly #handler: () => Promise<unknown>;

  constructor(clock: Clock, handler: () => Promise<unknown>) {
    this.#clock = clock;
    this.#handler = handler;
  }

  get atMs(): number | null {
    return this.#atMs;
  }

  set(atMs: number): void {
    this.#callOff();
    this.#atMs = atMs;
    this.#callOff = this.#clock.after(Math.max(0, atMs - this.#clock.now()), () => {
      this.#atMs = null;
      this.#handling = this.#handling.then(this.#handler);
    });
  }

  delete(): void {
    this.#callOff();
    this.#atMs = null;
  }
}
