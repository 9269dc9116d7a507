import type { Batch, Count, SpentLine, Want } from "./ledger-port.ts";

/** What an isolate remembers of limits and money between two requests. Plain data, changed in place. */
export interface LedgerState {
  /** Its random id, made at the first question. */
  isolate: string | null;
  /** Slices it holds, by budget (`<scope> <period>`). */
  readonly slices: Map<string, HeldSlice[]>;
  /** What was used since the last batch, by line. */
  readonly spent: Map<string, SpentLine>;
  /** By counter: what was counted since the last batch. */
  readonly counts: Map<string, Count & { readonly endsAtMs: number }>;
  /** The number of the last message to the ledger, and since when the answer of which is awaited (its request may have died). */
  messages: number;
  readonly awaited: Map<number, number>;
  /** Sent, and not acknowledged: sent again as it is until it is. */
  unacknowledged: Batch | null;
  batches: number;
  /** By counter, as the ledger last told it, this isolate's own part included. */
  readonly known: Map<string, { readonly value: number; readonly endsAtMs: number }>;
  /** By budget: what this isolate used lately, and what it may keep in supply. */
  readonly pace: Map<string, Pace>;
  /** By budget: what the ledger has just refused, and until when it need not be asked for as much again. */
  readonly refused: Map<string, { readonly micros: number; readonly untilMs: number }>;
  /** Tokens as reported by what was estimated, by route. */
  readonly ratios: Map<string, { readonly ratio: number; readonly atMs: number }>;
  readonly exchange: LedgerExchange;
}

export interface HeldSlice {
  readonly id: string;
  readonly scope: string;
  readonly period: string;
  micros: number;
  usedMicros: number;
  reservedMicros: number;
  readonly endsAtMs: number;
  /** Something of it is to be told. */
  dirty: boolean;
}

export interface Pace {
  windowStartMs: number;
  /** In this window, and in the one before. */
  spentMicros: number;
  earlierMicros: number;
  /** As the ledger said last. */
  supplyMicros: number;
  /** How it is asked for. */
  want: Omit<Want, "forMs" | "needMicros" | "wantMicros"> & { readonly endsAtMs: number };
}

export interface LedgerExchange {
  lastSentMs: number;
  /** When a call last counted something. */
  lastUsedMs: number;
  /** Somebody sees to the reports, and since when; believed for a while, for its request may have died. */
  turnSinceMs: number | null;
  turn: number;
  /** When the ledger last failed to answer; null: it answered since. */
  awaySinceMs: number | null;
}

export function emptyLedgerState(): LedgerState {
  return {
    isolate: null,
    slices: new Map(),
    spent: new Map(),
    counts: new Map(),
    messages: 0,
    awaited: new Map(),
    unacknowledged: null,
    batches: 0,
    known: new Map(),
    pace: new Map(),
    refused: new Map(),
    ratios: new Map(),
    exchange: { lastSentMs: -Infinity, lastUsedMs: -Infinity, turnSinceMs: null, turn: 0, awaySinceMs: null },
  };
}
