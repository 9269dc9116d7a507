/**
 * The slices that an isolate holds: what an attempt is reserved from, what it
 * settles into, what is kept for the next calls and what goes back.
 */
import type { Slice, SliceReport, Want } from "./ledger-port.ts";
import type { HeldSlice, LedgerState, Pace } from "./ledger-state.ts";
import type { Budget } from "./scopes.ts";

/** For so long of its own rate an isolate keeps a supply. */
export const SUPPLY_MS = 10_000;

/** Parts of slices that one attempt has put aside. */
export type Reserved = { readonly slice: HeldSlice; readonly micros: number }[];

export function budgetKey({ scope, period }: { readonly scope: string; readonly period: string }): string {
  return `${scope} ${period}`;
}

/** Null: this isolate has not enough of it. */
export function takeFrom(state: LedgerState, budget: Budget, micros: number, now: number): Reserved | null {
  const held = (state.slices.get(budgetKey(budget)) ?? []).filter(({ endsAtMs }) => endsAtMs > now);
  if (held.reduce((sum, slice) => sum + roomIn(slice), 0) < micros) return null;
  const reserved: Reserved = [];
  let lacking = micros;
  for (const slice of held) {
    const taken = Math.min(lacking, roomIn(slice));
    if (taken <= 0) continue;
    slice.reservedMicros += taken;
    reserved.push({ slice, micros: taken });
    lacking -= taken;
  }
  return reserved;
}

function roomIn({ micros, usedMicros, reservedMicros }: HeldSlice): number {
  return Math.max(0, micros - usedMicros - reservedMicros);
}

/** What was really used. More than was put aside is no reason to hide it: the last slice is overdrawn. */
export function settleInto(reserved: Reserved, usedMicros: number): void {
  let left = usedMicros;
  for (const [place, { slice, micros }] of reserved.entries()) {
    const used = place === reserved.length - 1 ? left : Math.min(left, micros);
    slice.reservedMicros -= micros;
    slice.usedMicros += used;
    slice.dirty = true;
    left -= used;
  }
}

export function addSlices(state: LedgerState, slices: readonly Slice[], now: number): void {
  for (const { id, scope, period, micros, forMs, supplyMicros } of slices) {
    const key = budgetKey({ scope, period });
    const held = state.slices.get(key) ?? [];
    held.push({
      id,
      scope,
      period,
      micros,
      usedMicros: 0,
      reservedMicros: 0,
      endsAtMs: now + forMs,
      dirty: true,
    });
    state.slices.set(key, held);
    const pace = state.pace.get(key);
    if (pace) pace.supplyMicros = supplyMicros;
  }
}

export function notePace(state: LedgerState, budget: Budget, micros: number, now: number): void {
  const pace = paceOf(state, budget, now);
  pace.spentMicros += micros;
}

export function paceOf(state: LedgerState, budget: Budget, now: number): Pace {
  const key = budgetKey(budget);
  const { scope, period, limitMicros, endsAtMs } = budget;
  const known = state.pace.get(key);
  const want = { scope, period, limitMicros, endsAtMs };
  if (known === undefined) {
    const made: Pace = { windowStartMs: now, spentMicros: 0, earlierMicros: 0, supplyMicros: 0, want };
    state.pace.set(key, made);
    return made;
  }
  known.want = want;
  const ageMs = now - known.windowStartMs;
  if (ageMs >= SUPPLY_MS) {
    known.earlierMicros = ageMs < 2 * SUPPLY_MS ? known.spentMicros : 0;
    known.spentMicros = 0;
    known.windowStartMs = now;
  }
  return known;
}

/** What ten seconds cost at this isolate's own rate, as far as the ledger allows a supply. */
export function supplyOf(pace: Pace, now: number): number {
  const ageMs = now - pace.windowStartMs;
  const recent = ageMs < SUPPLY_MS ? Math.max(pace.spentMicros, pace.earlierMicros) : 0;
  return Math.min(recent, pace.supplyMicros);
}

/** Hands back what is not kept, and says what was used. `farewell`: nothing is kept. `only`: of these budgets. */
export function sliceReports(
  state: LedgerState,
  now: number,
  farewell: boolean,
  only?: readonly string[],
): readonly SliceReport[] {
  const reports: SliceReport[] = [];
  for (const [key, held] of state.slices) {
    if (only !== undefined && !only.includes(key)) continue;
    const pace = state.pace.get(key);
    let keep = farewell || pace === undefined ? 0 : supplyOf(pace, now);
    for (const slice of held) {
      const kept = slice.endsAtMs > now ? Math.min(keep, roomIn(slice)) : 0;
      keep -= kept;
      const micros = slice.usedMicros + slice.reservedMicros + kept;
      if (micros < slice.micros) {
        // From now on, whether or not the report arrives: it must never be used and handed back.
        slice.micros = micros;
        slice.dirty = true;
      }
      if (!slice.dirty) continue;
      const done = slice.reservedMicros <= 0 && kept === 0;
      reports.push({ id: slice.id, micros: slice.micros, usedMicros: slice.usedMicros, done });
    }
  }
  return reports;
}

/** The ledger has them: what was done is forgotten. What changed meanwhile is told the next time. */
export function acknowledgeSlices(state: LedgerState, reports: readonly SliceReport[]): void {
  const told = new Map(reports.map((report) => [report.id, report]));
  for (const [key, held] of state.slices) {
    const left = held.filter((slice) => {
      const report = told.get(slice.id);
      if (report === undefined) return true;
      if (report.usedMicros === slice.usedMicros && report.micros === slice.micros) slice.dirty = false;
      return !report.done;
    });
    if (left.length === 0) state.slices.delete(key);
    else state.slices.set(key, left);
  }
}

/** Of budgets that are in use and whose supply has shrunk to half of what is kept. */
export function topUps(state: LedgerState, now: number): readonly Want[] {
  const wants: Want[] = [];
  for (const [key, pace] of state.pace) {
    if (pace.want.endsAtMs <= now || now - pace.windowStartMs > 2 * SUPPLY_MS) {
      if (!state.slices.has(key)) state.pace.delete(key);
      continue;
    }
    const supply = supplyOf(pace, now);
    const room = (state.slices.get(key) ?? []).reduce((sum, slice) => sum + roomIn(slice), 0);
    if (supply <= 0 || room >= supply / 2) continue;
    const { endsAtMs, ...want } = pace.want;
    wants.push({ ...want, forMs: endsAtMs - now, needMicros: 0, wantMicros: supply - room });
  }
  return wants;
}

/** Is anything held that nobody has put aside? */
export function holdsSupply(state: LedgerState): boolean {
  for (const held of state.slices.values()) if (held.some((slice) => roomIn(slice) > 0)) return true;
  return false;
}
