import { MICROS } from "../../src/domain/price.ts";
import { quantile } from "../harness/statistics.ts";
import { timelineOf, type Timeline, type Trouble } from "./faults.ts";
import { SimulatedIsolate } from "./isolate.ts";
import { exponential } from "./random.ts";
import { regionAt } from "./regions.ts";
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

export interface ObjectLoad {
  readonly mean: number;
  readonly peak: number;
  readonly refused: number;
  /** The longest that a request stood in the object's queue. */
  readonly longestWaitMs: number;
  /** Rows written (each change of a row; indexes not counted), over the whole run. */
  readonly rowsWritten: number;
  readonly requests: number;
}

export interface Outcome {
  readonly scenario: Scenario;
  /** While nothing is wrong. */
  readonly calm: { readonly switchboard: ObjectLoad; readonly ledger: ObjectLoad };
  /** From the beginning of the trouble to the end of the run. */
  readonly troubled: { readonly switchboard: ObjectLoad; readonly ledger: ObjectLoad };
  /** Of the whole run after warming up, each second. */
  readonly snapshotBytesPerSecond: number;
  readonly calls: number;
  readonly callsPerSecond: number;
  /** After the route fell ill; null: it had nothing to be left for. */
  readonly left: Spread | null;
  /** After it was well again. */
  readonly back: Spread | null;
  /** After the flag was set in Redis by hand. */
  readonly paused: Spread | null;
  readonly openedAfterMs: number | null;
  /** Attempts that failed, and were made again elsewhere. */
  readonly extraAttempts: number;
  readonly parked: number;
  readonly redisCommands: number;
  readonly seconds: number;
  readonly budget: Budget | null;
}

export interface Budget {
  readonly limitMicros: number;
  readonly billedMicros: number;
  readonly overspentMicros: number;
  readonly refusedAttempts: number;
}

/** The mean life of an isolate. Another is born in its place at once. */
const LIFE_MS = 300_000;
/** What a call costs on average at the prices of the simulated map, in millionths of a dollar. */
const MEAN_CALL_MICROS = 20 + 100.5 * 5;

export async function simulate(scenario: Scenario): Promise<Outcome> {
  const { seed, isolates, callsPerSecond, trouble } = scenario;
  const timeline = timelineOf(trouble);
  // Used up about half a minute after the beginning, or at less than that: the end of a budget is what is interesting.
  const budgetUsd = trouble === "money" ? (callsPerSecond * 15 * MEAN_CALL_MICROS) / MICROS : null;
  const world = new World({ seed, trouble, timeline, budgetUsd });
  const fleet = Array.from({ length: isolates }, (_, place) => new Slot(world, (place + 0.5) / isolates));
  for (const slot of fleet) slot.start((1_000 * isolates) / callsPerSecond);
  if (trouble === "pause") world.clock.after(timeline.beginsMs, () => world.redis.pauseAll());

  await world.clock.runUntil(START_MS + timeline.warmMs);
  const bytesBefore = world.switchboard.snapshotBytes;
  await world.clock.runUntil(START_MS + timeline.overMs);
  const bytes = world.switchboard.snapshotBytes - bytesBefore;
  for (const slot of fleet) slot.stop();
  return outcomeOf(scenario, world, fleet.map((slot) => slot.members).flat(), timeline, bytes);
}

/** One place in the fleet: an isolate, and after its death the next one. */
class Slot {
  readonly members: SimulatedIsolate[] = [];
  readonly #world: World;
  readonly #region: ReturnType<typeof regionAt>;
  #stopped = false;

  constructor(world: World, place: number) {
    this.#world = world;
    this.#region = regionAt(place);
  }

  start(meanGapMs: number): void {
    this.#bear();
    this.#arrive(meanGapMs);
  }

  stop(): void {
    this.#stopped = true;
    for (const member of this.members) member.alive = false;
  }

  #bear(): void {
    const isolate = new SimulatedIsolate(this.#world, this.#region);
    this.members.push(isolate);
    this.#world.clock.after(exponential(LIFE_MS, this.#world.random), () => {
      if (this.#stopped) return;
      isolate.alive = false;
      this.#bear();
    });
  }

  #arrive(meanGapMs: number): void {
    this.#world.clock.after(exponential(meanGapMs, this.#world.random), () => {
      if (this.#stopped) return;
      void this.members.at(-1)?.call();
      this.#arrive(meanGapMs);
    });
  }
}

function outcomeOf(
  scenario: Scenario,
  world: World,
  isolates: readonly SimulatedIsolate[],
  timeline: Timeline,
  snapshotBytes: number,
): Outcome {
  const { happened, switchboard, ledger, redis } = world;
  const { beginsMs, endsMs, overMs, warmMs } = timeline;
  const asked = isolates.filter(({ calls }) => calls > 0);
  const after = (sinceMs: number, moment: (isolate: SimulatedIsolate) => number | null): Spread =>
    spreadOf(asked.map((isolate) => Math.max(0, (moment(isolate) ?? 0) - START_MS - sinceMs)));
  const wasDead = isolates.some(({ triedIllMs }) => triedIllMs !== null);
  const opened = switchboard.incidents.find(({ event }) => event === "opened");
  const limitMicros = world.routing.tenants.get("acme")?.limits.monthlyUsd ?? null;
  const load = (object: typeof switchboard | typeof ledger, fromMs: number, untilMs: number): ObjectLoad => ({
    ...object.load.between(fromMs, untilMs),
    refused: object.load.refused,
    longestWaitMs: object.load.longestWaitMs,
    rowsWritten: rowsWritten(object.sql),
    requests: object.load.requests,
  });
  return {
    scenario,
    calm: { switchboard: load(switchboard, warmMs, beginsMs), ledger: load(ledger, warmMs, beginsMs) },
    troubled: { switchboard: load(switchboard, beginsMs, overMs), ledger: load(ledger, beginsMs, overMs) },
    snapshotBytesPerSecond: snapshotBytes / ((overMs - warmMs) / 1_000),
    calls: happened.calls,
    callsPerSecond: happened.calls / (overMs / 1_000),
    left: wasDead ? after(beginsMs, ({ triedIllMs }) => triedIllMs) : null,
    back: endsMs !== null && opened !== undefined ? after(endsMs, ({ keptOffMs }) => keptOffMs) : null,
    paused: scenario.trouble === "pause" ? after(beginsMs, ({ unpausedMs }) => unpausedMs) : null,
    openedAfterMs: opened === undefined ? null : opened.atMs - START_MS - beginsMs,
    extraAttempts: happened.failedAttempts,
    parked: happened.parked,
    redisCommands: redis.commands,
    seconds: overMs / 1_000,
    budget: limitMicros === null ? null : budgetOf(limitMicros * MICROS, world),
  };
}

function budgetOf(limitMicros: number, { happened: { billedMicros, overBudget } }: World): Budget {
  const overspentMicros = Math.max(0, Math.round(billedMicros - limitMicros));
  return { limitMicros, billedMicros, overspentMicros, refusedAttempts: overBudget };
}

function spreadOf(values: readonly number[]): Spread {
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99), last: Math.max(0, ...values) };
}

function rowsWritten(sql: SqlStorage): number {
  return sql.exec<{ rows: number }>("SELECT total_changes() AS rows").one().rows;
}
