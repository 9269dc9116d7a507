import type { FailureKind } from "../domain/failure.ts";
import type { Exclusion } from "./exclusion.ts";
import type { RouteBreaker } from "./machine.ts";
import type { RouteStatistics } from "./route-statistics.ts";
import type { WatchState } from "./service-watch.ts";

/** What the switchboard keeps, and how it is kept. */
export interface RouteRecord {
  readonly breaker: RouteBreaker;
  readonly statistics: RouteStatistics;
}

/** An opening, and its end. */
export interface Incident {
  readonly id: number;
  /** `circuit`: the outage rule; `route` and `account`: taken out for a set time. */
  readonly rule: "circuit" | "route" | "account";
  /** The id of the route or account. */
  readonly target: string;
  readonly kind: FailureKind;
  readonly detail: string;
  readonly startedAtMs: number;
  /** Null: still open. */
  readonly endedAtMs: number | null;
  /** When the failures began that led to it. */
  readonly firstFailureAtMs: number;
  /** Canonical. */
  readonly provider: string;
  /** Ids of the routes that it took out. */
  readonly routes: readonly string[];
  readonly calls: IncidentCalls;
}

/** What callers had of it while it lasted, as far as isolates have told. */
export interface IncidentCalls {
  /** Another route answered them. */
  readonly saved: number;
  /** They were put into the queue. */
  readonly parked: number;
  /** They got no answer within their time. */
  readonly missed: number;
}

export const NO_CALLS: IncidentCalls = { saved: 0, parked: 0, missed: 0 };

export type NewIncident = Omit<Incident, "id" | "endedAtMs" | "calls">;

/** A human may want to hear of it. */
export interface BreakerNotice {
  readonly event: "opened" | "closed";
  readonly incident: Incident;
}

export interface StoredBoard {
  readonly version: string;
  readonly routes: ReadonlyMap<string, RouteRecord>;
  readonly accounts: ReadonlyMap<string, Exclusion>;
  readonly flags: ReadonlyMap<string, boolean>;
  readonly killed: ReadonlySet<string>;
  readonly openIncidents: readonly Incident[];
  /** Null: never watched yet. */
  readonly watch: WatchState | null;
}

/** Where the board's state outlives its memory. Every call is synchronous, as SQLite in the object is. */
export interface BoardStore {
  load(): StoredBoard;
  saveVersion(version: string): void;
  saveRoute(routeId: string, record: RouteRecord): void;
  saveAccount(account: string, exclusion: Exclusion): void;
  /** Null: nobody has switched it; the map's value counts. */
  saveFlag(name: string, value: boolean | null): void;
  saveKill(routeId: string, killed: boolean): void;
  startIncident(incident: NewIncident): Incident;
  endIncident(id: number, endedAtMs: number): void;
  countIncident(id: number, calls: IncidentCalls): void;
  saveWatch(state: WatchState): void;
  /** The latest first. */
  incidents(most: number): readonly Incident[];
  /** Those that are open or ended after that moment, the latest first. */
  incidentsSince(sinceMs: number): readonly Incident[];
}
