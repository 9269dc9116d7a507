import { cpuMs } from "./process-stats.ts";
import type { Pair } from "./row.ts";
import type { Subject } from "./subjects.ts";

/** Measures every subject once in each run, the order turned round in every second one. */
export async function interleave<Measured>(
  runs: number,
  subjects: readonly Subject[],
  measure: (subject: Subject) => Promise<Measured>,
): Promise<readonly ReadonlyMap<Subject, Measured>[]> {
  const results: Map<Subject, Measured>[] = [];
  for (let run = 0; run < runs; run++) {
    const result = new Map<Subject, Measured>();
    for (const subject of run % 2 === 0 ? subjects : subjects.toReversed()) result.set(subject, await measure(subject));
    results.push(result);
  }
  return results;
}

export function pairsOf<Measured>(
  runs: readonly ReadonlyMap<Subject, Measured>[],
  bare: Subject,
  lisbon: Subject,
  value: (measured: Measured) => number | null,
): readonly Pair[] {
  const of = (run: ReadonlyMap<Subject, Measured>, subject: Subject): number | null => {
    const measured = run.get(subject);
    return measured === undefined ? null : value(measured);
  };
  return runs.map((run) => ({ bare: of(run, bare), lisbon: of(run, lisbon) }));
}

/** The work and the process's CPU time for it, in microseconds for each of `count`. */
export async function withCpu<Result>(
  subject: Subject,
  work: () => Promise<Result>,
  countOf: (result: Result) => number,
): Promise<{ readonly result: Result; readonly cpuMicros: number | null }> {
  const before = cpuMs(subject.pid);
  const result = await work();
  const after = cpuMs(subject.pid);
  const cpuMicros = before === null || after === null ? null : ((after - before) * 1_000) / countOf(result);
  return { result, cpuMicros };
}
