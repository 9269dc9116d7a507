/**
 * What is counted of calls, as the shortest form that can be added up: by
 * subject (`calls`, `route:<id>`, `account:<name>`) some numbers by name. Two
 * of them are merged by adding, whoever counted them; only what begins with
 * `max:` is merged by the larger. docs/metrics.md has the names.
 */
export type Counts = Readonly<Record<string, number>>;
export type Tally = Readonly<Record<string, Counts>>;

/** The whole, beside routes and accounts. */
export const CALLS = "calls";

export function routeSubject(routeId: string): string {
  return `route:${routeId}`;
}

export function accountSubject(account: string): string {
  return `account:${account}`;
}

/**
 * Upper ends, in milliseconds; what is longer is in a last one of its own.
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics (`gen_ai.client.operation.duration`)
 */
export const MS_BOUNDS = [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10_240, 20_480, 40_960, 81_920] as const;

/** Upper ends of tokens in one call: powers of four to 67,108,864. The same page, `gen_ai.client.token.usage`. */
export const TOKEN_BOUNDS: readonly number[] = Array.from({ length: 14 }, (_none, power) => 4 ** power);

/** The first bucket that holds it; `bounds.length`: none does. */
export function bucketOf(value: number, bounds: readonly number[]): number {
  let bucket = 0;
  while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket++;
  return bucket;
}

export function merged(left: Tally, right: Tally): Tally {
  const sum: Record<string, Counts> = { ...left };
  for (const [subject, counts] of Object.entries(right)) sum[subject] = mergedCounts(sum[subject] ?? {}, counts);
  return sum;
}

function mergedCounts(left: Counts, right: Counts): Counts {
  const sum: Record<string, number> = { ...left };
  for (const [name, count] of Object.entries(right)) {
    const before = sum[name] ?? 0;
    sum[name] = name.startsWith("max:") ? Math.max(before, count) : before + count;
  }
  return sum;
}

/** One histogram out of counts: how many in each bucket (one more than there are bounds), and the sum of the values. */
export interface Histogram {
  readonly buckets: readonly number[];
  readonly count: number;
  readonly sum: number;
}

export function histogramOf(counts: Counts, name: string, bounds: readonly number[]): Histogram {
  const buckets = [...bounds, Infinity].map((_bound, bucket) => counts[`${name}:${bucket}`] ?? 0);
  return { buckets, count: buckets.reduce((sum, count) => sum + count, 0), sum: counts[name] ?? 0 };
}

export function together(histograms: readonly Histogram[]): Histogram {
  const longest = Math.max(0, ...histograms.map(({ buckets }) => buckets.length));
  return {
    buckets: Array.from({ length: longest }, (_none, bucket) =>
      total(histograms.map((one) => one.buckets[bucket] ?? 0)),
    ),
    count: total(histograms.map(({ count }) => count)),
    sum: total(histograms.map(({ sum }) => sum)),
  };
}

/** Within its bucket taken as evenly spread; the last bucket's lower end where it is there. Null: nothing was counted. */
export function quantileOf({ buckets, count }: Histogram, share: number, bounds: readonly number[]): number | null {
  if (count === 0) return null;
  const rank = share * count;
  let below = 0;
  for (const [bucket, inside] of buckets.entries()) {
    const from = bounds[bucket - 1] ?? 0;
    const to = bounds[bucket] ?? from;
    if (inside > 0 && below + inside >= rank) return Math.round(from + ((to - from) * (rank - below)) / inside);
    below += inside;
  }
  return bounds.at(-1) ?? null;
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
