import { failurePolicy } from "../domain/failure.ts";
import type { FailureKind, FailurePolicy } from "../domain/failure.ts";
import type { Route } from "../domain/route.ts";
import type { Routing } from "../domain/routing.ts";
import type { Clock } from "../lib/clock.ts";
import type { BoardStore, BreakerNotice, Incident, RouteRecord } from "./board-state.ts";
import type { CircuitLimits } from "./circuit.ts";
import { circuitReset } from "./circuit.ts";
import type { Exclusion } from "./exclusion.ts";
import { exclusionReset, isOut, noExclusion, withoutPast } from "./exclusion.ts";
import { HeardOutcomes } from "./heard-outcomes.ts";
import { Incidents } from "./incidents.ts";
import type { Breaker } from "./machine.ts";
import { closedRoute, leaseProbe, limitsOf, noteFailure, noteSuccesses, probeDueMs, settleProbe } from "./machine.ts";
import { Overrides } from "./overrides.ts";
import type { ProbeOutcome } from "./probe.ts";
import { errorMark } from "./error-text.ts";
import { countFailure, countSuccesses, noStatistics } from "./route-statistics.ts";
import type { Moment } from "./snapshot.ts";
import { buildSnapshot } from "./snapshot.ts";
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
  #version: string;
  #snapshot: Snapshot | null = null;

  constructor(options: BoardOptions) {
    const stored = options.store.load();
    this.#options = options;
    this.#limits = limitsOf(options.routing);
    this.#byId = new Map(options.routing.routes.map((route) => [route.id, route]));
    this.#records = new Map(stored.routes);
    this.#accounts = new Map(stored.accounts);
    this.#version = stored.version;
    this.overrides = new Overrides(options.routing, options.store, stored);
    this.incidents = new Incidents(options.store, options.notice, stored.openIncidents);
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
  }

  record(routeId: string): RouteRecord {
    return this.#records.get(routeId) ?? { breaker: closedRoute, statistics: noStatistics };
  }

  account(account: string): Exclusion {
    return this.#accounts.get(account) ?? noExclusion;
  }

  /** Routes whose probe is due. A killed route gets none. */
  probesDue(): readonly Route[] {
    const now = this.#now();
    return this.routing.routes.filter((route) => (this.#probeDueMs(route, now) ?? Infinity) <= now);
  }

  /** The one probe of this route that may go now; null: none may. */
  leaseProbe(route: Route): string | null {
    const now = this.#now();
    if (this.overrides.isKilled(route.id)) return null;
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
    const after = settleProbe(before, { routeId: route.id, leaseId, outcome }, now, this.#limits);
    const { statistics } = this.record(route.id);
    const counted =
      outcome.failure === null
        ? countSuccesses(statistics, { count: 1, latenciesMs: [outcome.ms] }, now)
        : countFailure(statistics, { kind: outcome.failure.kind, detail: errorMark(outcome.failure) }, now);
    this.#save(route, after, counted, now);
  }

  /** When there is something to do without being asked; null: never. */
  nextDueMs(): number | null {
    const now = this.#now();
    const due: number[] = [];
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
    for (const route of this.routing.routes) {
      const breaker = this.#breaker(route);
      const exclusion = withoutPast(breaker.route.exclusion, now);
      if (exclusion === breaker.route.exclusion) continue;
      this.#save(route, { ...breaker, route: { ...breaker.route, exclusion } }, this.record(route.id).statistics, now);
    }
    for (const [account, exclusion] of this.#accounts) this.#saveAccount(account, withoutPast(exclusion, now), now);
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
    this.#save(route, breaker, countSuccesses(statistics, { count, latenciesMs: run.latenciesMs }, now), now);
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
    return this.overrides.isKilled(route.id) ? null : probeDueMs(this.#breaker(route), route.id, now);
  }

  #buildSnapshot(now: number): Snapshot {
    const open: Moment[] = [];
    const routesOut: Moment[] = [];
    for (const { id } of this.routing.routes) {
      const { circuit, exclusion } = this.record(id).breaker;
      if (circuit.phase === "open") open.push([id, circuit.untilMs]);
      if (exclusion.out !== null && isOut(exclusion, now)) routesOut.push([id, exclusion.out.untilMs]);
    }
    const accountsOut: Moment[] = [];
    for (const [account, exclusion] of this.#accounts) {
      if (exclusion.out !== null && isOut(exclusion, now)) accountsOut.push([account, exclusion.out.untilMs]);
    }
    const { killed, flags } = this.overrides;
    const version = this.#version;
    return buildSnapshot({ version, atMs: now, open, routesOut, accountsOut, killed: [...killed], flags });
  }

  #now(): number {
    return this.#options.clock.now();
  }
}

/** Isolates do not report these; what was not told cannot be blamed on a route. */
const HARMLESS: ReadonlySet<FailurePolicy["counts"]> = new Set(["nothing", "isolate"]);

function isFailureKind(kind: string): kind is FailureKind {
  return Object.hasOwn(failurePolicy, kind);
}
