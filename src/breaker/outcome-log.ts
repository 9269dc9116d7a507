import type { FailureKind } from "../domain/failure.ts";
import type { SeenFailure } from "./exclusion.ts";
import type { ReportedRun } from "./switchboard-port.ts";
import { RUNS_PER_REPORT } from "./switchboard-port.ts";

/**
 * What an isolate has seen and the switchboard has not yet acknowledged: each
 * route's outcomes in order, as runs. Outcomes are numbered for each route, so
 * a report that is sent twice counts once, and nothing is taken out before it
 * is acknowledged. This is the isolate's memory, so it is changed in place:
 * noting a success costs no allocation.
 */
export interface OutcomeLog {
  readonly routes: Map<string, RouteLog>;
  /** How many of the logged runs are failures. While there are any, a report is urgent. */
  failures: number;
}

interface RouteLog {
  nextNumber: number;
  runs: Run[];
}

type Run = OkRun | FailedRun;

interface OkRun {
  readonly kind: "ok";
  first: number;
  count: number;
  /** The youngest beginning among them. */
  beganMs: number;
  readonly latenciesMs: number[];
  /** For each of these: is it a stream's? */
  readonly streamed: boolean[];
}

interface FailedRun {
  readonly kind: "failed";
  readonly first: number;
  readonly failure: SeenFailure;
}

/** More than open a route. Older ones are dropped when the switchboard is away for long. */
const RUNS_PER_ROUTE = 16;
const LATENCIES_PER_RUN = 4;

export function emptyLog(): OutcomeLog {
  return { routes: new Map(), failures: 0 };
}

export function isEmpty(log: OutcomeLog): boolean {
  for (const route of log.routes.values()) if (route.runs.length > 0) return false;
  return true;
}

export function logSuccess(
  log: OutcomeLog,
  routeId: string,
  beganMs: number,
  latencyMs: number,
  random: () => number,
  streamed = false,
): void {
  const route = routeLog(log, routeId);
  const last = route.runs.at(-1);
  if (last === undefined || last.kind === "failed") {
    const first = route.nextNumber;
    append(log, route, { kind: "ok", first, count: 1, beganMs, latenciesMs: [latencyMs], streamed: [streamed] });
    return;
  }
  last.count += 1;
  last.beganMs = Math.max(last.beganMs, beganMs);
  route.nextNumber += 1;
  keepSample(last, latencyMs, streamed, random);
}

export function logFailure(log: OutcomeLog, failure: SeenFailure): void {
  const route = routeLog(log, failure.routeId);
  append(log, route, { kind: "failed", first: route.nextNumber, failure });
}

/** What to send: routes with failures first, each route's runs in order. Moments become ages. */
export function reportedRuns(log: OutcomeLog, now: number): ReportedRun[] {
  const routes = [...log.routes].toSorted(([, left], [, right]) => urgency(right) - urgency(left));
  return routes
    .flatMap(([routeId, { runs }]) => runs.map((run) => reported(routeId, run, now)))
    .slice(0, RUNS_PER_REPORT);
}

/** The switchboard has these. What came in since they were sent stays. */
export function acknowledge(log: OutcomeLog, runs: readonly ReportedRun[]): void {
  for (const run of runs) {
    const route = log.routes.get(run.route);
    if (route === undefined) continue;
    const through = run.first + ("ok" in run ? run.ok : 1);
    route.runs = route.runs.filter((kept) => lengthLeft(kept, through) > 0);
    const oldest = route.runs[0];
    if (oldest?.kind === "ok" && oldest.first < through) {
      oldest.count -= through - oldest.first;
      oldest.first = through;
      // Which of the measured ones were sent is not known; the next ones will do.
      oldest.latenciesMs.length = 0;
      oldest.streamed.length = 0;
    }
  }
  log.failures = 0;
  for (const route of log.routes.values()) log.failures += urgency(route);
}

export interface LogReader {
  success(routeId: string, count: number, beganMs: number): void;
  failure(failure: SeenFailure): void;
}

/** Tells the whole log again, in order. */
export function replay(log: OutcomeLog, reader: LogReader): void {
  for (const [routeId, { runs }] of log.routes) {
    for (const run of runs) {
      if (run.kind === "ok") reader.success(routeId, run.count, run.beganMs);
      else reader.failure(run.failure);
    }
  }
}

function routeLog(log: OutcomeLog, routeId: string): RouteLog {
  const known = log.routes.get(routeId);
  if (known !== undefined) return known;
  const made: RouteLog = { nextNumber: 0, runs: [] };
  log.routes.set(routeId, made);
  return made;
}

function append(log: OutcomeLog, route: RouteLog, run: Run): void {
  route.runs.push(run);
  route.nextNumber += 1;
  if (run.kind === "failed") log.failures += 1;
  if (route.runs.length <= RUNS_PER_ROUTE) return;
  if (route.runs.shift()?.kind === "failed") log.failures -= 1;
}

function keepSample(run: OkRun, latencyMs: number, isStream: boolean, random: () => number): void {
  const { latenciesMs, streamed, count: seen } = run;
  if (latenciesMs.length < LATENCIES_PER_RUN) {
    latenciesMs.push(latencyMs);
    streamed.push(isStream);
    return;
  }
  // Reservoir sampling: each latency of the run has the same chance to be among the few that are sent.
  const place = Math.floor(random() * seen);
  if (place >= LATENCIES_PER_RUN) return;
  latenciesMs[place] = latencyMs;
  streamed[place] = isStream;
}

function urgency(route: RouteLog): number {
  return route.runs.filter((run) => run.kind === "failed").length;
}

function lengthLeft(run: Run, through: number): number {
  return run.first + (run.kind === "ok" ? run.count : 1) - through;
}

function reported(route: string, run: Run, now: number): ReportedRun {
  if (run.kind === "ok") {
    const { first, count, latenciesMs, streamed } = run;
    const beganAgoMs = ago(run.beganMs, now);
    return { route, first, ok: count, beganAgoMs, latenciesMs: latenciesMs.map(whole), streamed: [...streamed] };
  }
  const { kind, startedAtMs, endedAtMs, retryAfterMs, oneModelOnly, error } = run.failure;
  const failed: FailureKind = kind;
  return {
    route,
    first: run.first,
    failed,
    beganAgoMs: ago(startedAtMs, now),
    endedAgoMs: ago(endedAtMs, now),
    retryAfterMs,
    oneModelOnly,
    error,
  };
}

const LONGEST_AGE_MS = 86_400_000;

function ago(momentMs: number, now: number): number {
  return Math.min(Math.max(0, now - momentMs), LONGEST_AGE_MS);
}

function whole(ms: number): number {
  return Math.min(Math.max(0, Math.round(ms)), LONGEST_AGE_MS);
}
