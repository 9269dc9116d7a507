/** Kinds of which nobody answers, as an isolate knows them: by its snapshot, and with its own calls in vain to be told. */
import type { ExchangeOptions } from "./exchange.ts";
import type { IsolateBreakerState } from "./isolate-state.ts";
import type { Report, SnapshotReply } from "./switchboard-port.ts";

type Told = (Report["exhausted"] & object)[number];

/** After a snapshot of this age nobody is left to lease a walk. */
const LEASED_BY_MS = 3_000;
/** Callers have come for it within this time: then a lease is used. */
const WAITING_MS = 60_000;

/**
 * Until when a call of the kind walks no chain; null, nearly always: it may. Asked once for each call, for the one that
 * was leased to this isolate is given away by asking.
 */
export function quietUntil({ state, clock }: ExchangeOptions, kind: string): number | null {
  const untilMs = state.known?.quiet?.get(kind);
  if (untilMs === undefined || state.quiet.leased.delete(kind)) return null;
  const now = clock.now();
  if (untilMs <= now && now - state.exchange.askedAtMs >= LEASED_BY_MS) return null;
  state.quiet.waiting.set(kind, now);
  return Math.max(untilMs, now);
}

/** To be reported at once. */
export function noteExhausted({ state: { quiet } }: ExchangeOptions, kind: string, beganMs: number): void {
  const untold = quiet.untold.get(kind) ?? { first: 0, count: 0, beganMs };
  quiet.untold.set(kind, {
    first: untold.first,
    count: untold.count + 1,
    beganMs: untold.count === 0 ? beganMs : Math.min(untold.beganMs, beganMs),
  });
}

export function hasExhausted({ quiet }: IsolateBreakerState): boolean {
  for (const { count } of quiet.untold.values()) if (count > 0) return true;
  return false;
}

export function exhaustedOf({ quiet }: IsolateBreakerState, now: number): Told[] {
  return [...quiet.untold]
    .filter(([, { count }]) => count > 0)
    .slice(0, 64)
    .map(([kind, { first, count, beganMs }]) => ({ kind, first, count, beganAgoMs: Math.max(0, now - beganMs) }));
}

/** The switchboard has these; the number goes on from there. */
export function exhaustedTold({ quiet }: IsolateBreakerState, told: readonly Told[]): void {
  for (const { kind, first, count } of told) {
    const untold = quiet.untold.get(kind);
    if (untold !== undefined) {
      quiet.untold.set(kind, { ...untold, first: first + count, count: untold.count - count });
    }
  }
}

/** Kinds for which callers wait here; none, nearly always. */
export function waitingFor({ quiet: { waiting } }: IsolateBreakerState, now: number): string[] {
  if (waiting.size === 0) return [];
  for (const [kind, atMs] of waiting) if (now - atMs > WAITING_MS) waiting.delete(kind);
  return [...waiting.keys()].slice(0, 64);
}

export function learnLease({ quiet }: IsolateBreakerState, { leased = [] }: SnapshotReply): void {
  for (const kind of leased) {
    quiet.leased.add(kind);
    quiet.waiting.delete(kind);
  }
}
