import { isPaused } from "../budget/pause.ts";
import type { CallUsage } from "../domain/call-usage.ts";
import type { CheckSettings } from "../domain/checks.ts";
import type { Failure } from "../domain/failure.ts";
import type { Route } from "../domain/route.ts";
import type { Clock } from "../lib/clock.ts";
import { CONNECTIONS_WAITING_FOR_HEADERS } from "../lib/platform-limits.ts";
import type { Board } from "./board.ts";
import { checkDueMs } from "./check-due.ts";
import { errorMark } from "./error-text.ts";
import { isOut, PROBE } from "./exclusion.ts";
import { limitsOf, noteFailure, noteSuccesses, type Breaker } from "./machine.ts";
import { isLeased, type ProbeOutcome } from "./probe.ts";

/** Put aside for one check. Whichever is called first counts. */
export interface CheckMoney {
  settle(usage: CallUsage): void;
  settleFailed(failure: Failure): void;
}

export interface RouteChecksOptions {
  readonly board: Board;
  readonly settings: CheckSettings;
  /** Since when routes are watched; survives the object. */
  readonly sinceMs: number;
  readonly clock: Clock;
  /** The scopes that a budget has paused. */
  readonly paused: () => ReadonlySet<string>;
  /** Null: no budget covers it. It must not throw. */
  readonly money: (route: Route) => Promise<CheckMoney | null>;
  /** It must not throw. */
  readonly probe: (route: Route) => Promise<ProbeOutcome>;
}

/** One connection stays free for whoever asks the object meanwhile. */
const CHECKS_AT_ONCE = CONNECTIONS_WAITING_FOR_HEADERS - 1;

/** Checks of the routes that nobody has called of late. They follow the same machine as probes, and count in no caller's error rate. */
export class RouteChecks {
  readonly #options: RouteChecksOptions;
  /** What no budget covered is not asked for again at once. In memory: it costs nothing to ask. */
  readonly #putOffMs = new Map<string, number>();

  constructor(options: RouteChecksOptions) {
    this.#options = options;
  }

  /** Milliseconds since 1970; null: nothing is ever to be checked as things are. */
  nextDueMs(): number | null {
    if (!this.#options.settings.enabled) return null;
    const serviceMs = this.#serviceMs();
    const due = this.#options.board.routing.routes.flatMap((route) => this.#dueMs(route, serviceMs) ?? []);
    return due.length === 0 ? null : Math.min(...due);
  }

  /** Checks every route that is due. */
  async send(): Promise<void> {
    if (!this.#options.settings.enabled) return;
    const now = this.#options.clock.now();
    const serviceMs = this.#serviceMs();
    const { routes } = this.#options.board.routing;
    const waiting = routes.filter((route) => (this.#dueMs(route, serviceMs) ?? Infinity) <= now);
    const workers = Array.from({ length: Math.min(CHECKS_AT_ONCE, waiting.length) }, async () => {
      for (let route = waiting.shift(); route !== undefined; route = waiting.shift()) await this.#check(route);
    });
    await Promise.all(workers);
  }

  async #check(route: Route): Promise<void> {
    const { clock, settings, money, probe } = this.#options;
    // Until it is over nobody else checks this route.
    this.#putOffMs.set(route.id, clock.now() + settings.everyMs);
    const reserved = await money(route);
    if (reserved === null) return;
    const outcome = await probe(route);
    if (outcome.failure !== null) reserved.settleFailed(outcome.failure);
    else if (outcome.usage !== undefined) reserved.settle(outcome.usage);
    this.#putOffMs.delete(route.id);
    this.#note(route, outcome);
  }

  /** A caller's failure may have opened the route meanwhile: from then on it is the probes' to judge. */
  #note(route: Route, { ms, failure }: ProbeOutcome): void {
    const { board, clock } = this.#options;
    const now = clock.now();
    const { breaker, statistics } = board.record(route.id);
    const check = { atMs: now, ms, failure: failure?.kind ?? null };
    const before: Breaker = { route: breaker, account: board.account(route.account) };
    board.keep(route, this.#noted(before, route, { ms, failure }, now), { ...statistics, check });
  }

  #noted(before: Breaker, route: Route, { ms, failure }: ProbeOutcome, now: number): Breaker {
    const beganMs = now - ms;
    if (failure === null) return noteSuccesses(before, { count: 1, beganMs });
    const { kind, retryAfterMs = null, oneModelOnly = false } = failure;
    const error = errorMark(failure);
    const seen = { routeId: route.id, kind, startedAtMs: beganMs, endedAtMs: now, retryAfterMs, oneModelOnly, error };
    return noteFailure(before, { ...seen, by: PROBE }, now, limitsOf(this.#options.board.routing));
  }

  #dueMs(route: Route, serviceMs: number | null): number | null {
    const { board, settings, sinceMs, clock } = this.#options;
    const now = clock.now();
    if (!this.#mayBeAsked(route, now)) return null;
    const { statistics, breaker } = board.record(route.id);
    const { checkedAtMs: outcomeMs, check } = statistics;
    const { circuit } = breaker;
    const moments = {
      outcomeMs,
      serviceMs,
      checkMs: check?.atMs ?? null,
      sinceMs,
      // Only an outage opens by failures in a row, and only those follow one another quickly.
      failing: (check?.failure ?? null) !== null && circuit.phase === "closed" && circuit.run !== null,
    };
    const dueMs = checkDueMs(route, moments, settings, now);
    return dueMs === null ? null : Math.max(dueMs, this.#putOffMs.get(route.id) ?? 0);
  }

  /** What is killed, paused, out, near its own limits or open is left alone: the probes of an open route are enough. */
  #mayBeAsked(route: Route, now: number): boolean {
    const { board, paused } = this.#options;
    const { circuit, exclusion, lease } = board.record(route.id).breaker;
    return (
      circuit.phase === "closed" &&
      !isLeased(lease, now) &&
      !board.overrides.isKilled(route.id) &&
      !isPaused(route, paused(), board.routing.pause) &&
      !isOut(exclusion, now) &&
      !isOut(board.account(route.account), now) &&
      board.near.until(route.id, now) === null
    );
  }

  #serviceMs(): number | null {
    const { board } = this.#options;
    const moments = board.routing.routes.flatMap(({ id }) => board.record(id).statistics.checkedAtMs ?? []);
    return moments.length === 0 ? null : Math.max(...moments);
  }
}
