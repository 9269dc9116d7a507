/**
 * Is a route slower than it is used to be? Each route is measured by itself:
 * against a slowly moving norm of its own 95th percentile, the times to first
 * words apart from those of whole answers. State in, state out.
 */
export interface Pace {
  readonly streams: Lane;
  readonly whole: Lane;
}

export interface Lane {
  /** What its p95 usually is; null: too few were seen to say. */
  readonly normMs: number | null;
  /** Samples that the norm is made of, up to `SETTLED`. */
  readonly seen: number;
  /** The latest, oldest first: `[milliseconds, when it was told]`. */
  readonly recent: readonly (readonly [ms: number, atMs: number])[];
  readonly slow: boolean;
}

const emptyLane: Lane = { normMs: null, seen: 0, recent: [], slow: false };
export const noPace: Pace = { streams: emptyLane, whole: emptyLane };

const SAMPLES_KEPT = 20;
/** With fewer nobody is called slow, or well again. */
const ENOUGH = 10;
/** Without outcomes for so long what was seen is forgotten: who gets no traffic gets its place back, and is seen anew. */
export const FORGOTTEN_MS = 60_000;
/** No norm before so many samples; it moves ever more slowly until there are `SETTLED`. */
const FIRST_NORM = 20;
const SETTLED = 200;
/** A route whose answers take 50 ms is not slow at 200. */
const LEAST_OVER_MS = 1_000;
const RECOVERED_FACTOR = 1.5;
const RECOVERED_OVER_MS = 500;

export interface Sample {
  readonly ms: number;
  /** To the first words of a stream; else to the end of a whole answer. */
  readonly streamed: boolean;
}

/** `slowFactor`: slow is a p95 of so many times the norm, and at least a second over it. */
export function paced(pace: Pace, samples: readonly Sample[], now: number, slowFactor: number): Pace {
  if (samples.length === 0) return pace;
  const of = (streamed: boolean): readonly number[] =>
    samples.flatMap((sample) => (sample.streamed === streamed ? [sample.ms] : []));
  return {
    streams: lanePaced(pace.streams, of(true), now, slowFactor),
    whole: lanePaced(pace.whole, of(false), now, slowFactor),
  };
}

/** Until when the route is taken for slow, should nothing more be heard of it; null: it is not slow. */
export function slowUntilMs(pace: Pace | undefined, now: number): number | null {
  if (pace === undefined) return null;
  const until = Math.max(...[pace.streams, pace.whole].map((lane) => (lane.slow ? forgottenAtMs(lane) : 0)));
  return until > now ? until : null;
}

function lanePaced(lane: Lane, times: readonly number[], now: number, slowFactor: number): Lane {
  if (times.length === 0) return lane;
  const known = forgottenAtMs(lane) > now ? lane : { ...lane, recent: [], slow: false };
  const more = times.map((ms) => [ms, now] as const);
  const recent = [...known.recent, ...more].slice(-SAMPLES_KEPT);
  // Judged by the norm as it was: what is judged must not move its own measure.
  const slow = judged(known, recent, slowFactor);
  return { ...times.reduce(normed, { ...known, recent }), slow };
}

function judged({ normMs, slow }: Lane, recent: Lane["recent"], slowFactor: number): boolean {
  if (normMs === null || recent.length < ENOUGH) return slow;
  const p95 = high(recent.map(([ms]) => ms));
  if (slow) return p95 >= Math.max(normMs * RECOVERED_FACTOR, normMs + RECOVERED_OVER_MS);
  return p95 > Math.max(normMs * slowFactor, normMs + LEAST_OVER_MS);
}

/** A running estimate of the 95th percentile: of 20 samples, 19 pull it down a little and one pushes it up as much. */
function normed(lane: Lane, ms: number): Lane {
  const seen = Math.min(lane.seen + 1, SETTLED);
  if (lane.normMs === null) {
    const enough = seen >= FIRST_NORM && lane.recent.length >= FIRST_NORM;
    return { ...lane, seen, normMs: enough ? high(lane.recent.map(([one]) => one)) : null };
  }
  const step = 1 / seen;
  const normMs =
    ms > lane.normMs
      ? Math.min(ms, lane.normMs * (1 + 0.95 * step) + 1)
      : Math.max(ms, lane.normMs * (1 - 0.05 * step));
  return { ...lane, seen, normMs };
}

/** The 95th percentile, but never the very highest: one call alone makes nobody slow. */
function high(times: readonly number[]): number {
  const sorted = times.toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.min(Math.ceil(sorted.length * 0.95) - 1, sorted.length - 2))] ?? 0;
}

function forgottenAtMs({ recent }: Lane): number {
  return (recent.at(-1)?.[1] ?? -Infinity) + FORGOTTEN_MS;
}
