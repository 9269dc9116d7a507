import type { Clock } from "../../src/lib/clock.ts";
import { wait } from "../../src/lib/clock.ts";

/**
 * One Durable Object's single thread: requests are served one after another, a millisecond each, which is the
 * platform's soft limit of about 1,000 a second (https://developers.cloudflare.com/durable-objects/reference/faq/).
 * Whoever would wait too long is refused, as by an overloaded object
 * (https://developers.cloudflare.com/durable-objects/observability/troubleshooting/); how long that is, is assumed.
 */
export class LoadMeter {
  /** By second of the run: requests that arrived. */
  readonly perSecond = new Map<number, number>();
  requests = 0;
  refused = 0;
  longestWaitMs = 0;
  readonly #clock: Clock;
  readonly #startMs: number;
  #freeAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startMs = clock.now();
  }

  /** Resolves when it is this request's turn. */
  async turn(): Promise<void> {
    const now = this.#clock.now();
    const second = Math.floor((now - this.#startMs) / 1_000);
    this.perSecond.set(second, (this.perSecond.get(second) ?? 0) + 1);
    this.requests += 1;
    const waitMs = Math.max(this.#freeAtMs, now) + SERVICE_MS - now;
    if (waitMs > LONGEST_QUEUE_MS) {
      this.refused += 1;
      throw new Error("the object is overloaded");
    }
    this.longestWaitMs = Math.max(this.longestWaitMs, waitMs);
    this.#freeAtMs = now + waitMs;
    await wait(this.#clock, waitMs);
  }

  /** Requests a second over whole seconds of the run. */
  between(fromMs: number, untilMs: number): { readonly mean: number; readonly peak: number } {
    const seconds = Array.from({ length: Math.max(1, Math.ceil((untilMs - fromMs) / 1_000)) }, (_, place) => {
      return this.perSecond.get(Math.floor(fromMs / 1_000) + place) ?? 0;
    });
    return { mean: seconds.reduce((sum, each) => sum + each, 0) / seconds.length, peak: Math.max(...seconds) };
  }
}

const SERVICE_MS = 1;
const LONGEST_QUEUE_MS = 10_000;
