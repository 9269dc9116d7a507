import { emptyTally, type CallTally } from "./call-tally.ts";
import type { Exclusion } from "./exclusion.ts";
import type { RouteBreaker } from "./machine.ts";
import type { OutcomeLog } from "./outcome-log.ts";
import { emptyLog } from "./outcome-log.ts";
import type { InjectedFaults } from "../domain/injected-fault.ts";
import type { Flags, KnownLoop } from "./breakers.ts";
import type { Snapshot } from "./switchboard-port.ts";

/**
 * Everything an isolate remembers about breakers between two requests. Plain
 * data only: a stub, promise or signal of one request is dead for the next.
 * It lives as long as the isolate and is changed in place.
 */
export interface IsolateBreakerState {
  /** The isolate's random id, made at the first report (nothing random may be made while a Worker starts). */
  isolate: string | null;
  known: Known | null;
  readonly log: OutcomeLog;
  /** What became of calls since the last report. */
  readonly tally: CallTally;
  /** The machine over this isolate's outcomes that the switchboard has not yet counted. */
  readonly own: OwnBreakers;
  /** For each route: consecutive failures since this isolate's last success, and when the last of them was. */
  readonly failuresInARow: Map<string, { readonly count: number; readonly lastMs: number }>;
  /** Accounts that do not serve the place where this isolate runs, and until when that is believed. */
  readonly regionBlocked: Map<string, number>;
  readonly rateLimits: RateLimitState;
  readonly loops: LoopState;
  readonly quiet: IsolateQuietState;
  readonly exchange: ExchangeState;
  /** The pause as Redis itself has it, asked where the switchboard was away. Changed in place. */
  readonly directPause: DirectPause;
}

/** By route id. */
export interface RateLimitState {
  /** Until when little is left, by this isolate's own reading. */
  readonly nearUntilMs: Map<string, number>;
  /** Of those near, the ones of which nothing is left. */
  readonly reached: Set<string>;
  readonly lookedAtMs: Map<string, number>;
  /** Near since the last report: the others are to know. */
  readonly untold: Set<string>;
}

/** Requests that failed by their own fault. Changed in place. */
export interface LoopState {
  /** How many were noted: their numbers. */
  count: number;
  /** What the switchboard has not acknowledged. */
  untold: UntoldFailing[];
  /** By fingerprint, the latest last: what the provider said. */
  readonly reasons: Map<string, string>;
}

/** Kinds of which nobody answers. Changed in place. */
export interface IsolateQuietState {
  /** Calls in vain that the switchboard has not acknowledged, and the number of the first of them. */
  readonly untold: Map<string, { readonly first: number; readonly count: number; readonly beganMs: number }>;
  /** Kinds that callers were told of as quiet, and when the last was. */
  readonly waiting: Map<string, number>;
  /** Kinds of which one call may walk. */
  readonly leased: Set<string>;
}

export interface UntoldFailing {
  readonly n: number;
  readonly mark: string;
  readonly id: string;
  readonly tenant: string;
  readonly kind: string;
  readonly error: string;
  readonly atMs: number;
}

export interface DirectPause {
  /** Null: Redis was not heard. */
  scopes: ReadonlySet<string> | null;
  /** When the question that brought them was sent. */
  askedAtMs: number;
  /** When Redis was last asked, with or without an answer. */
  lastSentMs: number;
  /** Somebody is asking. A moment, because a promise of a dead request never settles. */
  askingSinceMs: number | null;
}

/** The latest snapshot, its moments by this isolate's clock. */
export interface Known {
  readonly version: string;
  /** From when on the route is probed. */
  readonly open: ReadonlyMap<string, number>;
  readonly routesOut: ReadonlyMap<string, number>;
  readonly accountsOut: ReadonlyMap<string, number>;
  readonly killed: ReadonlySet<string>;
  readonly flags: Flags;
  /** `all`, or canonical providers. */
  readonly paused: ReadonlySet<string>;
  /** Routes that are near their own rate limits, until then; null: none is, as nearly always. */
  readonly near: ReadonlyMap<string, number> | null;
  /** Of those, the ones of whose limit nothing is left. */
  readonly reached: ReadonlySet<string>;
  /** Routes that are behind the others, until then; null: none is. */
  readonly slow: ReadonlyMap<string, number> | null;
  readonly lowQuality: ReadonlyMap<string, number> | null;
  /** `kind route`: what the watchdog has put first, until then; null: nothing, as nearly always. */
  readonly prefer: ReadonlyMap<string, number> | null;
  /** Limits that were changed at run time, by scope; null: none was. */
  readonly limits: (Snapshot["limits"] & object) | null;
  /** Server keys that count no more; incomplete: there are more than a snapshot holds. */
  readonly revoked: { readonly ids: ReadonlySet<string>; readonly complete: boolean };
  /** Requests that loop, by mark and fingerprint; null: none does, as nearly always. */
  readonly loops: ReadonlyMap<string, ReadonlyMap<string, KnownLoop>> | null;
  /** Kinds of which nobody answers, and from when on one call at a time may walk; null: none, as nearly always. */
  readonly quiet: ReadonlyMap<string, number> | null;
  /** Of a drill, by route id; null: none is on, as nearly always. */
  readonly faults: InjectedFaults | null;
}

export interface OwnBreakers {
  readonly routes: Map<string, RouteBreaker>;
  readonly accounts: Map<string, Exclusion>;
}

/** Who is talking to the switchboard, and since when. Moments, because a promise of a dead request never settles. */
export interface ExchangeState {
  /** When the question that brought the latest snapshot was sent: its age counts from there. */
  askedAtMs: number;
  lastSentMs: number;
  /** Somebody is under way or about to be. Believed for `TURN_EXPIRES_MS`, for its request may have died. */
  turnSinceMs: number | null;
  /** Tells a late one's turn from the present one. */
  turn: number;
  /** Since when somebody waits to report what was counted; null: nobody does. Believed as a turn is. */
  countsSinceMs: number | null;
  /** When the switchboard last failed to answer; null: it answered since. */
  unansweredSinceMs: number | null;
}

export function emptyIsolateState(): IsolateBreakerState {
  return {
    isolate: null,
    known: null,
    log: emptyLog(),
    tally: emptyTally(),
    own: { routes: new Map(), accounts: new Map() },
    failuresInARow: new Map(),
    regionBlocked: new Map(),
    rateLimits: { nearUntilMs: new Map(), reached: new Set(), lookedAtMs: new Map(), untold: new Set() },
    loops: { count: 0, untold: [], reasons: new Map() },
    quiet: { untold: new Map(), waiting: new Map(), leased: new Set() },
    exchange: {
      askedAtMs: -Infinity,
      lastSentMs: -Infinity,
      turnSinceMs: null,
      turn: 0,
      countsSinceMs: null,
      unansweredSinceMs: null,
    },
    directPause: { scopes: null, askedAtMs: -Infinity, lastSentMs: -Infinity, askingSinceMs: null },
  };
}
