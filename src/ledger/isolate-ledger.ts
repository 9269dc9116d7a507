/**
 * Limits and money as a call sees them: this isolate's supply and what it
 * knows of everybody's counts. The ledger itself is waited for in one case
 * only: an attempt that costs money of a budget whose supply does not cover it.
 */
import type { PlannedCall } from "../domain/call.ts";
import type { Failure } from "../domain/failure.ts";
import type { Refusal } from "../domain/refusal.ts";
import { microsOf } from "../domain/price.ts";
import type { Route } from "../domain/route.ts";
import type { Routing } from "../domain/routing.ts";
import { wait } from "../lib/clock.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { priceAt } from "../routing/price-at.ts";
import { Attempted, outputBound, type Estimate } from "./attempted.ts";
import { countRequest, reached, recount, type Reached } from "./counters.ts";
import { estimateCallTokens } from "./estimate-call.ts";
import { ratioOf } from "./ratios.ts";
import { noteRefused, wasRefused } from "./refused.ts";
import type { Ledger, Reservation } from "./ledger.ts";
import { isolateId, nextMessage, tellSoon, type LedgerOutside } from "./ledger-exchange.ts";
import { LINES_PER_REPORT, type MoneyAnswer } from "./ledger-port.ts";
import {
  budgetOf,
  callerScopes,
  GRACE_SCOPE,
  graceOf,
  nobodyIsLimited,
  routeScopes,
  type Budget,
  type LimitChanges,
  type Scope,
} from "./scopes.ts";
import { acknowledgeSlices, addSlices, budgetKey, paceOf, sliceReports, takeFrom, type Reserved } from "./supply.ts";

export interface LedgerOptions extends LedgerOutside {
  readonly routing: Routing;
  /** What was changed at run time, as the snapshot has it. */
  readonly changes: () => LimitChanges;
}

/** A ledger that takes longer than this is away: nothing is spent that it has not given. */
const ASK_LIMIT_MS = 2_000;
const AWAY_RETRY_MS = 5_000;

export function createLedger(options: LedgerOptions): Ledger {
  return {
    admit: (call) => admit(call, options),
    reserve: (call, route) => reserve(call, route, options),
  };
}

function admit(call: PlannedCall, options: LedgerOptions): Refusal | null {
  const scopes = scopesOfCaller(call, options);
  if (scopes.length === 0) return null;
  const { state, clock } = options;
  const now = clock.now();
  const limit = reached(state, scopes, now);
  if (limit !== null) {
    const { resetsInMs, ...which } = limit;
    askAgain(limit, options);
    return { kind: "limit_reached", ...which, retryAfterMs: resetsInMs };
  }
  // A job's own run is no request of anybody's: its caller's call was one.
  if (call.from.kind === "caller") {
    countRequest(state, scopes, now);
    tellSoon(options, true);
  }
  return null;
}

/** What others had put aside when they told it may be free by now: whoever refuses because of it asks for the truth. */
function askAgain({ scope, limit }: Reached, options: LedgerOptions): void {
  recount(options.state, scope, limit, options.clock.now());
  tellSoon(options, true);
}

function scopesOfCaller({ from }: PlannedCall, { routing, changes }: LedgerOptions): readonly Scope[] {
  const changed = changes();
  return nobodyIsLimited(from, routing, changed) ? NONE : callerScopes(from, routing, changed);
}

const NONE: readonly Scope[] = [];

function reserve(
  call: PlannedCall,
  route: Route,
  options: LedgerOptions,
): Result<Reservation, Failure> | Promise<Result<Reservation, Failure>> {
  const { state, clock, routing, changes } = options;
  const changed = changes();
  if (nobodyIsLimited(call.from, routing, changed)) return ok(new Attempted(call, route, null, options));
  const ofAccount = routeScopes(route, routing, changed);
  const scopes = [...scopesOfCaller(call, options), ...ofAccount];
  if (scopes.length === 0) return ok(new Attempted(call, route, null, options));
  const now = clock.now();
  const ofRoute = reached(state, ofAccount, now);
  if (ofRoute !== null) {
    askAgain(ofRoute, options);
    return fail(overBudget(ofRoute.scope, ofRoute.resetsInMs));
  }
  const budgets = scopes.flatMap((scope) => budgetOf(scope, now) ?? []);
  const estimate = estimateOf(call, route, options);
  if (budgets.length === 0) return ok(new Attempted(call, route, { scopes, estimate, reserved: [], budgets }, options));
  // What a paid route costs must be known before it may cost a budget anything.
  if (estimate.price === null) return fail(UNPRICED);
  const micros = microsOf(estimate, estimate.price);
  const taken = takeAll(options, budgets, micros, now);
  if (taken !== null) return ok(new Attempted(call, route, { scopes, estimate, reserved: taken, budgets }, options));
  const refused = budgets.find((budget) => wasRefused(state, budget, micros, now));
  if (refused !== undefined) return fail(overBudget(refused.scope, refused.endsAtMs - now));
  const asking = { call, route, scopes, estimate, budgets, micros, grace: graceOf(routing, now) };
  return isAway(options, now) ? byGrace(asking, options) : askAndTake(asking, options);
}

const UNPRICED: Failure = { kind: "over_budget", detail: "nobody has said what this route costs" };

function overBudget(scope: string, resetsInMs: number): Failure {
  return { kind: "over_budget", detail: `the budget of ${scope} does not cover it`, budget: { scope, resetsInMs } };
}

/** From every budget or from none. */
function takeAll({ state }: LedgerOptions, budgets: readonly Budget[], micros: number, now: number): Reserved | null {
  const all: Reserved = [];
  if (micros === 0) return all;
  for (const budget of budgets) {
    const taken = takeFrom(state, budget, micros, now);
    if (taken === null) {
      // Nothing was used of what had been put aside.
      for (const { slice, micros: put } of all) slice.reservedMicros -= put;
      return null;
    }
    all.push(...taken);
  }
  return all;
}

interface Asking {
  readonly call: PlannedCall;
  readonly route: Route;
  readonly scopes: readonly Scope[];
  readonly estimate: Estimate;
  readonly budgets: readonly Budget[];
  readonly micros: number;
  /** For when the ledger is away; null: the map sets none. */
  readonly grace: Budget | null;
}

/** It did not answer a moment ago: each further candidate of a call would only wait in vain again. */
const AWAY_MS = 1_000;

function isAway({ state: { exchange } }: LedgerOptions, now: number): boolean {
  return exchange.awaySinceMs !== null && now - exchange.awaySinceMs < AWAY_MS;
}

/** What was cut from the budget beforehand, as far as this isolate holds of it. */
function byGrace(
  { call, route, scopes, estimate, micros, grace }: Asking,
  options: LedgerOptions,
): Result<Reservation, Failure> {
  const reserved = grace && takeAll(options, [grace], micros, options.clock.now());
  if (grace === null || reserved === null) return fail(LEDGER_AWAY);
  return ok(new Attempted(call, route, { scopes, estimate, reserved, budgets: [grace] }, options));
}

async function askAndTake(asking: Asking, options: LedgerOptions): Promise<Result<Reservation, Failure>> {
  const { call, route, scopes, estimate, budgets, micros, grace } = asking;
  const { state, clock } = options;
  const asked = clock.now();
  const wants = [...budgets, ...(grace ? [grace] : [])].map(({ endsAtMs, ...budget }) => {
    const pace = paceOf(state, { ...budget, endsAtMs }, asked);
    // By what was really used of late: calls that come at once each ask for what they need themselves.
    const wantMicros = micros + Math.max(pace.spentMicros, pace.earlierMicros);
    const needMicros = budget.scope === GRACE_SCOPE ? 0 : micros;
    return { ...budget, forMs: endsAtMs - asked, needMicros, wantMicros };
  });
  const message = nextMessage(state);
  state.awaited.set(message, asked);
  const slices = sliceReports(state, asked, true, budgets.map(budgetKey)).slice(0, LINES_PER_REPORT);
  const question = options.ledger().ask({ isolate: isolateId(options), message, slices, wants });
  // An answer that comes later is of no use: the ledger hears that nobody awaits it.
  const answer = await inTime(question, options).finally(() => state.awaited.delete(message));
  const now = clock.now();
  state.exchange.awaySinceMs = answer === null ? now : null;
  if (answer === null) return byGrace(asking, options);
  acknowledgeSlices(state, slices);
  if (!answer.ok) {
    noteRefused(state, budgets, answer.scope, micros, now);
    return fail(overBudget(answer.scope, answer.forMs));
  }
  // For this attempt first: another call may be waiting for room in the same supply.
  const reserved = ownParts(options, answer, micros, now);
  const paced = grace === null ? budgets : [...budgets, grace];
  return ok(new Attempted(call, route, { scopes, estimate, reserved, budgets: paced }, options));
}

const LEDGER_AWAY: Failure = {
  kind: "over_budget",
  detail: "the ledger is away",
  budget: { scope: "", resetsInMs: AWAY_RETRY_MS },
};

function ownParts(
  { state }: LedgerOptions,
  { slices }: Extract<MoneyAnswer, { ok: true }>,
  micros: number,
  now: number,
): Reserved {
  addSlices(state, slices, now);
  const given = new Set(slices.flatMap(({ id, scope }) => (scope === GRACE_SCOPE ? [] : [id])));
  const reserved: Reserved = [];
  for (const held of state.slices.values()) {
    for (const slice of held) {
      if (!given.has(slice.id)) continue;
      slice.reservedMicros += micros;
      reserved.push({ slice, micros });
    }
  }
  return reserved;
}

/** Null: it did not answer. */
async function inTime(asked: Promise<MoneyAnswer>, { clock }: LedgerOptions): Promise<MoneyAnswer | null> {
  const inTimeAfterAll = new AbortController();
  try {
    return await Promise.race([asked, wait(clock, ASK_LIMIT_MS, inTimeAfterAll.signal).then(() => null)]);
  } catch {
    return null;
  } finally {
    inTimeAfterAll.abort();
  }
}

function estimateOf(call: PlannedCall, route: Route, { state, clock }: LedgerOptions): Estimate {
  const counted = estimateCallTokens(call, route);
  const promptTokens = Math.ceil(counted * ratioOf(state, route.id, clock.now()));
  return {
    counted,
    promptTokens,
    completionTokens: outputBound(call) * (call.request.n ?? 1),
    price: priceAt(route, promptTokens),
  };
}
