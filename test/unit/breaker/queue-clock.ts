import { FakeClock } from "./support.ts";

/** The fake clock with a heap: millions of timers in a few seconds. */
export class QueueClock extends FakeClock {
  #now: number;
  readonly #heap: { readonly atMs: number; readonly order: number; run: (() => void) | null }[] = [];
  #order = 0;

  constructor(now: number) {
    super(now);
    this.#now = now;
  }

  override now(): number {
    return this.#now;
  }

  override after(ms: number, run: () => void): () => void {
    const timer = { atMs: this.#now + Math.max(0, ms), order: this.#order++, run: run as (() => void) | null };
    this.#push(timer);
    return () => {
      timer.run = null;
    };
  }

  override async advance(ms: number): Promise<void> {
    const untilMs = this.#now + ms;
    for (let top = this.#heap[0]; top !== undefined && top.atMs <= untilMs; top = this.#heap[0]) {
      this.#pop();
      this.#now = Math.max(this.#now, top.atMs);
      top.run?.();
      // Enough for the longest chain of awaits between two timers.
      for (let turn = 0; turn < 12; turn++) await Promise.resolve();
    }
    this.#now = untilMs;
  }

  #push(timer: { atMs: number; order: number; run: (() => void) | null }): void {
    const heap = this.#heap;
    let place = heap.push(timer) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#before(place, parent)) break;
      this.#swap(place, parent);
      place = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    this.#swap(0, heap.length - 1);
    heap.pop();
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const smallest = [left, left + 1].reduce(
        (best, child) => (child < heap.length && this.#before(child, best) ? child : best),
        place,
      );
      if (smallest === place) return;
      this.#swap(place, smallest);
      place = smallest;
    }
  }

  #before(left: number, right: number): boolean {
    const [one, other] = [this.#heap[left], this.#heap[right]];
    if (one === undefined || other === undefined) return false;
    return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
  }

  #swap(left: number, right: number): void {
    const [one, other] = [this.#heap[left], this.#heap[right]];
    if (one === undefined || other === undefined) return;
    this.#heap[left] = other;
    this.#heap[right] = one;
  }
}
