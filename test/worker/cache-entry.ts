import { CacheObject } from "../../src/cache/cache-object.ts";
import { realClock, type Clock } from "../../src/lib/clock.ts";

/** With a clock that a test can set ahead. */
export class Cache extends CacheObject {
  #aheadMs = 0;

  setAhead(ms: number): void {
    this.#aheadMs = ms;
  }

  protected override clock(): Clock {
    return { ...realClock, now: () => realClock.now() + this.#aheadMs };
  }
}
