import { setTimeout as sleep } from "node:timers/promises";

const EVERY_MS = 50;

/** Asks again and again until there is an answer; rejects when `signal` aborts. */
export async function until<Found>(
  ask: () => Promise<Found | null> | Found | null,
  signal: AbortSignal,
  everyMs: number = EVERY_MS,
): Promise<Found> {
  for (;;) {
    const found = await ask();
    if (found !== null) return found;
    await sleep(everyMs, undefined, { signal });
  }
}
