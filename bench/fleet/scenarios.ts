import { TROUBLES, type Trouble } from "./faults.ts";
import type { Scenario } from "./simulate.ts";

const SEED = 20_261_121;
/** Calls a second of each isolate, where that is what stays the same. */
const OF_EACH = 1;
/** Calls a second of the whole fleet, where that is what stays the same. */
const OF_ALL = 100;

export function scenariosOf(quick: boolean): readonly Scenario[] {
  const sizes = quick ? [1, 10, 100] : [1, 10, 100, 1_000, 10_000];
  const scenarios = sizes.flatMap((isolates) => [
    ...TROUBLES.map((trouble) => scenario(isolates, OF_EACH * isolates, trouble)),
    // A hundred isolates with a call a second each are both.
    ...(isolates === OF_ALL / OF_EACH ? [] : TROUBLES.map((trouble) => scenario(isolates, OF_ALL, trouble))),
  ]);
  return scenarios.filter((one) => one.trouble !== "money" || one.callsPerSecond <= MOST_MONEY_CALLS);
}

/**
 * The ledger adds up every slice of a budget at each question, so ten times the isolates are a hundred times the
 * work: 10,000 of them that all spend one tenant's money would take an hour. Its queue overflows long before that.
 */
const MOST_MONEY_CALLS = 1_000;

function scenario(isolates: number, callsPerSecond: number, trouble: Trouble): Scenario {
  return { seed: SEED, isolates, callsPerSecond, trouble };
}
