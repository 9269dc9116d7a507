/** What the samples of a soak say. Pure, so that a test can say what a leak looks like. */
import { quantile } from "../harness/statistics.ts";

export interface Sample {
  /** Since the beginning of the soak. */
  readonly atMs: number;
  readonly residentKiB: number;
  readonly files: Files;
}

/** Open file descriptors of the process. */
export interface Files {
  readonly all: number;
  readonly sockets: number;
  readonly timers: number;
  /** Of the Durable Objects' databases: of those that are in memory. */
  readonly objects: number;
}

export interface Timed {
  readonly atMs: number;
  readonly ms: number;
}

export interface Soak {
  readonly lastedMs: number;
  readonly samples: readonly Sample[];
  /** With nothing under way: after warming up, and at the end. */
  readonly idleBefore: Files;
  readonly idleAfter: Files;
  readonly times: readonly Timed[];
}

export interface Verdict {
  /** Along the straight line through the second half's samples. */
  readonly grownKiB: number;
  readonly memoryGrows: boolean;
  readonly filesLeak: boolean;
  readonly firstP99Ms: number;
  readonly lastP99Ms: number;
}

/** What a flat line may seem to rise over the second half: garbage that was not collected yet. */
const MOST_GROWN_KIB = 12 * 1024;
const MOST_GROWN_SHARE = 0.08;
/** Kept-alive connections and an object that was just asked come and go. */
const MOST_FILES_MORE = 12;

export function verdictOf({ lastedMs, samples, idleBefore, idleAfter, times }: Soak): Verdict {
  const second = samples.filter(({ atMs }) => atMs >= lastedMs / 2);
  const grownKiB = slopeOf(second.map(({ atMs, residentKiB }) => [atMs, residentKiB])) * (lastedMs / 2);
  const mean = meanOf(second.map(({ residentKiB }) => residentKiB));
  const of = (from: number, until: number): readonly number[] =>
    times.filter(({ atMs }) => atMs >= from * lastedMs && atMs < until * lastedMs).map(({ ms }) => ms);
  return {
    grownKiB,
    memoryGrows: grownKiB > Math.max(MOST_GROWN_KIB, mean * MOST_GROWN_SHARE),
    filesLeak: idleAfter.all > idleBefore.all + MOST_FILES_MORE || idleAfter.timers > idleBefore.timers,
    firstP99Ms: quantile(of(0, 0.2), 0.99),
    lastP99Ms: quantile(of(0.8, 1), 0.99),
  };
}

/** Least squares. 0 of less than two points. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const x = meanOf(points.map(([at]) => at));
  const y = meanOf(points.map(([, value]) => value));
  const spread = points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
  return spread === 0 ? 0 : points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0) / spread;
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
