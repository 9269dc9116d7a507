import type { Clock } from "../lib/clock.ts";
import { wait } from "../lib/clock.ts";
import { CONNECTIONS_WAITING_FOR_HEADERS, SUBREQUESTS_FREE_PLAN } from "../lib/platform-limits.ts";
import type { Due, Outbox } from "./outbox.ts";
import type { SendOutcome } from "./send-request.ts";

export interface DeliverOptions {
  readonly clock: Clock;
  /** Never rejects. */
  readonly send: (due: Due) => Promise<SendOutcome>;
}

/** While a target is slow, the others are looked after this often. */
const LOOK_AGAIN_MS = 500;
/** After it nothing new is begun: an alarm may run for 15 minutes, and the next one comes by itself. */
const ROUND_MS = 60_000;
/** The next alarm, which comes at once, sends the rest. */
const MOST_SENDS = SUBREQUESTS_FREE_PLAN - 10;

/**
 * Everything that is due, and what becomes due meanwhile: for each target one
 * message after the other, the targets side by side, so that one that hangs
 * or fails holds up none of the others. (Of more than six targets that all
 * hang, the seventh waits for the platform's connections: 10 s at most.)
 */
export async function deliverDue(outbox: Outbox, { clock, send }: DeliverOptions): Promise<void> {
  const untilMs = clock.now() + ROUND_MS;
  const busy = new Map<string, Promise<void>>();
  let sends = 0;
  for (;;) {
    outbox.flush();
    const free = mayBegin() ? outbox.targetsDue().filter((target) => !busy.has(target)) : [];
    for (const target of free.slice(0, CONNECTIONS_WAITING_FOR_HEADERS - busy.size)) busy.set(target, empty(target));
    if (busy.size === 0) return;
    const rest = new AbortController();
    await Promise.race([...busy.values(), wait(clock, LOOK_AGAIN_MS, rest.signal)]);
    rest.abort();
  }

  function mayBegin(): boolean {
    return sends < MOST_SENDS && clock.now() < untilMs;
  }

  async function empty(target: string): Promise<void> {
    try {
      for (;;) {
        const due = mayBegin() ? outbox.nextDue(target) : null;
        if (due === null) return;
        sends += 1;
        if (!outbox.settle(due, await send(due))) return;
      }
    } finally {
      busy.delete(target);
    }
  }
}
