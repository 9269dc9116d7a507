/**
 * The isolate's talk with the ledger, after the reply, in whichever request's
 * time is at hand: batches of what was used, slices that shrank, supplies. Who
 * has the turn stays until nothing is left to tell and the supply of an
 * isolate that fell idle has gone back.
 */
import type { Clock } from "../lib/clock.ts";
import { wait } from "../lib/clock.ts";
import { LINES_PER_REPORT, type Batch, type LedgerPort, type LedgerReply, type SliceReport } from "./ledger-port.ts";
import type { LedgerState } from "./ledger-state.ts";
import { acknowledgeSlices, addSlices, holdsSupply, sliceReports, topUps } from "./supply.ts";

export interface LedgerOutside {
  readonly state: LedgerState;
  readonly ledger: () => LedgerPort;
  readonly afterReply: (work: Promise<unknown>) => void;
  readonly clock: Clock;
  readonly random: () => number;
}

/** What was used is told this much later, together with what follows it. */
const PACE_MS = 2_000;
/** Where somebody is limited it is told sooner: the others count on it. */
const LIMITED_PACE_MS = 500;
/** A supply that nobody has used for so long goes back. */
const IDLE_MS = 10_000;
/** A request may go on for 30 s after its reply; then the next one takes over. */
const LONGEST_TURN_MS = 25_000;
/** Longer than anybody waits for an answer: whose request has died waits no more. */
const AWAITED_MS = 10_000;
/** The request that took the turn may have died with it. */
const TURN_EXPIRES_MS = 15_000;

export function isolateId({ state, random }: Pick<LedgerOutside, "state" | "random">): string {
  state.isolate ??= Math.floor(random() * 2 ** 52).toString(36);
  return state.isolate;
}

/** Sees to it that what was used is told. `limited`: somebody's limits depend on it. */
export function tellSoon(outside: LedgerOutside, limited: boolean): void {
  const { state, clock } = outside;
  const now = clock.now();
  const { exchange } = state;
  exchange.lastUsedMs = now;
  if (exchange.turnSinceMs !== null && now - exchange.turnSinceMs < TURN_EXPIRES_MS) return;
  exchange.turn += 1;
  exchange.turnSinceMs = now;
  outside.afterReply(holdTurn(outside, exchange.turn, limited ? LIMITED_PACE_MS : PACE_MS));
}

/** It wakes at its pace as long as there is something to tell or to hand back, for what is counted meanwhile is news too. */
async function holdTurn(outside: LedgerOutside, turn: number, paceMs: number): Promise<void> {
  const { state, clock } = outside;
  const endsAtMs = clock.now() + LONGEST_TURN_MS;
  while (hasNews(state) || holdsSupply(state)) {
    await wait(clock, paceMs);
    if (state.exchange.turn !== turn) return;
    const now = clock.now();
    state.exchange.turnSinceMs = now;
    // Nobody may come after this request: what is not handed back in its time could stay out for good.
    const last = now + paceMs > endsAtMs;
    const farewell = last || now - state.exchange.lastUsedMs >= IDLE_MS;
    if (farewell || hasNews(state)) await exchangeOnce(outside, farewell);
    if (last) break;
  }
  if (state.exchange.turn === turn) state.exchange.turnSinceMs = null;
}

export function nextMessage(state: LedgerState): number {
  state.messages += 1;
  return state.messages;
}

function hasNews(state: LedgerState): boolean {
  if (state.spent.size > 0 || state.counts.size > 0 || state.unacknowledged !== null) return true;
  for (const held of state.slices.values()) if (held.some(({ dirty }) => dirty)) return true;
  return false;
}

/** Never rejects: a ledger that does not answer is a fact to go on with. */
async function exchangeOnce(outside: LedgerOutside, farewell: boolean): Promise<void> {
  const { state, clock, ledger } = outside;
  const sentMs = clock.now();
  state.exchange.lastSentMs = sentMs;
  const slices = sliceReports(state, sentMs, farewell).slice(0, LINES_PER_REPORT);
  const batch = (state.unacknowledged ??= nextBatch(state, sentMs));
  const message = nextMessage(state);
  // Not its own: what it would give is lost with it.
  const awaited = [...state.awaited].flatMap(([number, sinceMs]) => (sentMs - sinceMs < AWAITED_MS ? [number] : []));
  const held = [...state.slices.values()].flat().map(({ id }) => id);
  try {
    const wants = farewell ? [] : topUps(state, sentMs);
    const reply = await ledger().report({
      isolate: isolateId(outside),
      message,
      held,
      awaited,
      slices,
      batch,
      wants,
    });
    learn(state, slices, reply, clock.now());
    state.exchange.awaySinceMs = null;
  } catch {
    state.exchange.awaySinceMs = clock.now();
  }
}

function nextBatch(state: LedgerState, now: number): Batch | null {
  if (state.spent.size === 0 && state.counts.size === 0) return null;
  const spent = [...state.spent].slice(0, LINES_PER_REPORT);
  const counts = [...state.counts].slice(0, LINES_PER_REPORT);
  for (const [key] of spent) state.spent.delete(key);
  for (const [key] of counts) state.counts.delete(key);
  state.batches += 1;
  return {
    number: state.batches,
    spent: spent.map(([, line]) => line),
    counts: counts.map(([, { counter, by, endsAtMs }]) => ({ counter, by, forMs: endsAtMs - now })),
  };
}

function learn(state: LedgerState, slices: readonly SliceReport[], reply: LedgerReply, now: number): void {
  acknowledgeSlices(state, slices);
  const told = state.unacknowledged;
  state.unacknowledged = null;
  for (const { counter, forMs } of told?.counts ?? []) {
    state.known.delete(counter);
    state.known.set(counter, { value: reply.counts[counter] ?? 0, endsAtMs: now + forMs });
  }
  forgetOld(state, now);
  addSlices(state, reply.slices, now);
}

const MOST_KNOWN = 2_000;

function forgetOld({ known }: LedgerState, now: number): void {
  if (known.size < MOST_KNOWN) return;
  for (const [counter, { endsAtMs }] of known) if (endsAtMs <= now) known.delete(counter);
  for (const counter of known.keys()) {
    if (known.size < MOST_KNOWN) return;
    known.delete(counter);
  }
}
