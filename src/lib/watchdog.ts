import type { Clock } from "./clock.ts";

/**
 * One abort signal for one attempt: it fires when the caller hangs up, when
 * the clock that is armed runs out, or when it is told to. `expired` says which
 * clock it was, so that an abort is never mistaken for a provider's failure.
 */
export interface Watchdog {
  readonly signal: AbortSignal;
  /** Sets the one clock; a clock set before is taken back. */
  arm(limit: Limit): void;
  disarm(): void;
  /** What ran out; null: nothing did. */
  expired(): string | null;
  /** As if a clock of this name had just run out. */
  expire(what: string): void;
  /** Ends the attempt's connection, and nothing is to blame. */
  abort(): void;
}

export interface Limit {
  readonly limitMs: number;
  /** What `expired` calls it. */
  readonly name: string;
}

export function createWatchdog(clock: Clock, callerSignal: AbortSignal): Watchdog {
  const own = new AbortController();
  let expired: string | null = null;
  let cancel: (() => void) | null = null;
  const disarm = (): void => {
    cancel?.();
    cancel = null;
  };
  const expire = (what: string): void => {
    disarm();
    expired ??= what;
    own.abort();
  };
  return {
    // `request.signal` given to fetch by itself is ignored by workerd; through `any` it works.
    signal: AbortSignal.any([callerSignal, own.signal]),
    arm({ limitMs, name }) {
      disarm();
      cancel = clock.after(Math.max(0, limitMs), () => expire(name));
    },
    disarm,
    expire,
    expired: () => expired,
    abort() {
      disarm();
      own.abort();
    },
  };
}
