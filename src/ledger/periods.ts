/** The periods in which something is counted. All of them are UTC's. */
export interface Period {
  /** Such as `2026-11-21`: sorts by time, and differs between kinds of period. */
  readonly key: string;
  readonly endsAtMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export function minuteOf(now: number): Period {
  const minute = Math.floor(now / MINUTE_MS);
  return { key: `min-${minute}`, endsAtMs: (minute + 1) * MINUTE_MS };
}

export function dayOf(now: number): Period {
  return { key: new Date(now).toISOString().slice(0, 10), endsAtMs: (Math.floor(now / DAY_MS) + 1) * DAY_MS };
}

export function monthOf(now: number): Period {
  const date = new Date(now);
  const endsAtMs = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  return { key: date.toISOString().slice(0, 7), endsAtMs };
}
