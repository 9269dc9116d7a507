/**
 * Every input that stands for itself: its name is a contract (`--set`, the
 * spreadsheet, the JSON). Those of each kind and route are in `inputs.ts`.
 */
import { backoffMs } from "../src/chat/may-retry.ts";
import { CLOUDFLARE, UPSTASH } from "./prices.ts";

export interface InputEntry {
  readonly value: number;
  readonly unit: string;
  readonly note: string;
  /** Where the value is from; by default it is assumed. */
  readonly source?: "price list" | "the router" | "benchmark";
  /** A share in percent, of which there are no more than 100. */
  readonly most?: number;
}

const ASSUMED = {
  monthlyRequests: { value: 1_000_000, unit: "requests/month", note: "Calls, whatever came of them." },
  peakPerSecond: { value: 20, unit: "requests/s", note: "In the busiest second." },
  streamedPercent: { value: 80, unit: "%", note: "Of the calls.", most: 100 },
  streamEvents: { value: 200, unit: "events", note: "Of one streamed answer." },
  sameRouteRetries: { value: 1, unit: "tries", note: "More on one route (limits.sameRouteRetries).", most: 3 },
  maxAttempts: { value: 0, unit: "attempts", note: "Of one call; 0: candidates + 2 (limits.maxAttempts).", most: 50 },
  retriedPercent: { value: 50, unit: "%", note: "Of the errors: quick, clean, and no other call failed.", most: 100 },
  repeatPercent: { value: 50, unit: "%", note: "A provider that failed in a call fails in it again.", most: 100 },
  errorMs: { value: 1_000, unit: "ms", note: "Until an error is there; a silent route takes its whole share." },
  failedBilledPercent: { value: 10, unit: "%", note: "Of its price a failed attempt costs.", most: 100 },
  queueOn: { value: 1, unit: "0 or 1", note: "What nobody answers is parked and answered later.", most: 1 },
  parkedPercent: { value: 0.5, unit: "%", note: "Of the calls that a pause parks unasked.", most: 100 },
  deliveriesPerJob: { value: 1.5, unit: "messages", note: "QStash deliveries, tried again ones too." },
  jobPolls: { value: 10, unit: "requests", note: "How often a caller asks after its job." },
  jobRunSeconds: { value: 20, unit: "s", note: "A job's object waits for the provider." },
  retainDays: { value: 7, unit: "days", note: "A job's texts are kept (cold.retainDays)." },
  pausedHours: { value: 0, unit: "hours/month", note: "While paused, Redis is asked every 2 s." },
} as const satisfies Readonly<Record<string, InputEntry>>;

const MEASURED = {
  backoffMs: {
    value: backoffMs(0, () => 1),
    unit: "ms",
    note: "The most that is waited before the first retry, doubled each time.",
    source: "the router",
  },
  fewestIsolates: { value: 5, unit: "isolates", note: "Alive at any time, in all places together." },
  requestsPerIsolate: { value: 50, unit: "requests/s", note: "At the peak; more begin another isolate." },
  cpuMsPerCall: { value: 0.5, unit: "ms", note: "CPU, without the events.", source: "benchmark" },
  cpuUsPerEvent: { value: 20, unit: "µs", note: "CPU, pumped; 40 translated or checked.", source: "benchmark" },
  objectMs: { value: 5, unit: "ms", note: "A request keeps an object awake." },
  rowsPerReport: { value: 2, unit: "rows", note: "Written by the switchboard or the ledger." },
  objectCallsPerJob: { value: 12, unit: "requests", note: "To objects, alarms too, without polls." },
  rowsPerJob: { value: 40, unit: "rows", note: "Written, in its whole life." },
  bytesPerToken: { value: 4, unit: "bytes", note: "Of the texts that a job keeps." },
} as const satisfies Readonly<Record<string, InputEntry>>;

const PRICES = {
  redisPer100k: price(UPSTASH.redisPer100kCommands, "$/100k", "Redis commands."),
  qstashPer100k: price(UPSTASH.qstashPer100kMessages, "$/100k", "QStash messages."),
  workersMonthly: price(CLOUDFLARE.monthly, "$/month", "The Workers Paid plan."),
  requestsIncluded: price(CLOUDFLARE.requestsIncluded, "requests", "In the plan, a month."),
  perMillionRequests: price(CLOUDFLARE.perMillionRequests, "$/million", "Worker requests beyond."),
  cpuMsIncluded: price(CLOUDFLARE.cpuMsIncluded, "ms", "CPU in the plan, a month."),
  perMillionCpuMs: price(CLOUDFLARE.perMillionCpuMs, "$/million", "Milliseconds of CPU beyond."),
  objectRequestsIncluded: price(CLOUDFLARE.objectRequestsIncluded, "requests", "To objects, in the plan."),
  perMillionObjectRequests: price(CLOUDFLARE.perMillionObjectRequests, "$/million", "Requests to objects beyond."),
  gbSecondsIncluded: price(CLOUDFLARE.objectGbSecondsIncluded, "GB-s", "Of objects, in the plan."),
  perMillionGbSeconds: price(CLOUDFLARE.perMillionObjectGbSeconds, "$/million", "GB-s of objects beyond."),
  rowsIncluded: price(CLOUDFLARE.rowsWrittenIncluded, "rows", "Written by objects, in the plan."),
  perMillionRows: price(CLOUDFLARE.perMillionRowsWritten, "$/million", "Rows written beyond."),
  storedGbIncluded: price(CLOUDFLARE.storedGbIncluded, "GB", "Stored by objects, in the plan."),
  perStoredGb: price(CLOUDFLARE.perStoredGb, "$/GB", "Stored beyond, a month."),
} as const satisfies Readonly<Record<string, InputEntry>>;

export type InputName = keyof typeof ASSUMED | keyof typeof MEASURED | keyof typeof PRICES;

export const INPUT_TABLE: Readonly<Record<InputName, InputEntry>> = { ...ASSUMED, ...MEASURED, ...PRICES };

function price(value: number, unit: string, note: string): InputEntry {
  return { value, unit, note, source: "price list" };
}
