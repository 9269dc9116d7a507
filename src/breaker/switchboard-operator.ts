import type { InjectedFault, InjectedFaults } from "../domain/injected-fault.ts";
import type { PauseOperator } from "../budget/pause-port.ts";
import type { Result } from "../lib/result.ts";
import type { AggregateRow, Span } from "./aggregates.ts";
import type { AuditEntry } from "./audit-trail.ts";
import type { Incident } from "./board-state.ts";
import type { KeyRecord } from "./key-book.ts";
import type { RefusedSwitch, SwitchRefused, Switches } from "./overrides.ts";
import type { PauseSpell } from "./pause-spells.ts";
import type { Watcher, WatchReport } from "../watch/findings.ts";
import type { Snapshot } from "./switchboard-port.ts";
import type { Overview } from "./overview.ts";

/** What an operator says to the switchboard, and hears from it. Never on the way of a call. */
export interface SwitchboardOperator extends PauseOperator, RecordsOperator {
  overview(): Promise<Overview>;
  /** Open, or ended after that moment; the latest first, at most 1,000. */
  incidents(sinceMs: number): Promise<readonly Incident[]>;
  /** Pauses that last or ended after that moment, the latest first; kept for 100 days. */
  pauseSpells(sinceMs: number): Promise<readonly PauseSpell[]>;
  /** What all isolates have counted, by minute (kept for 2 hours), ten minutes (26 hours), day (100 days) or in all. */
  aggregates(span: Span, sinceMs: number): Promise<readonly AggregateRow[]>;
  /** For a drill; null ends a route's fault. The faults that are on then. */
  injectFaults(faults: Readonly<Record<string, InjectedFault | null>>): Promise<Result<InjectedFaults, SwitchRefused>>;
  /** Those of these routes that have answered somebody since then, a probe included: they are in no outage. */
  servedSince(routeIds: readonly string[], sinceMs: number): Promise<readonly string[]>;
  /** All of them or, where one is refused, none. */
  throwSwitches(switches: Switches): Promise<Result<null, RefusedSwitch>>;
  /** Somebody outside looks after it; null: only asks. */
  tick(by: Watcher | null): Promise<WatchReport>;
  /** Ends what the watchdog has put first for a kind; false: it has put nothing first for it. */
  release(kind: string): Promise<boolean>;
  reset(target: ResetTarget): Promise<Result<null, SwitchRefused>>;
  /** What a caller thought of an answer. Each answer counts once. */
  rate(rating: AnswerRating): Promise<void>;
}

export interface AnswerRating {
  readonly requestId: string;
  readonly routeId: string;
  /** Who thought so: a hash. */
  readonly by: string;
  readonly bad: boolean;
}

/** `loop`: a fingerprint of the overview, or `all`. */
export type ResetTarget = { readonly route: string } | { readonly account: string } | { readonly loop: string };

export interface RecordsOperator {
  /** Server keys. Only their names are known here: a key itself is shown once, to whoever had it made. */
  addKey(key: Omit<KeyRecord, "revokedAtMs">): Promise<void>;
  keys(tenant: string | null): Promise<readonly KeyRecord[]>;
  /** Null: no such key was made here. False: it was revoked before. */
  revokeKey(id: string): Promise<boolean | null>;
  isRevoked(id: string): Promise<boolean>;
  /** The ledger's limits as they were changed at run time, for every snapshot. */
  setLimits(limits: Snapshot["limits"] & object): Promise<void>;
  noteChange(entry: AuditEntry): Promise<void>;
  /** The latest first. */
  changes(most: number): Promise<readonly AuditEntry[]>;
}
