import { MICROS } from "../../src/domain/price.ts";
import { quantile } from "../harness/statistics.ts";
import { timelineOf, type Timeline, type Trouble } from "./faults.ts";
import type { SimulatedIsolate } from "./isolate.ts";
import { isNear } from "./regions.ts";
import { Slot } from "./slot.ts";
import { START_MS, World } from "./world.ts";

export interface Scenario {
  readonly seed: number;
  readonly isolates: number;
  /** Calls a second of the whole fleet. */
  readonly callsPerSecond: number;
  readonly trouble: Trouble;
}

/** Milliseconds over the isolates that were asked since the trouble began. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly last: number;
}

/** The isolates whose question is answered within the 200 ms that a call waits for it, and the others. */
export interface NearAndFar {
  readonly near: Spread | null;
  readonly far: Spread | null;
}

/** Requests a second. */
export interface ObjectLoad {
  readonly mean: number;
  readonly peak: number;
}

/** Both objects over some seconds. */
export interface Load {
  readonly switchboard: ObjectLoad;
  readonly ledger: ObjectLoad;
}

/** Sums over the seconds in which nothing is wrong: what they cost. */
export interface Used {
  readonly seconds: number;
  readonly calls: number;
  readonly objectRequests: number;
  /** Each change of a row; indexes and alarms are not counted. */
  readonly rowsWritten: number;
  readonly redisCommands: number;
}

export interface Outcome {
  readonly scenario: Scenario;
  readonly calm: Load;
  readonly calmUse: Used;
  /** From the beginning of the trouble to the end of the run. */
  readonly troubled: Load;
  /** Of the whole run after warming up. */
  readonly snapshotBytesPerSecond: number;
  /** Requests that an object refused, for its queue was too long; and the longest wait in a queue. */
  readonly refused: number;
  readonly longestQueueMs: number;
  readonly calls: number;
  readonly attempts: number;
  /** Attempts that failed, and were made again elsewhere. */
  readonly extraAttempts: number;
  readonly parked: number;
  readonly openedAfterMs: number | null;
  /** The last attempt at the dead route, after it died; null: no route was dead. */
  readonly left: NearAndFar | null;
  /** The last call that was kept off the route, after it was well again. */
  readonly back: NearAndFar | null;
  /** The last call that went out, after the flag was set in Redis by hand. */
  readonly paused: NearAndFar | null;
  readonly budget: Budget | null;
}

export interface Budget {
  readonly limitMicros: number;
  readonly billedMicros: number;
  readonly overspentMicros: number;
}

/** What a call costs on average at the prices of the simulated map, in millionths of a dollar. */
const MEAN_CALL_MICROS = 20 + 100.5 * 5;
/** So long the fleet's usual traffic takes to use up the budget of a run. */
const BUDGET_SECONDS = 25;

export async function simulate(scenario: Scenario): Promise<Outcome> {
  const { seed, isolates, callsPerSecond, trouble } = scenario;
  const timeline = timelineOf(trouble);
  const budgetUsd = trouble === "money" ? (callsPerSecond * BUDGET_SECONDS * MEAN_CALL_MICROS) / MICROS : null;
  const world = new World({ seed, trouble, timeline, budgetUsd });
  const fleet = Array.from({ length: isolates }, (_, place) => new Slot(world, (place + 0.5) / isolates));
  for (const slot of fleet) slot.start((1_000 * isolates) / callsPerSecond);
  if (trouble === "pause") world.clock.after(timeline.beginsMs, () => world.redis.pauseAll());

  await world.clock.runUntil(START_MS + timeline.warmMs);
  const warm = usedSoFar(world);
  const bytesBefore = world.switchboard.snapshotBytes;
  await world.clock.runUntil(START_MS + timeline.beginsMs);
  const calm = usedSoFar(world);
  await world.clock.runUntil(START_MS + timeline.overMs);
  for (const slot of fleet) slot.stop();
  const bytes = world.switchboard.snapshotBytes - bytesBefore;
  return {
    ...outcomeOf(
      world,
      timeline,
      fleet.flatMap(({ members }) => members),
      trouble,
    ),
    scenario,
    calmUse: difference(calm, warm),
    snapshotBytesPerSecond: bytes / ((timeline.overMs - timeline.warmMs) / 1_000),
  };
}

function usedSoFar(world: World): Used {
  const { happened, switchboard, ledger, redis } = world;
  return {
    seconds: world.nowMs() / 1_000,
    calls: happened.calls,
    objectRequests: switchboard.load.requests + ledger.load.requests,
    rowsWritten: rowsWritten(switchboard.sql) + rowsWritten(ledger.sql),
    redisCommands: redis.commands,
  };
}

function difference(after: Used, before: Used): Used {
  return {
    seconds: after.seconds - before.seconds,
    calls: after.calls - before.calls,
    objectRequests: after.objectRequests - before.objectRequests,
    rowsWritten: after.rowsWritten - before.rowsWritten,
    redisCommands: after.redisCommands - before.redisCommands,
  };
}

function outcomeOf(
  world: World,
  { beginsMs, endsMs, overMs, warmMs }: Timeline,
  isolates: readonly SimulatedIsolate[],
  trouble: Trouble,
): Omit<Outcome, "scenario" | "calmUse" | "snapshotBytesPerSecond"> {
  const { happened, switchboard, ledger } = world;
  const asked = isolates.filter(({ calls }) => calls > 0);
  const opened = switchboard.incidents.find(({ event }) => event === "opened");
  const wasDead = asked.some(({ triedIllMs }) => triedIllMs !== null);
  const limitUsd = world.routing.tenants.get("acme")?.limits.monthlyUsd ?? null;
  const load = (fromMs: number, untilMs: number): Load => ({
    switchboard: switchboard.load.between(fromMs, untilMs),
    ledger: ledger.load.between(fromMs, untilMs),
  });
  return {
    calm: load(warmMs, beginsMs),
    troubled: load(beginsMs, overMs),
    refused: switchboard.load.refused + ledger.load.refused,
    longestQueueMs: Math.max(switchboard.load.longestWaitMs, ledger.load.longestWaitMs),
    calls: happened.calls,
    attempts: happened.attempts,
    extraAttempts: happened.failedAttempts,
    parked: happened.parked,
    openedAfterMs: opened === undefined ? null : opened.atMs - START_MS - beginsMs,
    left: wasDead ? lastOf(asked, beginsMs, ({ triedIllMs }) => triedIllMs) : null,
    back: endsMs !== null && opened !== undefined ? lastOf(asked, endsMs, ({ keptOffMs }) => keptOffMs) : null,
    paused: trouble === "pause" ? lastOf(asked, beginsMs, ({ unpausedMs }) => unpausedMs) : null,
    budget: limitUsd === null ? null : budgetOf(limitUsd * MICROS, happened.billedMicros),
  };
}

function budgetOf(limitMicros: number, billedMicros: number): Budget {
  return { limitMicros, billedMicros, overspentMicros: Math.max(0, Math.round(billedMicros - limitMicros)) };
}

/** Milliseconds since `sinceMs` of the run, over the isolates; 0 for those to whom it did not happen. */
function lastOf(
  isolates: readonly SimulatedIsolate[],
  sinceMs: number,
  moment: (isolate: SimulatedIsolate) => number | null,
): NearAndFar {
  const after = (some: readonly SimulatedIsolate[]): Spread | null =>
    spreadOf(some.map((isolate) => Math.max(0, (moment(isolate) ?? 0) - START_MS - sinceMs)));
  return {
    near: after(isolates.filter(({ region }) => isNear(region))),
    far: after(isolates.filter(({ region }) => !isNear(region))),
  };
}

function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99), last: quantile(values, 1) };
}

function rowsWritten(sql: SqlStorage): number {
  return sql.exec<{ rows: number }>("SELECT total_changes() AS rows").one().rows;
}
