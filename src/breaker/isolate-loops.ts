/** Requests that loop, as an isolate knows them: those that the switchboard blocks, and its own failures, to be told. */
import { hashOf } from "./error-text.ts";
import type { Failing, KnownLoop, LoopScope } from "./breakers.ts";
import type { ExchangeOptions } from "./exchange.ts";
import type { IsolateBreakerState, LoopState } from "./isolate-state.ts";
import { errorKind } from "./loops.ts";
import { RUNS_PER_REPORT, type Report, type Snapshot } from "./switchboard-port.ts";

type Told = (Report["failing"] & object)[number];
/** By mark and fingerprint. */
export type KnownLoops = ReadonlyMap<string, ReadonlyMap<string, KnownLoop>>;

/** What the provider said, for its own caller alone, so many times. */
const REASONS_KEPT = 100;
const LONGEST_NAME = 200;

/** Short enough for a snapshot; that two of them share one costs a hash and nothing else. */
export function markOf({ tenant, kind }: LoopScope): string {
  return hashOf(`${tenant}\n${kind}`).toString(36);
}

/** False, nearly always at the first look: then no fingerprint is worth its hash. */
export function mayLoop({ state: { known } }: ExchangeOptions, scope: LoopScope): boolean {
  const loops = known?.loops ?? null;
  return loops !== null && loops.has(markOf(scope));
}

export function loopOf({ state, clock }: ExchangeOptions, scope: LoopScope, id: string): KnownLoop | null {
  const loop = state.known?.loops?.get(markOf(scope))?.get(id);
  if (loop === undefined || loop.untilMs <= clock.now()) return null;
  return { ...loop, reason: state.loops.reasons.get(id) ?? null };
}

/** To be reported at once. */
export function noteFailing({ state, clock }: ExchangeOptions, { scope, id, error, reason }: Failing): void {
  const { loops } = state;
  if (reason !== null) keepReason(loops, id, reason);
  loops.untold.push({
    n: (loops.count += 1),
    mark: markOf(scope),
    id,
    tenant: scope.tenant.slice(0, LONGEST_NAME),
    kind: scope.kind.slice(0, LONGEST_NAME),
    error,
    atMs: clock.now(),
  });
  if (loops.untold.length > RUNS_PER_REPORT) loops.untold.shift();
}

/** What to report, moments as ages. */
export function failingOf({ loops }: IsolateBreakerState, now: number): Told[] {
  return loops.untold.map(({ atMs, ...told }) => ({ ...told, agoMs: Math.max(0, now - atMs) }));
}

/** The switchboard has these. */
export function toldOf({ loops }: IsolateBreakerState, told: readonly Told[]): void {
  const last = told.at(-1)?.n ?? 0;
  loops.untold = loops.untold.filter(({ n }) => n > last);
}

export function knownLoops(loops: Snapshot["loops"], ours: number): KnownLoops | null {
  const marks = Object.entries(loops ?? {});
  if (marks.length === 0) return null;
  return new Map(
    marks.map(([mark, errors]) => [
      mark,
      new Map(
        Object.entries(errors).flatMap(([error, moments]) =>
          Object.entries(moments).map(([id, untilMs]): [string, KnownLoop] => [
            id,
            { error: errorKind(error), untilMs: untilMs + ours, reason: null },
          ]),
        ),
      ),
    ]),
  );
}

function keepReason({ reasons }: LoopState, id: string, reason: string): void {
  reasons.delete(id);
  reasons.set(id, reason.slice(0, 300));
  const [oldest] = reasons.keys();
  if (reasons.size > REASONS_KEPT && oldest !== undefined) reasons.delete(oldest);
}
