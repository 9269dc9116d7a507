import "../lib/zod-words.ts";
import * as z from "zod/mini";
import type { InjectedFaults } from "../domain/injected-fault.ts";
import type { Limits } from "../domain/limits.ts";

/**
 * What isolates and the switchboard say to each other. Plain data only, and
 * no isolate's own clock: reports carry ages, counted back from the moment of
 * sending, and a snapshot carries the switchboard's own time beside its moments.
 */
export interface SwitchboardPort {
  /** `waiting`: quiet kinds that callers of this isolate have asked for. */
  snapshot(knownVersion: string | null, waiting?: readonly string[]): Promise<SnapshotReply>;
  report(report: Report): Promise<ReportReply>;
}

export type SnapshotReply = (
  | { readonly unchanged: true }
  | { readonly unchanged: false; readonly snapshot: Snapshot }
) & {
  /** Quiet kinds of which this isolate, and no other, may let one call walk the chain. Absent: none. */
  readonly leased?: readonly string[];
};

export interface ReportReply {
  /** Null: taken (what was counted before is not counted twice). Otherwise what was wrong; it need not be sent again. */
  readonly refused: string | null;
  readonly reply: SnapshotReply;
}

/** All that planning needs, and no more: at most `SNAPSHOT_BYTES`. What is well is not in it. */
export interface Snapshot {
  readonly version: string;
  /** The switchboard's clock. The other moments are by the same clock. */
  readonly atMs: number;
  /** Route ids, and from when on they are probed. They stay open after that until probes have closed them. */
  readonly open: Moments;
  /** Route ids, and until when they are out. */
  readonly routesOut: Moments;
  readonly accountsOut: Moments;
  readonly killed: readonly string[];
  /** Only the flags that somebody has switched. */
  readonly flags: Readonly<Record<string, boolean>>;
  /** `all`, or canonical providers: what a budget keeps new work off. */
  readonly paused: readonly string[];
  /** Route ids, and until when little is left of their own rate limits. Absent: an older switchboard. */
  readonly near?: Moments;
  /** Of those, the ones of whose limit nothing is left. Absent: an older switchboard. */
  readonly reached?: readonly string[];
  /** Route ids that are behind the others because they are slow, and until when. Absent: an older switchboard. */
  readonly slow?: Moments;
  /** The same for bad answers. */
  readonly lowQuality?: Moments;
  /** `kind route`: put first for the kind by the watchdog, and until when. Absent: an older switchboard, or none. */
  readonly prefer?: Moments;
  /** Limits that were changed at run time, by scope. Absent: an older switchboard. */
  readonly limits?: Readonly<Record<string, Partial<Limits>>>;
  /** Requests that loop, by mark and error: fingerprints, and until when they are refused. Absent: an older switchboard, or none. */
  readonly loops?: Readonly<Record<string, Readonly<Record<string, Moments>>>>;
  /** Kinds of which nobody answers, and from when on one call at a time walks the chain. Absent: an older switchboard, or none. */
  readonly quiet?: Moments;
  /** Ids of server keys, the latest first. Absent: an older switchboard. */
  readonly revoked?: readonly string[];
  /** There are more of them. */
  readonly revokedLeftOut?: boolean;
  /** Of a drill, by route id. */
  readonly faults: InjectedFaults;
  /** Open routes and accounts that did not fit in. Isolates take them for closed. */
  readonly leftOut: number;
}

/** Ids with a moment each: the shortest form that stays readable. */
export type Moments = Readonly<Record<string, number>>;

export const SNAPSHOT_BYTES = 8 * 1024;

/** A report holds at most so many runs; the rest goes with the next one. */
export const RUNS_PER_REPORT = 64;

const age = z.number().check(z.minimum(0), z.maximum(86_400_000));
const routeId = z.string().check(z.minLength(1), z.maxLength(1024));
/** The number of the run's first outcome, counted for each route of an isolate: an outcome sent twice counts once. */
const first = z.int().check(z.minimum(0));

const OkRun = z.object({
  route: routeId,
  first,
  ok: z.int().check(z.minimum(1), z.maximum(1_000_000)),
  /** How long ago the youngest of these attempts began. */
  beganAgoMs: age,
  /** A few of them, for p50 and p95. */
  latenciesMs: z.array(age).check(z.maxLength(8)),
  /** For each of these: is it a stream's, up to its first words? Absent: an older isolate. */
  streamed: z.optional(z.array(z.boolean()).check(z.maxLength(8))),
});

const FailedRun = z.object({
  route: routeId,
  first,
  /** A `FailureKind`; one that this version does not know is skipped. */
  failed: z.string().check(z.maxLength(40)),
  beganAgoMs: age,
  endedAgoMs: age,
  retryAfterMs: z.nullable(z.number().check(z.minimum(0))),
  oneModelOnly: z.boolean(),
  error: z.string().check(z.maxLength(200)),
});

const name = z.string().check(z.maxLength(200));
const FailingRequest = z.object({
  /** The isolate's own count of them: one that is sent twice counts once. */
  n: z.int().check(z.minimum(1)),
  /** Of tenant and kind. */
  mark: z.string().check(z.maxLength(16)),
  /** The request's fingerprint. */
  id: z.string().check(z.maxLength(32)),
  tenant: name,
  kind: name,
  /** A refusal's or failure's kind, and what tells its text from another. */
  error: z.string().check(z.maxLength(100)),
  agoMs: age,
});

const ExhaustedCalls = z.object({
  kind: name,
  /** The number of the first of them, counted for each kind of an isolate. */
  first,
  count: z.int().check(z.minimum(1), z.maximum(1_000_000)),
  /** The first of them. */
  beganAgoMs: age,
});

/** By subject and name (`breaker/series.ts`); names that this version does not know are kept all the same. */
const Tally = z.record(
  z.string().check(z.maxLength(1040)),
  z.record(z.string().check(z.maxLength(80)), z.number().check(z.minimum(0))),
);

export const Report = z.object({
  /** The isolate's random id: two of them are two places. */
  isolate: z.string().check(z.minLength(1), z.maxLength(64)),
  knownVersion: z.nullable(z.string().check(z.maxLength(64))),
  /** In order, for each route. */
  runs: z.array(z.union([OkRun, FailedRun])).check(z.maxLength(RUNS_PER_REPORT)),
  /** Routes that have come near their own rate limits. Absent: an older isolate. */
  near: z.optional(
    z
      .array(z.object({ route: routeId, forMs: age, reached: z.optional(z.boolean()) }))
      .check(z.maxLength(RUNS_PER_REPORT)),
  ),
  /** Calls that walked a kind's whole chain in vain. Absent: none did, or an older isolate. */
  exhausted: z.optional(z.array(ExhaustedCalls).check(z.maxLength(RUNS_PER_REPORT))),
  /** Quiet kinds that callers of this isolate have asked for. */
  waiting: z.optional(z.array(name).check(z.maxLength(RUNS_PER_REPORT))),
  /** Requests that failed by their own fault. Absent: none did, or an older isolate. */
  failing: z.optional(z.array(FailingRequest).check(z.maxLength(RUNS_PER_REPORT))),
  /** What became of calls: one batch, the same until it is acknowledged. Absent: nothing, or an older isolate. */
  counts: z.optional(z.object({ number: z.int().check(z.minimum(1)), of: Tally })),
});
export type Report = z.infer<typeof Report>;
export type ReportedRun = Report["runs"][number];
