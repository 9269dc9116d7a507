import type { Clock } from "../lib/clock.ts";

/**
 * Fires when no content came for `idleMs` while we were listening. A timer
 * that is set once and looks again when it fires, because setting one for each
 * event costs more than the event.
 */
export interface IdleClock {
  /** We wait for the provider, whose last content came at `contentAtMs`. */
  listen(contentAtMs: number): void;
  /** We wait for somebody else. */
  pause(): void;
  stop(): void;
}

export function createIdleClock(clock: Clock, idleMs: number, onIdle: () => void): IdleClock {
  let since = clock.now();
  let pausedAtMs: number | null = null;
  let cancel = clock.after(idleMs, look);

  function look(): void {
    const now = clock.now();
    const leftMs = pausedAtMs === null ? since + idleMs - now : idleMs;
    if (leftMs <= 0) onIdle();
    else cancel = clock.after(leftMs, look);
  }

  return {
    listen(contentAtMs) {
      // A pause moves the start: what was spent on somebody else does not count.
      const pausedMs = pausedAtMs === null ? 0 : clock.now() - pausedAtMs;
      since = Math.max(since + pausedMs, contentAtMs);
      pausedAtMs = null;
    },
    pause() {
      pausedAtMs ??= clock.now();
    },
    stop: () => cancel(),
  };
}
