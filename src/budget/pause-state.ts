/** What the switchboard remembers about pauses and budgets: its own copy, which outlives Redis. Plain data. */
import type { FlagWrite } from "./flag-store.ts";
import type { PauseView } from "./pause.ts";

export interface PauseState {
  /** By scope. */
  readonly pauses: ReadonlyMap<string, Pause>;
  /** What was last heard of each budget; by `sourceKey`, the one heard of last at the end. */
  readonly sources: ReadonlyMap<string, Source>;
  /** What Redis has not confirmed yet, in order. */
  readonly unwritten: readonly FlagWrite[];
}

export interface Pause {
  readonly by: PauseView["by"];
  readonly sinceMs: number;
  readonly reason: string;
  /** The budgets that hold it: it is lifted when the last of them is in a new period. Empty where no alert set it. */
  readonly causes: readonly Cause[];
}

export interface Cause {
  /** A `sourceKey`. */
  readonly source: string;
  readonly percent: number;
  readonly period: Period;
}

export interface Period {
  readonly startMs: number;
  /** The calendar month (UTC), because the alert named no period: over when the next one begins, also unheard of. */
  readonly calendar: boolean;
}

export interface Source {
  /** What an alert of this budget pauses. */
  readonly scope: string;
  readonly percent: number;
  readonly period: Period;
  /** When the latest message was sent; null: the sender does not say. */
  readonly messageAtMs: number | null;
  /** Of the latest messages. */
  readonly seenIds: readonly string[];
  /** At which percentage of this period a human was last told; null: not yet. */
  readonly toldPercent: number | null;
  /** At which percentage of this period somebody resumed; null: nobody did, or it has paused again since. */
  readonly resumedPercent: number | null;
}

export const emptyPauseState: PauseState = { pauses: new Map(), sources: new Map(), unwritten: [] };

/** As it is stored. */
export function pauseStateToJson(state: PauseState): string {
  return JSON.stringify({ ...state, pauses: [...state.pauses], sources: [...state.sources] });
}

/** What is read here was written by `pauseStateToJson`, of this or an earlier version. */
export function pauseStateFromJson(json: string): PauseState {
  const stored = JSON.parse(json);
  return { ...stored, pauses: new Map(stored.pauses), sources: new Map(stored.sources) };
}

export function pauseViews(state: PauseState): readonly PauseView[] {
  return [...state.pauses].map(([scope, { by, sinceMs, reason, causes }]) => ({
    scope,
    by,
    sinceMs,
    reason,
    percent: causes.length === 0 ? null : Math.max(...causes.map(({ percent }) => percent)),
  }));
}
