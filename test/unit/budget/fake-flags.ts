/** A Redis as the keeper sees it: flags, our mark, and how it fares today. */
import type { FlagReading, FlagStore, FlagWrite } from "../../../src/budget/flag-store.ts";
import { type Clock, wait } from "../../../src/lib/clock.ts";

export class FakeFlags implements FlagStore {
  scopes = new Set<string>();
  epoch = false;
  /** Run at once, answered so much later. */
  slowMs = 0;
  /** A write arrives only so much later. */
  lateMs = 0;
  down = false;
  reads = 0;
  readonly writes: FlagWrite[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async read(limitMs: number): Promise<FlagReading> {
    this.reads += 1;
    this.#refuseIfDown();
    const reading = { scopes: new Set(this.scopes), epoch: this.epoch };
    await this.#answer(limitMs);
    return reading;
  }

  async write(writes: readonly FlagWrite[], limitMs: number): Promise<void> {
    this.#refuseIfDown();
    if (this.lateMs > 0) await wait(this.#clock, this.lateMs);
    for (const one of writes) this.#run(one);
    this.epoch = true;
    await this.#answer(limitMs);
  }

  wipe(): void {
    this.scopes.clear();
    this.epoch = false;
  }

  #run(write: FlagWrite): void {
    this.writes.push(write);
    if (write.kind === "set") this.scopes.add(write.scope);
    if (write.kind === "clear") this.scopes.delete(write.scope);
    if (write.kind === "clear_all") this.scopes.clear();
  }

  #refuseIfDown(): void {
    if (this.down) throw new Error("Redis is down");
  }

  async #answer(limitMs: number): Promise<void> {
    if (this.slowMs === 0) return;
    await wait(this.#clock, Math.min(this.slowMs, limitMs));
    if (this.slowMs > limitMs) throw new Error("too slow");
  }
}
