/** When a failed delivery is tried again: https://upstash.com/docs/qstash/features/retry */
import { readDelayExpression } from "./delay-expression.ts";
import { fineDurationMs } from "./duration.ts";

const LONGEST_MS = 86_400_000;

/** In the order in which the documentation lists them. */
const HEADERS = ["retry-after", "x-ratelimit-reset", "x-ratelimit-reset-requests", "x-ratelimit-reset-tokens"] as const;

export interface FailedDelivery {
  /** How often the message had been retried before: 0 for its first delivery. */
  readonly retried: number;
  readonly headers: Headers;
  readonly expression: string | undefined;
  readonly now: number;
}

export function retryDelayMs({ retried, headers, expression, now }: FailedDelivery): number {
  const asked = askedFor(headers, now);
  // "If you specify a value beyond this limit, the backoff algorithm will be applied."
  if (asked !== undefined && asked <= LONGEST_MS) return asked;
  const own = expression === undefined ? undefined : readDelayExpression(expression)?.(retried);
  if (own !== undefined && Number.isFinite(own)) return Math.min(LONGEST_MS, Math.max(0, own));
  return defaultDelayMs(retried + 1);
}

/** `min(86400, e^(2.5 n))` seconds for the n-th retry: 12 s, 2 m 28 s, 30 m 8 s, 6 h 7 m, 24 h. */
export function defaultDelayMs(retry: number): number {
  return Math.min(LONGEST_MS, Math.floor(Math.exp(2.5 * retry)) * 1000);
}

function askedFor(headers: Headers, now: number): number | undefined {
  for (const name of HEADERS) {
    const value = headers.get(name);
    const ms = value === null ? undefined : readMoment(value.trim(), now);
    if (ms !== undefined) return ms;
  }
  return undefined;
}

/** Seconds, an RFC 1123 date, or a duration such as `6m5s`. */
function readMoment(value: string, now: number): number | undefined {
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const duration = fineDurationMs(value);
  if (duration !== undefined) return duration;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
