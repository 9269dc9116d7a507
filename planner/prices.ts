/**
 * What the services around the providers charge, in US dollars. Looked up on
 * 2026-11-21, in copies of
 *
 * - https://developers.cloudflare.com/workers/platform/pricing/ (Standard; as its Workflows page repeats it, 2026-09)
 * - https://developers.cloudflare.com/durable-objects/platform/pricing/ (SQLite-backed; storage is billed since 2026-01-07)
 * - https://upstash.com/pricing/redis (2026-11-09) and https://upstash.com/pricing/qstash (2026), pay as you go
 *
 * What the providers charge is in `src/routing/price-list.ts`.
 */
export const CLOUDFLARE = {
  /** The Workers Paid plan, a month. */
  monthly: 5,
  requestsIncluded: 10_000_000,
  perMillionRequests: 0.3,
  cpuMsIncluded: 30_000_000,
  perMillionCpuMs: 0.02,
  objectRequestsIncluded: 1_000_000,
  perMillionObjectRequests: 0.15,
  objectGbSecondsIncluded: 400_000,
  perMillionObjectGbSeconds: 12.5,
  rowsWrittenIncluded: 50_000_000,
  perMillionRowsWritten: 1,
  storedGbIncluded: 5,
  perStoredGb: 0.2,
} as const;

export const UPSTASH = {
  redisPer100kCommands: 0.2,
  qstashPer100kMessages: 1,
} as const;
