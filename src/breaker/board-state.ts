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
}

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
  startIncident(incident: Omit<Incident, "id" | "endedAtMs">): Incident;
  endIncident(id: number, endedAtMs: number): void;
  saveWatch(state: WatchState): void;
  /** The latest first. */
  incidents(most: number): readonly Incident[];
}
