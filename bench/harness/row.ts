/** One line of the table, and what a row of the benchmark is given to measure it. */
import type { LoadProcess } from "./load-process.ts";
import { median } from "./statistics.ts";
import type { Subject, SubjectName, Subjects } from "./subjects.ts";

export interface Row {
  readonly name: string;
  /** Needs what only Lisbon has, so it is left out with `--worker`. */
  readonly lisbonOnly?: boolean;
  run(bench: Bench): Promise<readonly Figure[]>;
}

export interface Bench {
  /** Interleaved: bare, Lisbon, bare, Lisbon, … */
  readonly runs: number;
  readonly quick: boolean;
  readonly load: LoadProcess;
  readonly upstreamUrl: string;
  readonly subjects: Subjects;
  /** A process that all rows share; started at the first call. */
  readonly shared: (name: SubjectName) => Promise<Subject>;
}

export interface Figure {
  readonly what: string;
  readonly unit: string;
  /** Null: not compared with a bare Worker. */
  readonly bare: number | null;
  /** Null: not measured on this machine. */
  readonly lisbon: number | null;
  /** What the bound is about; null: not measured. */
  readonly compared: { readonly value: number | null; readonly unit: string };
  /** From DESIGN.md, 11; null: none was set. */
  readonly bound: number | null;
}

/** One value of each run: the median of the runs' own ratios, so that a slow moment touches both sides. */
export function ratio(what: string, unit: string, pairs: readonly Pair[], bound: number | null): Figure {
  return figure(what, unit, pairs, ({ bare, lisbon }) => lisbon / bare, "×", bound);
}

export function added(what: string, unit: string, pairs: readonly Pair[], bound: number | null): Figure {
  return figure(what, unit, pairs, ({ bare, lisbon }) => lisbon - bare, unit, bound);
}

/** Without a comparison: the value itself has the bound. */
export function plain(what: string, unit: string, values: readonly (number | null)[], bound: number | null): Figure {
  const known = values.filter((value) => value !== null);
  const value = middle(known);
  return { what, unit, bare: null, lisbon: value, compared: { value, unit }, bound };
}

export interface Pair {
  readonly bare: number | null;
  readonly lisbon: number | null;
}

interface KnownPair {
  readonly bare: number;
  readonly lisbon: number;
}

function figure(
  what: string,
  unit: string,
  pairs: readonly Pair[],
  compare: (pair: KnownPair) => number,
  comparedUnit: string,
  bound: number | null,
): Figure {
  const known = pairs.flatMap(({ bare, lisbon }) => (bare === null || lisbon === null ? [] : [{ bare, lisbon }]));
  return {
    what,
    unit,
    bare: middle(known.map(({ bare }) => bare)),
    lisbon: middle(known.map(({ lisbon }) => lisbon)),
    compared: { value: middle(known.map(compare)), unit: comparedUnit },
    bound,
  };
}

function middle(values: readonly number[]): number | null {
  return values.length === 0 ? null : median(values);
}
