/** What a plan says in the end: each number's formula, once. */
import { call, max, min, minus, over, percent, sum, times, when } from "./expression.ts";
import type { Expression } from "./expression.ts";
import { of } from "./cells.ts";
import type { InputName } from "./input-table.ts";
import type { PlanInputs } from "./inputs.ts";

interface Output {
  readonly unit: string;
  readonly note: string;
  readonly formula: Expression;
}

export const OUTPUT_NAMES = [
  "totalUsd",
  "hotUsd",
  "warmUsd",
  "redisUsd",
  "qstashUsd",
  "workersUsd",
  "objectsUsd",
  "usdPer1000Requests",
  "worstP95Ms",
  "missedPercent",
  "missedPerMonth",
  "jobs",
  "isolates",
  "switchboardPeak",
  "redisCommands",
  "qstashMessages",
  "workerRequests",
  "cpuMs",
  "objectRequests",
  "gbSeconds",
  "rowsWritten",
  "storedGb",
] as const;
export type OutputName = (typeof OUTPUT_NAMES)[number];

const { input } = of;

const SECONDS_PER_MONTH = 2_628_000;
const MINUTES_PER_MONTH = 43_800;
/** The platform bills every object as if it had all of its memory. */
const OBJECT_GB = 0.128;
const DAYS_PER_MONTH = 30.4;
/** A snapshot and a report each, once a second at most. */
const SWITCHBOARD_CALLS = 2;
/** The switchboard's, and one report to the ledger. */
const OBJECT_CALLS = 3;

export function outputs({ kinds, routes }: PlanInputs): Readonly<Record<OutputName, Output>> {
  const ofKinds = (column: string): Expression => sum(...kinds.map(({ kind }) => of.kind(kind, column)));
  const ofTier = (wanted: "hot" | "warm"): Expression =>
    sum(0, ...routes.filter(({ tier }) => tier === wanted).map(({ id }) => of.route(id, "usd")));
  const calls = input("monthlyRequests");
  /** Of one isolate at most one of each kind a second; of a rare call no more than its own. */
  const toObjects = (each: number): Expression => times(each, min(calls, times(output("isolates"), SECONDS_PER_MONTH)));
  const beyond = (used: Expression, included: InputName, perMillion: InputName): Expression =>
    times(max(0, minus(used, input(included))), 0.000_001, input(perMillion));
  return {
    totalUsd: usd("All of it.", sum(...COSTS.map(output))),
    hotUsd: usd("Providers of Hot.", ofTier("hot")),
    warmUsd: usd("Providers of Warm.", ofTier("warm")),
    redisUsd: usd("Upstash Redis: the pause.", times(output("redisCommands"), 0.000_01, input("redisPer100k"))),
    qstashUsd: usd("QStash: parked calls.", times(output("qstashMessages"), 0.000_01, input("qstashPer100k"))),
    workersUsd: usd(
      "Workers, with the plan.",
      sum(
        input("workersMonthly"),
        beyond(output("workerRequests"), "requestsIncluded", "perMillionRequests"),
        beyond(output("cpuMs"), "cpuMsIncluded", "perMillionCpuMs"),
      ),
    ),
    objectsUsd: usd(
      "Durable Objects.",
      sum(
        beyond(output("objectRequests"), "objectRequestsIncluded", "perMillionObjectRequests"),
        beyond(output("gbSeconds"), "gbSecondsIncluded", "perMillionGbSeconds"),
        beyond(output("rowsWritten"), "rowsIncluded", "perMillionRows"),
        times(max(0, minus(output("storedGb"), input("storedGbIncluded"))), input("perStoredGb")),
      ),
    ),
    usdPer1000Requests: usd("All of it, for 1,000 calls.", times(1_000, over(output("totalUsd"), calls))),
    worstP95Ms: {
      unit: "ms",
      note: "p95 with retries, of the slowest kind.",
      formula: max(0, ...kinds.map(({ kind }) => when(of.kind(kind, "requests"), of.kind(kind, "p95Ms"), 0))),
    },
    missedPercent: {
      unit: "%",
      note: "Of the calls: Hot and Warm both fail within the limit.",
      formula: times(100, over(output("missedPerMonth"), ofKinds("requests"))),
    },
    missedPerMonth: { unit: "requests", note: "Deadlines missed.", formula: ofKinds("missed") },
    jobs: { unit: "jobs", note: "Calls that are parked.", formula: ofKinds("jobs") },
    isolates: {
      unit: "isolates",
      note: "At the peak.",
      formula: max(input("fewestIsolates"), call("roundUp", over(input("peakPerSecond"), input("requestsPerIsolate")))),
    },
    switchboardPeak: {
      unit: "requests/s",
      note: "To the switchboard, of about 1,000 that one object takes.",
      formula: times(SWITCHBOARD_CALLS, min(input("peakPerSecond"), output("isolates"))),
    },
    redisCommands: {
      unit: "commands",
      note: "Once a second at most while there are calls; every 2 s while paused.",
      formula: sum(min(calls, SECONDS_PER_MONTH), times(1_800, input("pausedHours"))),
    },
    qstashMessages: {
      unit: "messages",
      note: "Deliveries.",
      formula: times(output("jobs"), input("deliveriesPerJob")),
    },
    workerRequests: {
      unit: "requests",
      note: "Calls, polls, deliveries and the cron trigger.",
      formula: sum(calls, times(output("jobs"), sum(input("jobPolls"), input("deliveriesPerJob"))), MINUTES_PER_MONTH),
    },
    cpuMs: {
      unit: "ms",
      note: "CPU; a poll or a delivery as much as a call.",
      formula: sum(
        times(output("workerRequests"), input("cpuMsPerCall")),
        times(calls, percent(input("streamedPercent")), input("streamEvents"), input("cpuUsPerEvent"), 0.001),
      ),
    },
    objectRequests: {
      unit: "requests",
      note: "Snapshots, reports, jobs and their polls.",
      formula: sum(toObjects(OBJECT_CALLS), times(output("jobs"), sum(input("objectCallsPerJob"), input("jobPolls")))),
    },
    gbSeconds: {
      unit: "GB-s",
      note: "Of objects that are awake.",
      formula: times(
        OBJECT_GB,
        sum(times(output("objectRequests"), input("objectMs"), 0.001), times(output("jobs"), input("jobRunSeconds"))),
      ),
    },
    rowsWritten: {
      unit: "rows",
      note: "Reports and jobs.",
      formula: sum(
        times(toObjects(SWITCHBOARD_CALLS), input("rowsPerReport")),
        times(output("jobs"), input("rowsPerJob")),
      ),
    },
    storedGb: {
      unit: "GB",
      note: "The texts of parked calls, as long as they are kept.",
      formula: times(
        ofKinds("parkedTokens"),
        input("bytesPerToken"),
        0.000_000_001,
        input("retainDays"),
        1 / DAYS_PER_MONTH,
      ),
    },
  };
}

/** What the total is the sum of. */
export const COSTS = ["hotUsd", "warmUsd", "redisUsd", "qstashUsd", "workersUsd", "objectsUsd"] as const;

function output(name: OutputName): Expression {
  return of.output(name);
}

function usd(note: string, formula: Expression): Output {
  return { unit: "$/month", note, formula };
}
