import type { Failure } from "../domain/failure.ts";
import type { InjectedFault } from "../domain/injected-fault.ts";
import type { Route } from "../domain/route.ts";

/**
 * What one call sees of the breakers: a view over this isolate's snapshot and
 * its own recent failures. Nothing here waits for the switchboard except
 * `ready`, and that only where the snapshot is too old.
 */
export interface Breakers {
  /**
   * Null where the snapshot is young enough to plan with (the usual case: nothing is awaited). Otherwise a promise
   * that resolves when a fresh one is there or after 200 ms, whichever is first; it never rejects. `patient`: nobody
   * waits for a job's run, and what it plans with old news it may put off for long.
   */
  ready(patience?: "patient"): Promise<void> | null;
  /** Why this route may not be tried now; null: it may. Cheap and synchronous: asked before every attempt. */
  blocked(route: Route): Blocked | null;
  /** Is new work to keep off this route because of a budget? Only the plan asks: running work finishes. */
  paused(route: Route): boolean;
  /** Is little left of the route's own rate limit, by what any isolate has read of late? The plan asks: it is tried last. */
  nearLimit(route: Route): boolean;
  /** Is nothing left of it? Then it would refuse. */
  limitReached(route: Route): boolean;
  /** Is it far slower than it used to be? The plan asks: it is tried after the others. */
  slow(route: Route): boolean;
  /** Were its answers of late found bad too often? The plan asks, as above. */
  lowQuality(route: Route): boolean;
  /** Has the watchdog put this route first for the kind (or `auto`) that callers name as `model`? The plan asks. */
  preferred(model: string, route: Route): boolean;
  /** A provider's answer has come: its headers may tell how near its limits are. Looked at once a second, or while near. */
  noteHeaders(route: Route, headers: Headers): void;
  /** What a drill makes of this route; null: nothing, as nearly always. */
  injectedFault(route: Route): InjectedFault | null;
  /**
   * Consecutive failures that this isolate has seen on the route of late, by any call, since its last success. A call
   * retries the same route only while this is at most its own count: a route that fails others too gets no retry.
   */
  recentFailures(routeId: string): number;
  /** Was this server key revoked? `unknown`: more of them were than a snapshot holds, so the switchboard must be asked. */
  revoked(keyId: string): boolean | "unknown";
  /**
   * Of this kind nobody answers: until when a call walks no chain, but is told so at once; null: it may walk. Asked once
   * for each call: what is leased to this isolate goes to whoever asks.
   */
  quietUntil(kind: string): number | null;
  /** A call has walked the kind's whole chain in vain. `beganMs`: when it began. */
  exhausted(kind: string, beganMs: number): void;
  /** Does the switchboard block any request of this tenant and kind? Cheap, and nearly always false. */
  mayLoop(scope: LoopScope): boolean;
  /** Is the request with this fingerprint blocked, because it fails again and again by its own fault? */
  loopOf(scope: LoopScope, id: string): KnownLoop | null;
  /** A request failed by its own fault: told to the switchboard, which counts. */
  noteFailing(failing: Failing): void;
  /** Somebody has just changed flags or pause through this isolate: what it knows is old. */
  outdated(): void;
  flags(): Flags;
  /** Of what this isolate knows of the switchboard; null: it knows nothing yet. */
  snapshotAgeMs(): number | null;
  /** Notes an outcome and sees to it that it is reported (after the reply, in batches). */
  record(outcome: Outcome): void;
}

export interface LoopScope {
  readonly tenant: string;
  /** The kind's name. */
  readonly kind: string;
}

export interface Failing {
  readonly scope: LoopScope;
  /** The request's fingerprint. */
  readonly id: string;
  /** A refusal's kind, and what tells its text from another. */
  readonly error: string;
  /** The provider's own words. They stay in this isolate, for the same caller's same request. */
  readonly reason: string | null;
}

export interface KnownLoop {
  /** The kind of the refusal, or of the failure, that it met each time. */
  readonly error: string;
  /** The provider's words, where this isolate has heard them. */
  readonly reason: string | null;
  readonly untilMs: number;
}

export interface Blocked {
  readonly why: "open" | "killed" | "account_out";
  /** When the route may be back (ms since 1970); null: only an operator knows. */
  readonly untilMs: number | null;
}

/** Switchable at run time, without a deploy. The map's `flags` are the values before anybody switched. */
export interface Flags {
  readonly enable_warm_fallback: boolean;
  readonly enable_cold_queue: boolean;
}

export interface Outcome {
  readonly route: Route;
  /** When the attempt began, by this isolate's clock. */
  readonly startedAtMs: number;
  /** Until the commit of a stream, until the end otherwise. */
  readonly durationMs: number;
  /** Of a stream. */
  readonly streamed?: boolean;
  /** Null: it answered (a stream: up to its terminal event). */
  readonly failure: Failure | null;
}
