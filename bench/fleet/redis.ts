import type { FlagReading, FlagStore } from "../../src/budget/flag-store.ts";
import { wait, type Clock } from "../../src/lib/clock.ts";
import { REDIS_MS } from "./regions.ts";

/** The pause's flags as Upstash would have them. Each reading or write is one command. */
export class SimulatedRedis {
  commands = 0;
  readonly #clock: Clock;
  readonly #scopes = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** As an operator does it by hand: the slowest of all ways, because nobody tells the switchboard. */
  pauseAll(): void {
    this.#scopes.add("all");
  }

  /** As it is seen from near one of its replicas. */
  near(): FlagStore {
    return {
      read: () => this.read(),
      write: async () => {
        this.commands += 1;
        await wait(this.#clock, REDIS_MS);
      },
    };
  }

  async read(): Promise<FlagReading> {
    this.commands += 1;
    await wait(this.#clock, REDIS_MS);
    return { scopes: new Set(this.#scopes), epoch: true };
  }
}
