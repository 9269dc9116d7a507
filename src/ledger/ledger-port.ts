/**
 * What isolates and the ledger say to each other. Plain data, and no isolate's
 * own clock: ends are told as what is left until then. All money is whole
 * millionths of a US dollar.
 */
export interface LedgerPort {
  /** Money for one attempt, of all these budgets or of none. */
  ask(question: MoneyQuestion): Promise<MoneyAnswer>;
  report(report: LedgerReport): Promise<LedgerReply>;
}

export interface MoneyQuestion {
  readonly isolate: string;
  /** The number of this message: they only grow, over questions and reports. */
  readonly message: number;
  /** Of these budgets: what is too little for this attempt goes back with the question. */
  readonly slices: readonly SliceReport[];
  readonly wants: readonly Want[];
}

export interface Want {
  readonly scope: string;
  readonly period: string;
  /** As the isolate knows it; what was changed at run time the ledger knows better. */
  readonly limitMicros: number;
  /** Until the period ends. */
  readonly forMs: number;
  /** Without this the attempt cannot be made; 0: only a supply is wanted. */
  readonly needMicros: number;
  /** With this the isolate need not ask again soon. */
  readonly wantMicros: number;
}

export type MoneyAnswer =
  | { readonly ok: true; readonly slices: readonly Slice[] }
  | { readonly ok: false; readonly scope: string; readonly forMs: number };

/** Spent when given: what is not used comes back by the isolate's own word only. */
export interface Slice {
  readonly id: string;
  readonly scope: string;
  readonly period: string;
  readonly micros: number;
  readonly forMs: number;
  /** The most that an isolate may keep of this budget in supply. */
  readonly supplyMicros: number;
}

export interface LedgerReport {
  readonly isolate: string;
  readonly message: number;
  /** Ids of all slices that it holds. */
  readonly held: readonly string[];
  /** Earlier messages whose answer may still come; what others gave and it does not hold, it never had. */
  readonly awaited: readonly number[];
  /** Of the slices that changed. */
  readonly slices: readonly SliceReport[];
  readonly batch: Batch | null;
  readonly wants: readonly Want[];
}

export interface SliceReport {
  readonly id: string;
  /** What the isolate keeps of it, the used part included: the rest is handed back. Never grows. */
  readonly micros: number;
  readonly usedMicros: number;
  /** Nothing of it is reserved or kept any more. */
  readonly done: boolean;
}

/** Counted once, however often it is sent: the numbers of an isolate's batches only grow. */
export interface Batch {
  readonly number: number;
  readonly spent: readonly SpentLine[];
  /** By counter. */
  readonly counts: readonly Count[];
}

export interface Count {
  /** `<scope id> <what> <period>`, such as `tenant:acme requests min-29384123`. */
  readonly counter: string;
  readonly by: number;
  readonly forMs: number;
}

/** What was used of one route for one kind of one tenant's. */
export interface SpentLine {
  /** `2026-11-21`. */
  readonly day: string;
  readonly tenant: string;
  readonly kind: string;
  readonly account: string;
  /** Absent from an isolate of a version that did not say it. */
  readonly route?: string;
  /** Canonical. */
  readonly provider: string;
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly micros: number;
  /** Of that, what no provider has reported. */
  readonly estimatedMicros: number;
}

export interface LedgerReply {
  readonly slices: readonly Slice[];
  /** Of the counters in the batch. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Nobody heard of such a slice for so long: what was not accounted for stays spent, and people are shown it. */
export const SILENT_MS = 60_000;

/** A report holds at most so many lines of each kind; the rest goes with the next one. */
export const LINES_PER_REPORT = 200;
