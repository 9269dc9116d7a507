import type { FlagReading } from "../budget/flag-store.ts";
import type { Routing } from "../domain/routing.ts";
import type { Clock } from "../lib/clock.ts";
import { wait } from "../lib/clock.ts";
import { acknowledgeBatch, batchOf, isNothingCounted } from "./call-tally.ts";
import { failingOf, knownLoops, toldOf } from "./isolate-loops.ts";
import { exhaustedOf, exhaustedTold, hasExhausted, learnLease, waitingFor } from "./isolate-quiet.ts";
import type { IsolateBreakerState, Known } from "./isolate-state.ts";
import { acknowledge, isEmpty, reportedRuns } from "./outcome-log.ts";
import { recount } from "./own-breakers.ts";
import { RUNS_PER_REPORT } from "./switchboard-port.ts";
import type { Moments, Report, Snapshot, SnapshotReply, SwitchboardPort } from "./switchboard-port.ts";

/**
 * The isolate's talk with the switchboard: one at a time, whoever's request is
 * at hand. A report brings the fresh snapshot back, so the two are one
 * exchange; only where there is nothing to report is the snapshot asked for.
 */
export interface ExchangeOptions {
  readonly state: IsolateBreakerState;
  readonly switchboard: () => SwitchboardPort;
  readonly afterReply: (promise: Promise<unknown>) => void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly routing: Routing;
  /** How long a route is near its own limits, as its answer's headers tell; null: it is far. */
  readonly nearLimitMs?: (headers: Headers, now: number, percent: number) => number | null;
  /** Is nothing left of one of them, by the same headers? */
  readonly limitReached?: (headers: Headers, now: number) => boolean;
  /** The flags in Redis, asked for only where the switchboard is away; null: there is no Redis. Rejects after `limitMs`. */
  readonly readPause?: ((limitMs: number) => Promise<FlagReading>) | null;
  /** Neither the switchboard nor Redis can say whether it is paused, and the map says go. For the log. */
  readonly pauseUnknown?: () => void;
}

/** With failures to report, the next exchange is no sooner than this after the last. */
const URGENT_MS = 100;

/** Without failures, and after an exchange that failed. */
const UNHURRIED_MS = 1_000;

/** The request that took the turn may have died with it. */
const TURN_EXPIRES_MS = 2_000;

/** So many exchanges follow one another in one request's time after the reply; then the next request takes over. */
const EXCHANGES_PER_TURN = 20;

/** Sees to it that what was logged is reported: at once, or as soon as the pace allows. */
export function reportSoon(options: ExchangeOptions, urgent: boolean): void {
  const now = options.clock.now();
  const dueMs = nextSendMs(options.state, urgent);
  if (dueMs > now && !urgent) return;
  const turn = takeTurn(options.state, now);
  if (turn !== null) options.afterReply(waitAndExchange(options, turn, dueMs - now));
}

/**
 * What was counted goes with the next exchange; this sees to it that there is one, at the usual pace, if no further
 * call brings it about. Who waits here holds no turn, so that a failure is told at once all the same.
 */
export function reportCounts(options: ExchangeOptions): void {
  const { exchange: at } = options.state;
  const now = options.clock.now();
  if (at.countsSinceMs !== null && now - at.countsSinceMs < TURN_EXPIRES_MS) return;
  at.countsSinceMs = now;
  options.afterReply(exchangeCounts(options));
}

async function exchangeCounts(options: ExchangeOptions): Promise<void> {
  const { state, clock } = options;
  await wait(clock, Math.max(0, nextSendMs(state, false) - clock.now()));
  state.exchange.countsSinceMs = null;
  if (isNothingCounted(state.tally)) return;
  const turn = takeTurn(state, clock.now());
  if (turn !== null) await waitAndExchange(options, turn, 0);
}

/** Asks for a fresh snapshot now. Null: somebody else is asking, or the last question failed just now. */
export function refresh(options: ExchangeOptions): Promise<void> | null {
  const { state, clock } = options;
  const now = clock.now();
  if (inBackOff(state, now)) return null;
  const turn = takeTurn(state, now);
  if (turn === null) return null;
  const first = exchange(options);
  options.afterReply(first.then(() => goOn(options, turn)));
  return first;
}

export function inBackOff({ exchange: { unansweredSinceMs } }: IsolateBreakerState, now: number): boolean {
  return unansweredSinceMs !== null && now - unansweredSinceMs < UNHURRIED_MS;
}

async function waitAndExchange(options: ExchangeOptions, turn: number, waitMs: number): Promise<void> {
  if (waitMs > 0) await wait(options.clock, waitMs);
  if (holdTurn(options, turn)) await exchange(options);
  await goOn(options, turn);
}

/** While the turn was ours, failures may have come in that nobody else sends. */
async function goOn(options: ExchangeOptions, turn: number): Promise<void> {
  const { state, clock } = options;
  for (let sent = 1; sent < EXCHANGES_PER_TURN && isUrgent(state); sent++) {
    if (state.exchange.unansweredSinceMs !== null || !holdTurn(options, turn)) break;
    await wait(clock, Math.max(0, nextSendMs(state, true) - clock.now()));
    if (!holdTurn(options, turn)) break;
    await exchange(options);
  }
  if (state.exchange.turn === turn) state.exchange.turnSinceMs = null;
}

function isUrgent(state: IsolateBreakerState): boolean {
  return state.log.failures > 0 || hasToTell(state);
}

/** Beside the outcomes. */
function hasToTell(state: IsolateBreakerState): boolean {
  return state.loops.untold.length > 0 || hasExhausted(state);
}

/** Never rejects: a switchboard that does not answer is a fact to go on with. */
async function exchange({ state, switchboard, clock, random, routing }: ExchangeOptions): Promise<void> {
  const sentMs = clock.now();
  state.exchange.lastSentMs = sentMs;
  state.isolate ??= Math.floor(random() * 2 ** 52).toString(36);
  const knownVersion = state.known?.version ?? null;
  try {
    const { untold } = state.rateLimits;
    const waiting = waitingFor(state, sentMs);
    if (isEmpty(state.log) && untold.size === 0 && !hasToTell(state) && isNothingCounted(state.tally)) {
      const asked =
        waiting.length === 0 ? switchboard().snapshot(knownVersion) : switchboard().snapshot(knownVersion, waiting);
      learn(state, await asked, sentMs, routing);
    } else {
      const near = nearOf(state, sentMs);
      const report: Report = { isolate: state.isolate, knownVersion, runs: reportedRuns(state.log, sentMs), near };
      const counts = batchOf(state.tally);
      if (counts !== null) report.counts = counts;
      const failing = failingOf(state, sentMs);
      if (failing.length > 0) report.failing = failing;
      const exhausted = exhaustedOf(state, sentMs);
      if (exhausted.length > 0) report.exhausted = exhausted;
      if (waiting.length > 0) report.waiting = waiting;
      const { reply } = await switchboard().report(report);
      for (const { route } of near) untold.delete(route);
      toldOf(state, failing);
      exhaustedTold(state, exhausted);
      acknowledge(state.log, report.runs);
      if (counts !== null) acknowledgeBatch(state.tally, counts.number);
      recount(state.own, state.log, clock.now(), routing);
      learn(state, reply, sentMs, routing);
    }
    state.exchange.unansweredSinceMs = null;
  } catch {
    // What was to be reported is still in the log and goes with the next one.
    state.exchange.unansweredSinceMs = clock.now();
  }
}

function nearOf(
  { rateLimits: { untold, nearUntilMs, reached } }: IsolateBreakerState,
  now: number,
): Report["near"] & object {
  return [...untold]
    .slice(0, RUNS_PER_REPORT)
    .map((route) => ({ route, forMs: Math.max(0, (nearUntilMs.get(route) ?? 0) - now), reached: reached.has(route) }));
}

/** An answer to an older question than the one already answered is old news. */
function learn(state: IsolateBreakerState, reply: SnapshotReply, sentMs: number, routing: Routing): void {
  learnLease(state, reply);
  if (sentMs < state.exchange.askedAtMs) return;
  if (!reply.unchanged) state.known = knownFrom(reply.snapshot, sentMs, routing);
  state.exchange.askedAtMs = sentMs;
}

function knownFrom(snapshot: Snapshot, sentMs: number, routing: Routing): Known {
  const ours = sentMs - snapshot.atMs;
  return {
    version: snapshot.version,
    open: byOurClock(snapshot.open, ours),
    routesOut: byOurClock(snapshot.routesOut, ours),
    accountsOut: byOurClock(snapshot.accountsOut, ours),
    killed: new Set(snapshot.killed),
    flags: { ...routing.flags, ...snapshot.flags },
    paused: new Set(snapshot.paused),
    near: hint(snapshot.near, ours),
    slow: hint(snapshot.slow, ours),
    lowQuality: hint(snapshot.lowQuality, ours),
    prefer: hint(snapshot.prefer, ours),
    reached: new Set(snapshot.reached),
    limits: Object.keys(snapshot.limits ?? {}).length === 0 ? null : (snapshot.limits ?? null),
    revoked: { ids: new Set(snapshot.revoked), complete: snapshot.revokedLeftOut !== true },
    quiet: Object.keys(snapshot.quiet ?? {}).length === 0 ? null : byOurClock(snapshot.quiet ?? {}, ours),
    loops: knownLoops(snapshot.loops, ours),
    faults: Object.keys(snapshot.faults).length === 0 ? null : snapshot.faults,
  };
}

/** Null: there is none, as nearly always. */
function hint(moments: Moments = {}, ours: number): ReadonlyMap<string, number> | null {
  return Object.keys(moments).length === 0 ? null : byOurClock(moments, ours);
}

function byOurClock(moments: Moments, ours: number): ReadonlyMap<string, number> {
  return new Map(Object.entries(moments).map(([id, untilMs]) => [id, untilMs + ours]));
}

function nextSendMs(state: IsolateBreakerState, urgent: boolean): number {
  const { lastSentMs, unansweredSinceMs } = state.exchange;
  return lastSentMs + (urgent && unansweredSinceMs === null ? URGENT_MS : UNHURRIED_MS);
}

function takeTurn({ exchange: at }: IsolateBreakerState, now: number): number | null {
  if (at.turnSinceMs !== null && now - at.turnSinceMs < TURN_EXPIRES_MS) return null;
  at.turn += 1;
  at.turnSinceMs = now;
  return at.turn;
}

/** Still ours? Then it is from now on. */
function holdTurn({ state, clock }: ExchangeOptions, turn: number): boolean {
  if (state.exchange.turn !== turn) return false;
  state.exchange.turnSinceMs = clock.now();
  return true;
}
