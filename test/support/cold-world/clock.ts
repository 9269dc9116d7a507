/**
 * The one clock of a world: the Worker's and the local QStash's at once. A
 * heap, because a day with a thousand jobs holds half a million timers.
 */
import type { Clock as QstashClock } from "../../../dev/qstash/clock.ts";
import type { Clock } from "../../../src/lib/clock.ts";

interface Timer {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | null;
}

export class WorldClock implements Clock, QstashClock {
  #now: number;
  #order = 0;
  readonly #heap: Timer[] = [];
  readonly #moved: (nowMs: number) => void;

  /** `moved`: whoever else has to know what time it is. */
  constructor(startMs: number, moved: (nowMs: number) => void) {
    this.#now = startMs;
    this.#moved = moved;
    moved(startMs);
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    return this.at(this.#now + ms, run);
  }

  at(timeMs: number, run: () => void): () => void {
    const timer: Timer = { atMs: Math.max(timeMs, this.#now), order: this.#order++, run };
    this.#push(timer);
    return () => {
      timer.run = null;
    };
  }

  /** From one moment at which something happens to the next, each time until all that it started has come to rest. */
  async pass(ms: number, atRest: () => Promise<void>): Promise<void> {
    const untilMs = this.#now + ms;
    await atRest();
    for (let atMs = this.#next(); atMs !== null && atMs <= untilMs; atMs = this.#next()) {
      this.#moveTo(atMs);
      while (this.#next() === atMs) this.#pop().run?.();
      await atRest();
    }
    this.#moveTo(untilMs);
  }

  #moveTo(atMs: number): void {
    this.#now = atMs;
    this.#moved(atMs);
  }

  /** Null: nothing is to come. What was called off is left out on the way. */
  #next(): number | null {
    for (let [top] = this.#heap; top !== undefined; [top] = this.#heap) {
      if (top.run !== null) return top.atMs;
      this.#pop();
    }
    return null;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let place = heap.push(timer) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, timer)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = timer;
  }

  #pop(): Timer {
    const heap = this.#heap;
    const [top] = heap;
    const last = heap.pop();
    if (top === undefined || last === undefined) throw new Error("nothing is to come");
    if (heap.length === 0) return top;
    let place = 0;
    for (;;) {
      const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]];
      const isRight = left !== undefined && right !== undefined && isBefore(right, left);
      const below = isRight ? right : left;
      if (below === undefined || isBefore(last, below)) break;
      heap[place] = below;
      place = 2 * place + (isRight ? 2 : 1);
    }
    heap[place] = last;
    return top;
  }
}

function isBefore(left: Timer, right: Timer): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}
