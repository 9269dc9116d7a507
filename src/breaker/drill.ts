/**
 * The faults of a drill, route by route. They are in memory only and end by
 * themselves: a drill that somebody forgot must not become an outage.
 */
import type { InjectedFault, InjectedFaults } from "../domain/injected-fault.ts";

/** Long enough for a game day's exercise. */
const DRILL_MS = 15 * 60_000;

export class Drill {
  readonly #faults = new Map<string, InjectedFault>();
  #untilMs = 0;
  #endedMs = -Infinity;

  /** Null ends a route's fault. All of them end a quarter of an hour after the latest change. */
  change(faults: Readonly<Record<string, InjectedFault | null>>, now: number): void {
    for (const [routeId, fault] of Object.entries(faults)) {
      if (fault === null) this.#faults.delete(routeId);
      else this.#faults.set(routeId, fault);
    }
    this.#untilMs = now + DRILL_MS;
    if (this.#faults.size === 0) this.#endedMs = now;
  }

  faults(): InjectedFaults {
    return Object.fromEntries(this.#faults);
  }

  faultOf(routeId: string): InjectedFault | null {
    return this.#faults.get(routeId) ?? null;
  }

  /** Is one on, or was one within the last `withinMs`? As far as this life of the object knows. */
  isOrWas(withinMs: number, now: number): boolean {
    return this.#faults.size > 0 || now - this.#endedMs < withinMs;
  }

  /** When it ends by itself; null: none is on. */
  dueMs(): number | null {
    return this.#faults.size === 0 ? null : this.#untilMs;
  }

  /** True: it has just ended. */
  endPast(now: number): boolean {
    if (this.#faults.size === 0 || now < this.#untilMs) return false;
    this.#faults.clear();
    this.#endedMs = now;
    return true;
  }
}
