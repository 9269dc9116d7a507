import { exponential } from "./random.ts";
import { regionAt } from "./regions.ts";
import { SimulatedIsolate } from "./isolate.ts";
import type { World } from "./world.ts";

/** The mean life of an isolate. Another is born in its place at once. */
const LIFE_MS = 300_000;

/** One place in the fleet: an isolate, and after its death the next one. Calls come to it at random moments. */
export class Slot {
  readonly members: SimulatedIsolate[] = [];
  readonly #world: World;
  readonly #region: ReturnType<typeof regionAt>;
  #stopped = false;

  /** `place`: 0 to 1. */
  constructor(world: World, place: number) {
    this.#world = world;
    this.#region = regionAt(place);
  }

  start(meanGapMs: number): void {
    this.#bear();
    this.#arrive(meanGapMs);
  }

  stop(): void {
    this.#stopped = true;
    for (const member of this.members) member.alive = false;
  }

  #bear(): void {
    const isolate = new SimulatedIsolate(this.#world, this.#region);
    this.members.push(isolate);
    this.#world.clock.after(exponential(LIFE_MS, this.#world.random), () => {
      if (this.#stopped) return;
      isolate.alive = false;
      this.#bear();
    });
  }

  #arrive(meanGapMs: number): void {
    this.#world.clock.after(exponential(meanGapMs, this.#world.random), () => {
      if (this.#stopped) return;
      void this.members.at(-1)?.call();
      this.#arrive(meanGapMs);
    });
  }
}
