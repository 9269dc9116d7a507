import { ALL, isPaused } from "../budget/pause.ts";
import type { FlagReading } from "../budget/flag-store.ts";
import type { Route } from "../domain/route.ts";
import { wait } from "../lib/clock.ts";
import type { ExchangeOptions } from "./exchange.ts";
import type { IsolateBreakerState } from "./isolate-state.ts";

/**
 * The pause as an isolate knows it: from its snapshot, or, where the
 * switchboard was away, from Redis itself, whichever was asked later. Where
 * nobody has ever said, the map decides (`pause.whenUnknown`).
 */
export function pausedNow({ state, routing }: ExchangeOptions, route: Route): boolean {
  const scopes = knownScopes(state);
  if (scopes === null && routing.pause.whenUnknown === "go") return false;
  return isPaused(route, scopes ?? EVERYTHING, routing.pause);
}

const EVERYTHING: ReadonlySet<string> = new Set([ALL]);

/** An isolate without a switchboard asks Redis at most so often. */
const ASK_EVERY_MS = 1_000;
const LONGEST_WAIT_MS = 300;
const LOOK_AGAIN_MS = 10;

/** The switchboard did not answer: asks Redis. Null: it was asked just now, or there is none. Never rejects. */
export function askRedis(options: ExchangeOptions): Promise<void> | null {
  const { state, clock, readPause } = options;
  const { directPause } = state;
  const now = clock.now();
  if (now - directPause.lastSentMs < ASK_EVERY_MS) return isAsking(state, now) ? untilAsked(options) : null;
  directPause.lastSentMs = now;
  if (readPause) return ask(options, readPause, now);
  tellIfUnknown(options);
  return null;
}

function knownScopes({ known, directPause, exchange }: IsolateBreakerState): ReadonlySet<string> | null {
  const direct = directPause.askedAtMs > exchange.askedAtMs ? directPause.scopes : null;
  return direct ?? known?.paused ?? null;
}

async function ask(
  options: ExchangeOptions,
  readPause: NonNullable<ExchangeOptions["readPause"]>,
  now: number,
): Promise<void> {
  const { directPause } = options.state;
  directPause.askingSinceMs = now;
  const inTime = new AbortController();
  try {
    const tooLong = wait(options.clock, LONGEST_WAIT_MS, inTime.signal).then(() => null);
    learn(options.state, await Promise.race([readPause(LONGEST_WAIT_MS), tooLong]), now);
  } catch {
    // Redis is away too: what was known last goes on, and where nothing was, the map decides.
  } finally {
    inTime.abort();
    directPause.askingSinceMs = null;
  }
  tellIfUnknown(options);
}

/** Without our mark Redis is new or was emptied: then a missing flag means nothing. Null: it took too long. */
function learn({ directPause }: IsolateBreakerState, reading: FlagReading | null, sentMs: number): void {
  if (reading === null || (!reading.epoch && reading.scopes.size === 0)) return;
  directPause.scopes = reading.scopes;
  directPause.askedAtMs = sentMs;
}

function isAsking({ directPause: { askingSinceMs } }: IsolateBreakerState, now: number): boolean {
  return askingSinceMs !== null && now - askingSinceMs < LONGEST_WAIT_MS;
}

/** Another request is asking. Its promise may die with it, so look for the answer instead of waiting for it. */
async function untilAsked({ state, clock }: ExchangeOptions): Promise<void> {
  while (isAsking(state, clock.now())) await wait(clock, LOOK_AGAIN_MS);
}

function tellIfUnknown({ state, routing, pauseUnknown }: ExchangeOptions): void {
  if (knownScopes(state) === null && routing.pause.whenUnknown === "go") pauseUnknown?.();
}
