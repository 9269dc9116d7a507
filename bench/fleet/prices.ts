/**
 * What the platforms ask, in US dollars, beyond what their plans include. Read on 2026-11-21:
 * - https://developers.cloudflare.com/workers/platform/pricing/ ($0.30 for a million requests, $0.02 for a million ms of CPU)
 * - https://developers.cloudflare.com/durable-objects/platform/pricing/ ($0.15 for a million requests, $12.50 for a
 *   million GB-s at 128 MB for each object, $1.00 for a million rows written)
 * - https://upstash.com/pricing/redis ($0.20 for 100,000 commands), https://upstash.com/pricing/qstash ($1 for 100,000
 *   messages)
 */
import type { Used } from "./simulate.ts";

const WORKER_REQUEST = 0.3 / 1e6;
const WORKER_CPU_MS = 0.02 / 1e6;
const OBJECT_REQUEST = 0.15 / 1e6;
const OBJECT_SECOND = (12.5 / 1e6) * 0.128;
const ROW_WRITTEN = 1 / 1e6;
const REDIS_COMMAND = 0.2 / 1e5;
const QSTASH_MESSAGE = 1 / 1e5;

/** A pumped stream of some hundred events, by the table in bench/README.md, rounded up. */
const CPU_MS_PER_CALL = 4;
/** The switchboard and the ledger. They are taken as never asleep, so this errs high where there is little to do. */
const OBJECTS = 2;

export interface Cost {
  readonly item: string;
  /** For a million calls. */
  readonly usd: number;
}

export function costsOf({ seconds, calls, objectRequests, rowsWritten, redisCommands }: Used): readonly Cost[] {
  const perMillion = 1e6 / Math.max(1, calls);
  return [
    { item: "Workers: requests", usd: 1e6 * WORKER_REQUEST },
    { item: `Workers: ${CPU_MS_PER_CALL} ms CPU`, usd: 1e6 * CPU_MS_PER_CALL * WORKER_CPU_MS },
    { item: "objects: requests", usd: objectRequests * perMillion * OBJECT_REQUEST },
    { item: "objects: duration", usd: seconds * OBJECTS * perMillion * OBJECT_SECOND },
    { item: "objects: rows written", usd: rowsWritten * perMillion * ROW_WRITTEN },
    { item: "Redis", usd: redisCommands * perMillion * REDIS_COMMAND },
  ];
}

/** A parked call that is delivered once. */
export const PARKED_MILLION_USD = 1e6 * QSTASH_MESSAGE;
