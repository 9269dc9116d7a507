import type { Route } from "../domain/route.ts";
import { policyOf } from "../domain/failure.ts";
import { wait } from "../lib/clock.ts";
import type { Blocked, Breakers, Outcome } from "./breakers.ts";
import type { ExchangeOptions } from "./exchange.ts";
import { inBackOff, refresh, reportSoon } from "./exchange.ts";
import { logFailure, logSuccess } from "./outcome-log.ts";
import { seenFailure } from "./machine.ts";
import { limitIsReached, nearLimit, noteHeaders } from "./isolate-limits.ts";
import { noteExhausted, quietUntil } from "./isolate-quiet.ts";
import { loopOf, mayLoop, noteFailing } from "./isolate-loops.ts";
import { askRedis, pausedNow } from "./isolate-pause.ts";
import { isBehind } from "./quality.ts";
import { ownAccountUntil, ownFailure, ownRouteUntil, ownSuccesses } from "./own-breakers.ts";

/**
 * The breakers as a request sees them: the isolate's snapshot, plus what this
 * isolate has seen since. With a fresh snapshot nothing here waits. Where the
 * switchboard is away, the last snapshot and the isolate's own failures
 * decide, and an unknown route is closed.
 */
export function createBreakers(options: ExchangeOptions): Breakers {
  return {
    ready: (patience) => ready(options, patience === "patient" ? FRESH_MS : USABLE_MS),
    blocked: (route) => blocked(options, route),
    paused: (route) => pausedNow(options, route),
    nearLimit: (route) => nearLimit(options, route),
    limitReached: (route) => limitIsReached(options, route),
    slow: ({ id }) => isIn(options, options.state.known?.slow, id),
    lowQuality: (route) => isLowQuality(options, route),
    preferred: (model, { id }) => {
      const { known } = options.state;
      return known !== null && known.prefer !== null && isIn(options, known.prefer, `${model} ${id}`);
    },
    noteHeaders: (route, headers) => noteHeaders(options, route, headers),
    injectedFault: (route) => options.state.known?.faults?.[route.id] ?? null,
    revoked: (keyId) => {
      const revoked = options.state.known?.revoked;
      return revoked?.ids.has(keyId) ? true : revoked?.complete === false ? "unknown" : false;
    },
    quietUntil: (kind) => quietUntil(options, kind),
    exhausted: (kind, beganMs) => {
      noteExhausted(options, kind, beganMs);
      reportSoon(options, true);
    },
    mayLoop: (scope) => mayLoop(options, scope),
    loopOf: (scope, id) => loopOf(options, scope, id),
    noteFailing: (failing) => {
      noteFailing(options, failing);
      reportSoon(options, true);
    },
    outdated: () => {
      options.state.exchange.askedAtMs = -Infinity;
    },
    recentFailures: (routeId) => recentFailures(options, routeId),
    snapshotAgeMs: () => {
      const { askedAtMs } = options.state.exchange;
      return askedAtMs === -Infinity ? null : options.clock.now() - askedAtMs;
    },
    flags: () => options.state.known?.flags ?? options.routing.flags,
    record: (outcome) => record(options, outcome),
  };
}

/** Used as it is. */
const FRESH_MS = 1_000;

/** Used, and refreshed in the background; older than that it is waited for. */
const USABLE_MS = 3_000;
const LONGEST_WAIT_MS = 200;
const LOOK_AGAIN_MS = 10;

/** What a route is given whose probe is under way: it may be back any moment, but not in this one. */
const PROBING_MS = 1_000;

function ready(options: ExchangeOptions, usableMs: number): Promise<void> | null {
  const { state, clock } = options;
  const ageMs = clock.now() - state.exchange.askedAtMs;
  if (ageMs < FRESH_MS) return null;
  const firstAnswer = refresh(options);
  if (ageMs < usableMs) return null;
  // Who did not answer the last time is not waited for again until it has answered.
  if (state.exchange.unansweredSinceMs !== null) return askRedis(options);
  const answer = firstAnswer === null ? untilFresh(options, usableMs) : firstOf(options, firstAnswer);
  return answer.then(() => afterWaiting(options));
}

/** Still unanswered: Redis itself may know whether it is paused. */
async function afterWaiting(options: ExchangeOptions): Promise<void> {
  const { state, clock } = options;
  if (clock.now() - state.exchange.askedAtMs >= USABLE_MS) await askRedis(options);
}

/** The question goes on after the reply where it takes longer. */
function firstOf({ state, clock }: ExchangeOptions, answer: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(LONGEST_WAIT_MS, () => {
      state.exchange.unansweredSinceMs = clock.now();
      resolve();
    });
    void answer.then(() => {
      cancel();
      resolve();
    });
  });
}

/** Another request is asking. Its promise may die with it, so look for the answer instead of waiting for it. */
async function untilFresh({ state, clock }: ExchangeOptions, usableMs: number): Promise<void> {
  const { turnSinceMs } = state.exchange;
  const untilMs = Math.min(turnSinceMs ?? 0, clock.now()) + LONGEST_WAIT_MS;
  while (clock.now() < untilMs && clock.now() - state.exchange.askedAtMs >= usableMs) {
    if (inBackOff(state, clock.now())) return;
    await wait(clock, LOOK_AGAIN_MS);
  }
}

function blocked({ state, clock, routing }: ExchangeOptions, route: Route): Blocked | null {
  const { known, own } = state;
  const now = clock.now();
  if (known?.killed.has(route.id) === true) return { why: "killed", untilMs: null };
  // What the map before this one opened may still be on the board.
  if (!routing.breaker.enabled) return null;

  const accountUntilMs = Math.max(
    known?.accountsOut.get(route.account) ?? 0,
    state.regionBlocked.get(route.account) ?? 0,
    ownAccountUntil(own, route.account),
  );
  if (accountUntilMs > now) return { why: "account_out", untilMs: accountUntilMs };

  const openMs = known?.open.get(route.id) ?? 0;
  const untilMs = Math.max(openMs, known?.routesOut.get(route.id) ?? 0, ownRouteUntil(own, route.id));
  if (untilMs > now) return { why: "open", untilMs };
  // An open route waits for its probes, unless there is nobody left to tell how they went.
  const probing = openMs > 0 && now - state.exchange.askedAtMs < USABLE_MS;
  return probing ? { why: "open", untilMs: now + PROBING_MS } : null;
}

function isLowQuality(options: ExchangeOptions, { id }: Route): boolean {
  const { state, clock, routing } = options;
  if (isIn(options, state.known?.lowQuality, id)) return true;
  return routing.breaker.enabled && isBehind(state.own.routes.get(id)?.quality, clock.now());
}

function isIn(
  { routing, clock }: ExchangeOptions,
  moments: ReadonlyMap<string, number> | null | undefined,
  id: string,
) {
  // As nearly always.
  if (moments === null || moments === undefined) return false;
  return routing.breaker.enabled && (moments.get(id) ?? 0) > clock.now();
}

/** What failed longer ago than an outage lasts says nothing about the next attempt. */
function recentFailures({ state, clock, routing }: ExchangeOptions, routeId: string): number {
  const failures = state.failuresInARow.get(routeId);
  if (failures === undefined || clock.now() - failures.lastMs > routing.breaker.openMs) return 0;
  return failures.count;
}

function record(options: ExchangeOptions, outcome: Outcome): void {
  if (outcome.failure === null) recordSuccess(options, outcome);
  else recordFailure(options, outcome, outcome.failure);
}

function recordSuccess(options: ExchangeOptions, outcome: Outcome): void {
  const { route, startedAtMs, durationMs, streamed = false } = outcome;
  const { state, clock, random, routing } = options;
  logSuccess(state.log, route.id, startedAtMs, durationMs, random, streamed);
  ownSuccesses(state.own, route, { count: 1, beganMs: startedAtMs, now: clock.now() }, routing);
  const endsARun = state.failuresInARow.delete(route.id);
  // Who is told that nobody answers is to hear at once that somebody does.
  reportSoon(options, endsARun || state.log.failures > 0 || (state.known?.quiet ?? null) !== null);
}

function recordFailure(options: ExchangeOptions, outcome: Outcome, failure: NonNullable<Outcome["failure"]>): void {
  const { state, clock, routing } = options;
  const { route, startedAtMs } = outcome;
  const { counts } = policyOf(failure.kind);
  if (counts === "nothing") return;

  const now = clock.now();
  // It answered, so another call may well ask it twice.
  if (counts !== "quality")
    state.failuresInARow.set(route.id, { count: recentFailures(options, route.id) + 1, lastMs: now });
  if (counts === "isolate") {
    state.regionBlocked.set(route.account, now + routing.breaker.accountOutMs);
    return;
  }
  const seen = seenFailure(failure, route.id, startedAtMs, now, state.isolate ?? "");
  logFailure(state.log, seen);
  ownFailure(state.own, route.account, seen, now, routing);
  reportSoon(options, true);
}
