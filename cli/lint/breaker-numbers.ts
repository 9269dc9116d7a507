/** A breaker that is switched off, and numbers that come to the same: it never opens, or what it opened never closes. */
import type { BreakerLimits } from "../../src/domain/routing.ts";
import { breakerLimits } from "../../src/routing/map-defaults.ts";
import type { RoutingMap } from "../../src/routing/routing-map.ts";
import type { LintCode } from "./codes.ts";
import type { Found } from "./finding.ts";

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

interface Bound {
  readonly code: LintCode;
  readonly field: Exclude<keyof BreakerLimits, "enabled">;
  readonly least?: number;
  readonly most?: number;
  readonly because: string;
}

/** Far on the safe side: what is found here is a slip or a way to switch it off, not a matter of taste. */
const BOUNDS: readonly Bound[] = [
  {
    code: "breaker_never_opens",
    field: "failuresToOpen",
    most: 100,
    because: "a route hardly ever fails so often without one success",
  },
  {
    code: "breaker_never_opens",
    field: "sameErrorCount",
    most: 30,
    because: "no more than 30 errors are remembered",
  },
  {
    code: "breaker_never_opens",
    field: "sameErrorWindowMs",
    least: SECOND_MS,
    because: "the reports of all isolates take a second to come together",
  },
  {
    code: "breaker_never_opens",
    field: "openMs",
    least: SECOND_MS,
    because: "it is over before the other isolates have heard of it",
  },
  {
    code: "breaker_never_closes",
    field: "probesToClose",
    most: 20,
    because: "one probe that fails begins the count anew",
  },
  {
    code: "breaker_never_closes",
    field: "probeLeaseMs",
    least: 10 * SECOND_MS,
    because: "a probe has 10 s to answer, and one whose lease is over counts for nothing",
  },
  { code: "breaker_never_closes", field: "openMs", most: DAY_MS, because: "no probe goes out before it is over" },
  {
    code: "breaker_never_closes",
    field: "sameErrorOpenMs",
    most: DAY_MS,
    because: "no probe ends it, only time or an operator",
  },
  // A quota may renew monthly.
  {
    code: "breaker_never_closes",
    field: "accountOutMs",
    most: 31 * DAY_MS,
    because: "no probe ends it, only time or an operator",
  },
];

export function breakerNumbers({ breaker = {} }: RoutingMap): readonly Found[] {
  if (breaker.enabled === false) {
    const instead = 'Take "enabled": false out; to keep off one route, switch it off at /admin/flags.';
    return [{ code: "breaker_off", path: ["breaker", "enabled"], found: "the breaker is switched off", instead }];
  }
  const limits = breakerLimits(breaker);
  const usual = breakerLimits({});
  return BOUNDS.flatMap(({ code, field, least = 0, most = Infinity, because }): Found[] => {
    const value = limits[field];
    if (value >= least && value <= most) return [];
    const bound = value < least ? `at least ${least}` : `at most ${most}`;
    const instead = `Write ${bound}; ${usual[field]} is the default.`;
    return [{ code, path: ["breaker", field], found: `${field} is ${value}: ${because}`, instead }];
  });
}
