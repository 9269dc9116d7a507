import { isPaused } from "../budget/pause.ts";
import { failurePolicy, isFailureKind, type FailurePolicy } from "../domain/failure.ts";
import type { Notice } from "../domain/notice.ts";
import type { Route } from "../domain/route.ts";
import type { Routing } from "../domain/routing.ts";
import type { Clock } from "../lib/clock.ts";
import type { BoardStore, BreakerNotice, Incident, RouteRecord } from "./board-state.ts";
import { momentsOf } from "./board-moments.ts";
import { BoardWatch } from "./board-watch.ts";
import type { CircuitLimits } from "./circuit.ts";
import { circuitReset } from "./circuit.ts";
import type { Exclusion } from "./exclusion.ts";
import { exclusionReset, noExclusion, withoutPast } from "./exclusion.ts";
import { HeardOutcomes } from "./heard-outcomes.ts";
import { Incidents } from "./incidents.ts";
import type { Breaker } from "./machine.ts";
import { closedRoute, leaseProbe, limitsOf, noteFailure, noteSuccesses, probeDueMs, settleProbe } from "./machine.ts";
import { Overrides } from "./overrides.ts";
import { NearLimits } from "./near-limits.ts";
import type { ProbeOutcome } from "./probe.ts";
import { noQuality, wasRated, type Rating } from "./quality.ts";
import { Drill } from "./drill.ts";
import { errorMark } from "./error-text.ts";
import { countFailure, countSuccesses, noStatistics } from "./route-statistics.ts";
import type { SnapshotKept } from "./snapshot.ts";
import { buildSnapshot, keptIn } from "./snapshot.ts";
import type { ReportedRun, Snapshot, SnapshotReply } from "./switchboard-port.ts";

/**
 * The switchboard without its Durable Object: the machine over everybody's
 * outcomes, its memory, and what follows when a route opens or closes. The
 * object around it brings storage, alarms and probes.
 */
export interface BoardOptions {
  readonly routing: Routing;
  readonly clock: Clock;
  readonly store: BoardStore;
  readonly random: () => number;
  readonly notice: (notice: BreakerNotice) => void;
  /** For a human: openings, and what they mean for the service. It must not throw, and not wait. */
  readonly tell?: (notice: Notice) => void;
  /** What the object keeps beside it and every snapshot carries. */
  readonly kept?: SnapshotKept;
  /** What a budget has paused when the board is made. */
  readonly paused?: ReadonlySet<string>;
}

export class Board {
  readonly overrides: Overrides;
  readonly incidents: Incidents;
  readonly #options: BoardOptions;
  readonly #limits: CircuitLimits;
  readonly #byId: ReadonlyMap<string, Route>;
  readonly #records: Map<string, RouteRecord>;
  readonly #accounts: Map<string, Exclusion>;
  readonly #heard = new HeardOutcomes();
  readonly #watch: BoardWatch;
  readonly drill = new Drill();
  readonly near = new NearLimits();
  #version: string;
  #snapshot: Snapshot | null = null;
  #paused: ReadonlySet<string>;

  constructor(options: BoardOptions) {
    const stored = options.store.load();
    this.#options = options;
    this.#limits = limitsOf(options.routing);
    this.#byId = new Map(options.routing.routes.map((route) => [route.id, route]));
    this.#records = new Map(stored.routes);
    this.#accounts = new Map(stored.accounts);
    this.#version = stored.version;
    this.#paused = options.paused ?? new Set();
    this.overrides = new Overrides(options.routing, options.store, stored);
    this.#watch = new BoardWatch(options, stored.watch);
    const follow = (notice: BreakerNotice): void => {
      options.notice(notice);
      this.#watch.follow(this, notice);
    };
    this.incidents = new Incidents(options.store, follow, stored.openIncidents, options.routing.routes);
    const accounts = new Set(options.routing.routes.map((route) => route.account));
    const isThere = ({ rule, target }: Incident): boolean => (rule === "account" ? accounts : this.#byId).has(target);
    this.incidents.endGone(isThere, this.#now());
  }

  get routing(): Routing {
    return this.#options.routing;
  }

  /** Runs of routes or kinds that this version does not know are skipped: isolates of two versions live side by side. */
  note(isolate: string, runs: readonly ReportedRun[]): void {
    const now = this.#now();
    for (const run of runs) {
      const route = this.#byId.get(run.route);
      if (route === undefined) continue;
      const count = this.#heard.newOnes(isolate, run, now);
      if (count === 0) continue;
      if ("ok" in run) this.#noteSuccesses(route, run, count, now);
      else this.#noteFailure(route, run, isolate, now);
    }
    this.#watch.look(this, this.#paused, now);
  }

  /** What somebody thought of one of the route's answers. */
  rate(routeId: string, rating: Omit<Rating, "atMs">): void {
    const route = this.#byId.get(routeId);
    if (route === undefined) return;
    const now = this.#now();
    const { route: before, account } = this.#breaker(route);
    const quality = wasRated(before.quality ?? noQuality, { ...rating, atMs: now }, now, this.#limits);
    this.#save(route, { account, route: { ...before, quality } }, this.record(routeId).statistics, now);
  }

  noteNear(near: Parameters<NearLimits["note"]>[0]): void {
    const known = near.filter(({ route }) => this.#byId.has(route));
    if (this.near.note(known, this.#now())) this.changed();
  }

  snapshot(knownVersion: string | null): SnapshotReply {
    if (knownVersion === this.#version) return { unchanged: true };
    const now = this.#now();
    this.#snapshot ??= this.#buildSnapshot(now);
    return { unchanged: false, snapshot: { ...this.#snapshot, atMs: now } };
  }

  /** Something that planning needs has changed: every known snapshot is old. */
  changed(): void {
    this.#snapshot = null;
    const [epoch = "", count = "0"] = this.#version.split(".");
    this.#version = `${epoch}.${Number(count) + 1}`;
    this.#options.store.saveVersion(this.#version);
    this.#watch.look(this, this.#paused, this.#now());
  }

  setPaused(scopes: ReadonlySet<string>): void {
    this.#paused = scopes;
    this.changed();
  }

  record(routeId: string): RouteRecord {
    return this.#records.get(routeId) ?? { breaker: closedRoute, statistics: noStatistics };
  }

  /** Those of these routes that have answered somebody since. */
  servedSince(routeIds: readonly string[], sinceMs: number): readonly string[] {
    return routeIds.filter((id) => (this.record(id).statistics.answeredAtMs ?? -Infinity) >= sinceMs);
  }

  account(account: string): Exclusion {
    return this.#accounts.get(account) ?? noExclusion;
  }

  /** Routes whose probe is due. A killed route gets none, nor does one that is paused: a probe costs money too. */
  probesDue(): readonly Route[] {
    const now = this.#now();
    return this.routing.routes.filter((route) => (this.#probeDueMs(route, now) ?? Infinity) <= now);
  }

  /** The one probe of this route that may go now; null: none may. */
  leaseProbe(route: Route): string | null {
    const now = this.#now();
    if (!this.#mayBeProbed(route)) return null;
    const id = Math.floor(this.#options.random() * 2 ** 52).toString(36);
    const leased = leaseProbe(this.#breaker(route), { id, untilMs: now + this.#limits.probeLeaseMs }, route.id, now);
    if (leased === null) return null;
    this.#save(route, leased, this.record(route.id).statistics, now);
    return id;
  }

  settleProbe(route: Route, leaseId: string, outcome: ProbeOutcome): void {
    const now = this.#now();
    const before = this.#breaker(route);
    if (before.route.lease?.id !== leaseId) return;
    if (outcome.failure === null) this.#watch.answered(route.id);
    const after = settleProbe(before, { routeId: route.id, leaseId, outcome }, now, this.#limits);
    const { statistics } = this.record(route.id);
    const counted =
      outcome.failure === null
        ? countSuccesses(statistics, { count: 1, latenciesMs: [outcome.ms] }, now, this.#limits.slowFactor)
        : countFailure(statistics, { kind: outcome.failure.kind, detail: errorMark(outcome.failure) }, now);
    this.#save(route, after, counted, now);
  }

  /** What a check has made of the route. */
  keep(route: Route, breaker: Breaker, statistics: RouteRecord["statistics"]): void {
    this.#save(route, breaker, statistics, this.#now());
  }

  /** When there is something to do without being asked; null: never. */
  nextDueMs(): number | null {
    const now = this.#now();
    const due = [this.#watch.lookAtMs, this.drill.dueMs()].filter((dueMs) => dueMs !== null);
    for (const route of this.routing.routes) {
      const probeMs = this.#probeDueMs(route, now);
      if (probeMs !== null) due.push(probeMs);
      const { out } = this.record(route.id).breaker.exclusion;
      if (out !== null) due.push(out.untilMs);
    }
    for (const { out } of this.#accounts.values()) if (out !== null) due.push(out.untilMs);
    return due.length === 0 ? null : Math.min(...due);
  }

  /** Ends what was to last until now. */
  endPast(): void {
    const now = this.#now();
    if (this.drill.endPast(now)) this.changed();
    for (const route of this.routing.routes) {
      const breaker = this.#breaker(route);
      const exclusion = withoutPast(breaker.route.exclusion, now);
      if (exclusion === breaker.route.exclusion) continue;
      this.#save(route, { ...breaker, route: { ...breaker.route, exclusion } }, this.record(route.id).statistics, now);
    }
    for (const [account, exclusion] of this.#accounts) this.#saveAccount(account, withoutPast(exclusion, now), now);
    this.#watch.look(this, this.#paused, now);
  }

  resetRoute(route: Route): void {
    const now = this.#now();
    const breaker = { circuit: circuitReset(now), exclusion: exclusionReset(now), lease: null };
    this.#save(route, { ...this.#breaker(route), route: breaker }, this.record(route.id).statistics, now);
  }

  resetAccount(account: string): void {
    const now = this.#now();
    this.#saveAccount(account, exclusionReset(now), now);
  }

  #noteSuccesses(route: Route, run: Extract<ReportedRun, { ok: number }>, count: number, now: number): void {
    const breaker = noteSuccesses(this.#breaker(route), { count, beganMs: now - run.beganAgoMs });
    const { statistics } = this.record(route.id);
    this.#watch.answered(route.id);
    const { latenciesMs, streamed = [] } = run;
    const counted = countSuccesses(statistics, { count, latenciesMs, streamed }, now, this.#limits.slowFactor);
    this.#save(route, breaker, counted, now);
  }

  #noteFailure(route: Route, run: Extract<ReportedRun, { failed: string }>, by: string, now: number): void {
    const kind = run.failed;
    if (!isFailureKind(kind) || HARMLESS.has(failurePolicy[kind].counts)) return;
    const { retryAfterMs, oneModelOnly, error } = run;
    const endedAtMs = now - run.endedAgoMs;
    const startedAtMs = now - run.beganAgoMs;
    const seen = { routeId: route.id, kind, startedAtMs, endedAtMs, retryAfterMs, oneModelOnly, error, by };
    const breaker = noteFailure(this.#breaker(route), seen, now, this.#limits);
    const { statistics } = this.record(route.id);
    this.#save(route, breaker, countFailure(statistics, { kind, detail: error }, endedAtMs), now);
  }

  #breaker(route: Route): Breaker {
    return { route: this.record(route.id).breaker, account: this.account(route.account) };
  }

  #save(route: Route, breaker: Breaker, statistics: RouteRecord["statistics"], now: number): void {
    const before = this.record(route.id);
    const after = { breaker: breaker.route, statistics };
    this.#records.set(route.id, after);
    this.#options.store.saveRoute(route.id, after);
    if (this.incidents.followRoute(route.id, before, after, now)) this.changed();
    this.#saveAccount(route.account, breaker.account, now);
  }

  #saveAccount(account: string, after: Exclusion, now: number): void {
    const before = this.account(account);
    if (before === after) return;
    this.#accounts.set(account, after);
    this.#options.store.saveAccount(account, after);
    if (this.incidents.followExclusion("account", account, before, after, now)) this.changed();
  }

  #probeDueMs(route: Route, now: number): number | null {
    return this.#mayBeProbed(route) ? probeDueMs(this.#breaker(route), route.id, now) : null;
  }

  #mayBeProbed(route: Route): boolean {
    return !this.overrides.isKilled(route.id) && !isPaused(route, this.#paused, this.routing.pause);
  }

  #buildSnapshot(now: number): Snapshot {
    const { killed, flags } = this.overrides;
    return buildSnapshot({
      version: this.#version,
      atMs: now,
      ...momentsOf(this, this.#accounts, now),
      near: this.near.moments(now),
      reached: this.near.reached(now),
      killed: [...killed],
      flags,
      paused: [...this.#paused].toSorted(),
      faults: this.drill.faults(),
      ...keptIn(this.#options.kept, now),
    });
  }

  #now(): number {
    return this.#options.clock.now();
  }
}

/** Isolates do not report these; what was not told cannot be blamed on a route. */
const HARMLESS: ReadonlySet<FailurePolicy["counts"]> = new Set(["nothing", "isolate"]);
