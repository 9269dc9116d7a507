import { type Clock, wait } from "./clock.ts";

/** The promise's own end, or a rejection after `ms`. What comes of it later is nobody's business. */
export async function inTime<Value>(clock: Clock, ms: number, promise: Promise<Value>): Promise<Value> {
  const settled = new AbortController();
  const tooLate = wait(clock, ms, settled.signal).then((): never => {
    throw new Error(`no answer within ${ms} ms`);
  });
  // Also the one that loses may reject, and then nobody waits for it.
  tooLate.catch(() => undefined);
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    settled.abort();
  }
}
